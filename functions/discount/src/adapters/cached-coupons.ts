import type { Coupon } from "@eshop/domain/discount/coupon"
import type { Coupons } from "../coupons/ports.ts"

const MAX_ENTRIES = 1_000

/**
 * Remembers coupon definitions, and that there is none, for some seconds: every checkout asks for one.
 * @param forMs how long a change of a coupon may go unseen
 */
export function cachedCoupons(coupons: Coupons, forMs: number, clock: () => number = Date.now): Coupons {
  const remembered = new Map<string, { coupon: Promise<Coupon | undefined>; until: number }>()
  return {
    find(code) {
      const known = remembered.get(code)
      if (known && known.until > clock()) return known.coupon
      const coupon = coupons.find(code)
      remembered.delete(code)
      if (remembered.size >= MAX_ENTRIES) remembered.delete(remembered.keys().next().value as string)
      remembered.set(code, { coupon, until: clock() + forMs })
      coupon.catch(() => remembered.delete(code))
      return coupon
    },
    async addMissing(added) {
      const count = await coupons.addMissing(added)
      remembered.clear()
      return count
    },
  }
}
