import type { Coupon } from "@eshop/domain/discount/coupon"
import { takeApart } from "@eshop/domain/discount/unique-code"
import type { Rules } from "../rules/ports.ts"

/** A coupon by the code that a customer has. */
export type FoundCoupon = {
  readonly coupon: Coupon
  /** What tells a unique code from others of its series; nobody has said that there is one. */
  readonly suffix?: string
}

/** The coupon of a code, or that of the series that the code would be of. @param code in upper case */
export async function findCoupon(rules: Rules, code: string): Promise<FoundCoupon | undefined> {
  const coupon = await rules.coupon(code)
  // A series is used by codes of its own alone.
  if (coupon) return coupon.uniqueCodes ? undefined : { coupon }
  const parts = takeApart(code)
  const series = parts && (await rules.coupon(parts.series))
  return series?.uniqueCodes ? { coupon: series, suffix: parts?.suffix as string } : undefined
}
