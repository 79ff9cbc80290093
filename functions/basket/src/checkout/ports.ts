import type { Outbox } from "@eshop/building-blocks/messaging/outbox"
import type { CallContext, Tx } from "@eshop/building-blocks/use-case"
import type { DiscountAnswer } from "@eshop/domain/basket/checkout"
import type { Checkout, OrderLine } from "@eshop/domain/events/basket-events"
import type { Refusal } from "@eshop/domain/refusal"
import type { CartPorts } from "../cart/ports.ts"

export type Checkouts = {
  /** @throws when this version of the customer's cart was checked out before */
  add(tx: Tx, checkout: Checkout, cartVersion: number, at: Date): Promise<void>
}

export type Discounts = {
  /** What the coupon takes off these lines, or why it cannot be used. Never throws: see {@link DiscountAnswer}. */
  quote(
    couponCode: string,
    lines: readonly OrderLine[],
    call: Pick<CallContext, "traceparent">,
  ): Promise<DiscountAnswer | Refusal>
}

export type CheckoutPorts = CartPorts & {
  readonly checkouts: Checkouts
  readonly discounts: Discounts
  readonly outbox: Outbox
}
