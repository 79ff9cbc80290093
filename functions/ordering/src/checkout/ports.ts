import type { CheckoutDetails } from "@eshop/domain/contracts/checkouts"
import { couponNeedsCustomer, couponUnknown, unusableCoupon } from "@eshop/domain/discount/coupon-refusals"
import {
  redemptionOtherCoupon,
  redemptionReleased,
  redemptionUnknown,
} from "@eshop/domain/discount/redemption"
import type { Money } from "@eshop/domain/kernel/money"
import type { RefusalOf } from "@eshop/domain/kernel/refusal"
import type { AuthorisationOutcome, CaptureOutcome } from "@eshop/domain/payment/payment"

/** A payment as the order asks for it. Repeating it is the same payment: its idempotency key is made of the order. */
export type PaymentRequest = {
  readonly orderId: string
  readonly amount: Money
  /** The provider's token. */
  readonly paymentMethod: string
}

/** The payment provider. Every call is idempotent by order. */
export type Payments = {
  /** Sets the money aside at the customer's bank. */
  authorise(payment: PaymentRequest): Promise<AuthorisationOutcome>
  /** Asks how a payment stands that needed more time. */
  check(paymentId: string): Promise<AuthorisationOutcome>
  /** Takes the money that was set aside. */
  capture(payment: { orderId: string; paymentId: string }): Promise<CaptureOutcome>
  /**
   * Undoes whatever the order's payment came to: nothing, an authorisation (void) or a capture (refund).
   * @param paymentId the payment, where it is known; otherwise the provider tells it by the request's idempotency key
   */
  undo(payment: PaymentRequest, paymentId: string | undefined): Promise<void>
}

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
