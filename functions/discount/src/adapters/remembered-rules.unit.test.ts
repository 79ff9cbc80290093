import type { VersionedCache } from "@eshop/building-blocks/cache/versioned-cache"
import type { Promotion } from "@eshop/domain/discount/promotion"
import { describe, expect, test } from "vitest"
import { AGES, rememberedRules } from "./remembered-rules.ts"

const promotion = { id: "a" } as Promotion

/** A store whose rules have a revision, and that counts how often it is asked. */
function storeAt(revision: number) {
  const state = { revision, fails: false, now: 0 }
  const asked = { revision: 0, promotions: 0, coupons: [] as string[] }
  const source = {
    async revision() {
      asked.revision++
      return state.revision
    },
    async promotions() {
      asked.promotions++
      if (state.fails) throw new Error("out")
      return [{ ...promotion, version: state.revision }]
    },
    async coupon(code: string) {
      asked.coupons.push(code)
      if (state.fails) throw new Error("out")
      return undefined
    },
  }
  return { state, asked, source, clock: () => state.now }
}

/** A Redis that instances share; it may be out. */
function sharedCache() {
  const redis = { newest: undefined as number | undefined, isOut: false }
  const cache: VersionedCache<number> = {
    find: async () => (redis.isOut ? undefined : redis.newest),
    async put(_, version, value) {
      if (!redis.isOut && version >= (redis.newest ?? 0)) redis.newest = value
    },
    forget: async () => {},
  }
  return { redis, cache }
}

const versionIn = async (rules: ReturnType<typeof rememberedRules>) => (await rules.promotions())[0]?.version

describe("without Redis", () => {
  test("rules are read once in five seconds, and a change that was made here counts at once", async () => {
    const { state, asked, source, clock } = storeAt(1)
    const rules = rememberedRules(source, undefined, clock)
    await Promise.all([rules.promotions(), rules.promotions(), rules.coupon("A-1"), rules.coupon("A-1")])
    state.now = AGES.untold - 1
    expect(await versionIn(rules)).toBe(1)
    expect(asked).toEqual({ revision: 1, promotions: 1, coupons: ["A-1"] })
    state.revision = 2
    await rules.changed(2)
    expect(await versionIn(rules)).toBe(2)
    state.revision = 3
    expect(await versionIn(rules)).toBe(2)
    state.now += AGES.untold
    expect(await versionIn(rules)).toBe(3)
  })
})

describe("with Redis", () => {
  test("a change on one instance counts at once on another", async () => {
    const { state, asked, source, clock } = storeAt(1)
    const { cache } = sharedCache()
    const [here, there] = [rememberedRules(source, cache, clock), rememberedRules(source, cache, clock)]
    expect([await versionIn(here), await versionIn(there)]).toEqual([1, 1])
    state.revision = 2
    await here.changed(2)
    expect([await versionIn(here), await versionIn(there)]).toEqual([2, 2])
    expect(asked.promotions).toBe(4)
  })

  test("rules stay in memory beyond the five seconds, and are read anew after a minute all the same", async () => {
    const { state, asked, source, clock } = storeAt(1)
    const rules = rememberedRules(source, sharedCache().cache, clock)
    await rules.promotions()
    state.now = AGES.told - 1
    await rules.promotions()
    expect(asked.promotions).toBe(1)
    state.now = AGES.told
    await rules.promotions()
    expect(asked.promotions).toBe(2)
  })

  test("that goes out the five seconds hold again; a revision that the store has lost is asked for once", async () => {
    const { state, asked, source, clock } = storeAt(1)
    const { redis, cache } = sharedCache()
    const rules = rememberedRules(source, cache, clock)
    await rules.promotions()
    redis.isOut = true
    state.now = AGES.untold
    await rules.promotions()
    expect(asked.promotions).toBe(2)
    redis.isOut = false
    redis.newest = 99
    await rules.promotions()
    await rules.promotions()
    expect(asked.promotions).toBe(3)
  })
})

test("a read that began before a change does not hide it", async () => {
  const { state, source, clock } = storeAt(1)
  const goOn = Promise.withResolvers<void>()
  let isSlow = true
  const slow = {
    ...source,
    async revision() {
      const revision = state.revision
      if (isSlow) await goOn.promise
      return revision
    },
  }
  const rules = rememberedRules(slow, undefined, clock)
  const before = versionIn(rules)
  state.revision = 2
  await rules.changed(2)
  isSlow = false
  const after = versionIn(rules)
  goOn.resolve()
  expect(await after).toBe(2)
  await before
  expect(await versionIn(rules)).toBe(2)
})

test("a failure is not remembered", async () => {
  const { state, asked, source, clock } = storeAt(1)
  const rules = rememberedRules(source, undefined, clock)
  state.fails = true
  await expect(rules.promotions()).rejects.toThrow("out")
  await expect(rules.coupon("A-1")).rejects.toThrow("out")
  state.fails = false
  expect(await versionIn(rules)).toBe(1)
  expect(await rules.coupon("A-1")).toBeUndefined()
  expect(asked.coupons).toEqual(["A-1", "A-1"])
})

test("codes that nobody has do not fill the memory: the oldest of 1,000 makes room", async () => {
  const { asked, source, clock } = storeAt(1)
  const rules = rememberedRules(source, undefined, clock)
  for (let index = 0; index <= 1_000; index++) await rules.coupon(`X-${index}`)
  await rules.coupon("X-1")
  expect(asked.coupons).toHaveLength(1_001)
  await rules.coupon("X-0")
  expect(asked.coupons).toHaveLength(1_002)
})
