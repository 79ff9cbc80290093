import type { Coupon } from "@eshop/domain/discount/coupon"

/** How a unique code stands. */
export type CodeState = "unknown" | "free" | "used"

export type CouponUseCounts = {
  /** How many redemptions of a coupon count now. */
  taken(coupon: Coupon): Promise<number>
  takenByCustomer(series: string, customerId: string): Promise<number>
  codeState(series: string, suffix: string): Promise<CodeState>
}

/** Which customers have paid an order: what the events of Ordering tell. Each may come in any order and number. */
export type CustomerOrders = {
  hasOrdered(customerId: string): Promise<boolean>
  paid(customerId: string, orderId: string): Promise<void>
  /** An order that was cancelled counts no more, also when it is heard first. */
  cancelled(customerId: string, orderId: string): Promise<void>
}
