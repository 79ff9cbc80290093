import type { Money } from "@eshop/domain/money"
import type { AuthorisationOutcome, CaptureOutcome } from "@eshop/domain/payment/payment"
import type { Refusal } from "@eshop/domain/refusal"

type Traced = { readonly traceparent?: string }

/** The payment provider. Every call is idempotent by order: repeating it is the same payment. */
export type Payments = {
  /** Sets the money aside at the customer's bank. */
  authorise(
    payment: { orderId: string; amount: Money; paymentMethod: string },
    trace: Traced,
  ): Promise<AuthorisationOutcome>
  /** Asks how a payment stands that needed more time. */
  check(paymentId: string, trace: Traced): Promise<AuthorisationOutcome>
  /** Takes the money that was set aside. */
  capture(payment: { orderId: string; paymentId: string }, trace: Traced): Promise<CaptureOutcome>
  /** Undoes whatever the order's payment came to: nothing, an authorisation (void) or a capture (refund). */
  undo(orderId: string, trace: Traced): Promise<void>
}

/** Discount's redemptions. Every call is idempotent by order. */
export type Redemptions = {
  reserve(redemption: { orderId: string; couponCode: string }, trace: Traced): Promise<Refusal | undefined>
  confirm(redemption: { orderId: string; couponCode: string }, trace: Traced): Promise<Refusal | undefined>
  release(redemption: { orderId: string; couponCode: string }, trace: Traced): Promise<void>
}

/** The orchestrations of checkouts, by order id. */
export type Sagas = {
  /** Starts the order's saga; does nothing while it runs. One that has ended would begin again. */
  start(orderId: string, input: unknown): Promise<void>
  /** Hands an event to the order's saga; one that has ended or never was does not hear it. */
  tell(orderId: string, event: string, data: unknown): Promise<void>
}
