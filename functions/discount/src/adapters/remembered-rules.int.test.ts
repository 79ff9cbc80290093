import { type RedisCache, redisCache } from "@eshop/building-blocks/cache/redis"
import { newId } from "@eshop/building-blocks/ids"
import { usd } from "@eshop/domain/kernel/money"
import type { Cloud } from "@eshop/local-cloud/cloud"
import { findRedisServer } from "@eshop/local-cloud/parts/stores"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { startParts } from "../../../../tests/fixtures/local-parts.ts"
import { discountOn, terms } from "../testing/discount.ts"

type Instance = ReturnType<typeof discountOn>

/** Waits until the cache has its connection: before, it knows nothing. */
async function connected(cache: RedisCache): Promise<void> {
  while ((await cache.attempt("PING", (redis) => redis.ping())) === undefined)
    await new Promise((resolve) => setTimeout(resolve, 20))
}

const redisServer = findRedisServer()
// Redis is optional, and so is redis-server: npm cannot bring one.
describe.runIf(redisServer)("two instances (left out where no redis-server is on PATH)", () => {
  let cloud: Cloud
  let caches: RedisCache[]
  let here: Instance
  let there: Instance

  beforeAll(async () => {
    cloud = await startParts(["redis", "storage"])
    caches = [1, 2].map(() => redisCache(cloud.connections.redis as string, "seconds", () => {}))
    await Promise.all(caches.map(connected))
    ;[here, there] = caches.map((cache) => discountOn(cloud.connections.storage, cache)) as [
      Instance,
      Instance,
    ]
  })
  afterAll(async () => {
    await Promise.all((caches ?? []).map((cache) => cache.close()))
    await cloud?.stop()
  })

  const line = { sku: "PHONE-RED", productId: newId(), quantity: 1, unitPrice: usd(100_00) }
  const offOn = async (instance: Instance, couponCodes: string[] = []) =>
    (await instance.send("POST", "quotes", { couponCodes, lines: [line] })).body.discount.amount
  const put = (path: string, body: object) => here.send("PUT", path, body)

  test("quote by a change at once, wherever it was made", async () => {
    const sale = terms({ name: "Sale" })
    const code = await here.addCoupon({ effect: { kind: "amount", amount: usd(1_00) } })
    expect([await offOn(there), await offOn(there, [code])]).toEqual([0, 1_00])
    const { body } = await here.send("POST", "promotions", sale, { "idempotency-key": newId() })
    for (let rate = 1_000; rate <= 20_000; rate += 1_000) {
      await put(`promotions/${body.id}`, { ...sale, effect: { kind: "percentage", rate } })
      expect([await offOn(there), await offOn(here)]).toEqual([rate / 10, rate / 10])
    }
    await here.send("DELETE", `promotions/${body.id}`)
    await here.send("DELETE", `coupons/${code}`)
    expect([await offOn(there), await offOn(there, [code])]).toEqual([0, 0])
  })

  test("that lose Redis go on quoting by the rules that there are", async () => {
    const code = await here.addCoupon()
    expect(await offOn(there, [code])).toBe(10_00)
    cloud.part("redis").kill("SIGSTOP")
    try {
      expect([await offOn(here, [code]), await offOn(there, [code])]).toEqual([10_00, 10_00])
    } finally {
      cloud.part("redis").kill("SIGCONT")
    }
  })
})
