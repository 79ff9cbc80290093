import type { CheckoutDetails } from "@eshop/domain/contracts/checkouts"
import { couponNeedsCustomer, couponUnknown, unusableCoupon } from "@eshop/domain/discount/coupon-refusals"
import {
  redemptionOtherCoupon,
  redemptionReleased,
  redemptionUnknown,
} from "@eshop/domain/discount/redemption"
import type { RefusalOf } from "@eshop/domain/kernel/refusal"

/** What Discount may say to a redemption. */
export const redemptionRefusals = [
  couponUnknown,
  ...unusableCoupon,
  couponNeedsCustomer,
  redemptionReleased,
  redemptionOtherCoupon,
  redemptionUnknown,
] as const

type Use = { readonly orderId: string; readonly couponCode: string }
/** With whose use it is, for limits per customer. */
type CustomersUse = Use & { readonly customerId: string }
type Refused = RefusalOf<typeof redemptionRefusals> | undefined

/** Discount's redemptions. Every call is idempotent by order. */
export type Redemptions = {
  reserve(use: CustomersUse): Promise<Refused>
  confirm(use: Use): Promise<Refused>
  release(use: Use): Promise<void>
}

/** Basket's checkouts. */
export type Checkouts = {
  /** @throws DependencyUnavailableError */
  find(checkoutId: string): Promise<CheckoutDetails | undefined>
  /** The same for a reader who does not wait: undefined as well when Basket does not answer soon. */
  lookUp(checkoutId: string): Promise<CheckoutDetails | undefined>
}

/** How the shop wants its checkouts. */
export type CheckoutSettings = {
  /** From the submission on, how long a cancellation is free: nothing is authorised before. */
  readonly gracePeriodSeconds: number
}
