import type { Redemption } from "@eshop/domain/contracts/redemptions"
import type { CouponUses } from "@eshop/domain/discount/coupon"
import type { Refusal } from "@eshop/domain/kernel/refusal"
import type { CodeState, CustomerOrders } from "../coupons/ports.ts"
import type { Rules } from "../rules/ports.ts"

/** The use of a coupon by an order. */
export type Use = {
  readonly orderId: string
  /** Undefined where nobody says who the customer is; a redemption that is there knows it. */
  readonly customerId?: string | undefined
  /** What tells a unique code from others of its series. */
  readonly suffix?: string | undefined
  /** The coupon's limit for everybody together, for which its uses are counted. */
  readonly limit?: number | undefined
  /** What the order is bound to, for good, when a decision makes a redemption of it. */
  readonly binding?: Binding
}

/** What an order's coupon is. */
export type Binding = {
  /** As the customer has it. Undefined when the order was cancelled before it had one. */
  readonly couponCode?: string | undefined
  /** The code of the coupon whose redemptions it is among: its own, or that of its series. */
  readonly series?: string | undefined
}

/** What a decision about a redemption is made of. */
export type RedemptionState = {
  readonly existing: Redemption | undefined
  /** Another coupon, or none, that the order is bound to; undefined when nothing stands in the way. */
  readonly otherBinding?: Binding | undefined
  readonly uses: Pick<CouponUses, "taken"> & {
    readonly takenByCustomer: number
    /** Undefined where the use has no unique code. */
    readonly code?: CodeState | undefined
  }
}

export type Redemptions = {
  /** Binds an order to its coupon for good. @returns what it is bound to: this, unless another was first */
  bind(orderId: string, binding: Binding): Promise<Binding>
  /** What an order is bound to. */
  boundTo(orderId: string): Promise<Binding | undefined>
  /**
   * Changes a redemption with all that counts it, exactly: no other change comes between what the decision has seen
   * and what is written. A decision that returns the redemption it got changes nothing.
   * An order that a decision makes a redemption of is bound to its coupon before.
   * @param decide may be called again on a newer state
   */
  change<R extends Refusal = never>(
    series: string,
    use: Use,
    decide: (state: RedemptionState) => Redemption | R,
  ): Promise<Redemption | R>
  /** Makes the count of a coupon with a limit what its redemptions are. */
  recount(series: string): Promise<void>
}

export type RedemptionPorts = {
  readonly rules: Rules
  readonly redemptions: Redemptions
  readonly customerOrders: CustomerOrders
}
