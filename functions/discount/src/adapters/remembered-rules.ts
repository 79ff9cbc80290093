import type { VersionedCache } from "@eshop/building-blocks/cache/versioned-cache"
import type { Coupon } from "@eshop/domain/discount/coupon"
import type { Promotion } from "@eshop/domain/discount/promotion"
import type { Rules } from "../rules/ports.ts"

const MAX_COUPONS = 1_000
const PAGE = 1_000
const REVISION = "revision"

/** How long rules are used without a look at the store: where the shared revision says that they are the newest, and where nothing does. */
export const AGES = { told: 60_000, untold: 5_000 } as const

/** The store that the rules are read from. */
type Source = {
  revision(): Promise<number>
  promotions(limit: number, after?: string): Promise<readonly Promotion[]>
  coupon(code: string): Promise<Coupon | undefined>
}

type Memory = {
  readonly revision: number
  /** The newest revision that was known of when the store was asked: it has answered what it has. */
  readonly wanted: number
  readonly readAt: number
  promotions?: Promise<readonly Promotion[]>
  readonly coupons: Map<string, Promise<Coupon | undefined>>
}

/**
 * Remembers the rules of one revision in this process. Every quote asks Redis for the newest revision, so that a change
 * counts at once on every instance; without Redis it counts after a few seconds on those that did not make it.
 */
export function rememberedRules(
  source: Source,
  shared: VersionedCache<number> | undefined,
  clock: () => number = Date.now,
): Rules {
  let memory: Memory | undefined
  let reading: { readonly wanted: number; readonly memory: Promise<Memory> } | undefined
  /** What this process has changed itself. */
  let changedHere = 0

  async function read(wanted: number): Promise<Memory> {
    const readAt = clock()
    const revision = await source.revision()
    memory = { revision, wanted, readAt, coupons: new Map() }
    await shared?.put(REVISION, revision, revision)
    return memory
  }

  async function current(): Promise<Memory> {
    const told = await shared?.find(REVISION)
    const wanted = Math.max(told ?? 0, changedHere)
    const age = told === undefined ? AGES.untold : AGES.told
    if (memory && clock() - memory.readAt < age && Math.max(memory.revision, memory.wanted) >= wanted)
      return memory
    // One that was begun before the change may have missed it.
    if (!reading || reading.wanted < wanted) {
      const begun = { wanted, memory: read(wanted) }
      reading = begun
      const end = () => {
        if (reading === begun) reading = undefined
      }
      begun.memory.then(end, end)
    }
    return await reading.memory
  }

  async function readPromotions(): Promise<readonly Promotion[]> {
    const all: Promotion[] = []
    for (;;) {
      const page = await source.promotions(PAGE, all.at(-1)?.id)
      all.push(...page)
      if (page.length < PAGE) return all
    }
  }

  return {
    async promotions() {
      const known = await current()
      known.promotions ??= readPromotions().catch((error) => {
        delete known.promotions
        throw error
      })
      return await known.promotions
    },

    async coupon(code) {
      const { coupons } = await current()
      const remembered = coupons.get(code)
      if (remembered) return await remembered
      const coupon = source.coupon(code)
      if (coupons.size >= MAX_COUPONS) coupons.delete(coupons.keys().next().value as string)
      coupons.set(code, coupon)
      coupon.catch(() => coupons.delete(code))
      return await coupon
    },

    async changed(revision) {
      changedHere = Math.max(changedHere, revision)
      await shared?.put(REVISION, revision, revision)
    },
  }
}
