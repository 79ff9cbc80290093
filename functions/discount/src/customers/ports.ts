import type { Redemption } from "@eshop/domain/contracts/redemptions"

/** An order of a customer as Discount knows it. */
export type CustomerOrder = {
  readonly orderId: string
  /** Whether it counts as an order: one that was cancelled does not. */
  readonly counts: boolean
  /** Its coupon's use, where it had one. */
  readonly redemption?: Redemption
}

/** What Discount keeps by customer. */
export type Customers = {
  /** The orders of a customer that were paid or cancelled, the oldest first. */
  orders(customerId: string, limit: number): Promise<readonly CustomerOrder[]>
  /**
   * Forgets whose the orders are that were made by a moment, and whose coupon uses: these stay, and count against the
   * coupon's limit for everybody. May be done again after it was broken off.
   */
  forget(customerId: string, until: Date): Promise<void>
}
