import type { Tx } from "@eshop/building-blocks/app/call"
import type { Outbox } from "@eshop/building-blocks/messaging/outbox"
import type { PersonalData } from "@eshop/building-blocks/personal-data/personal-data"
import type { PricedLine } from "@eshop/domain/basket/cart"
import { checkoutCouponUnknown, type DiscountAnswer } from "@eshop/domain/basket/checkout"
import type { Checkout } from "@eshop/domain/contracts/basket-events"
import { unquotable, unusableCoupon } from "@eshop/domain/discount/coupon"
import type { RefusalOf } from "@eshop/domain/kernel/refusal"
import type { CartPorts } from "../cart/ports.ts"

/** What Discount may say to a coupon. */
export const couponRefusals = [checkoutCouponUnknown, ...unusableCoupon, ...unquotable] as const

export type Checkouts = {
  /** @throws when this version of the customer's cart was checked out before */
  add(tx: Tx, checkout: Checkout, cartVersion: number, at: Date): Promise<void>
  find(checkoutId: string): Promise<{ readonly checkout: Checkout; readonly checkedOutAt: Date } | undefined>
}

export type Discounts = {
  /**
   * What the coupon takes off these lines, or why it cannot be used. Discount that cannot be asked is an answer, too:
   * see {@link DiscountAnswer}.
   * @throws UnknownRefusalError
   */
  quote(
    couponCode: string,
    lines: readonly PricedLine[],
  ): Promise<DiscountAnswer | RefusalOf<typeof couponRefusals>>
}

export type CheckoutPorts = CartPorts & {
  readonly checkouts: Checkouts
  readonly discounts: Discounts
  readonly outbox: Outbox
  readonly personalData: PersonalData
}
