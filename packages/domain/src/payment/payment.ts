import * as z from "zod"
import { PaymentId } from "../kernel/ids.ts"

/** What the payment provider said to an authorisation. */
export const AuthorisationOutcome = z.discriminatedUnion("type", [
  z.object({ type: z.literal("authorised"), paymentId: PaymentId }),
  /** The provider needs more time: ask again for this payment. */
  z.object({ type: z.literal("processing"), paymentId: PaymentId }),
  /** The payment's holder must confirm it, at the provider where it says so: ask again for this payment. */
  z.object({ type: z.literal("action-required"), paymentId: PaymentId, redirectUrl: z.url().optional() }),
  /** Without an id where the provider made no payment of it. */
  z.object({ type: z.literal("declined"), paymentId: PaymentId.optional(), code: z.string() }),
])
export type AuthorisationOutcome = z.infer<typeof AuthorisationOutcome>

/** The captured amount is final; anything else than `captured` needs a person. */
export const CaptureOutcome = z.discriminatedUnion("type", [
  z.object({ type: z.literal("captured"), paymentId: PaymentId }),
  z.object({ type: z.literal("refused"), paymentId: PaymentId, code: z.string() }),
])
export type CaptureOutcome = z.infer<typeof CaptureOutcome>

/** What the provider said to a refund; a pending one is settled by its report, or by asking again. */
export const RefundOutcome = z.discriminatedUnion("type", [
  z.object({ type: z.literal("refunded"), providerRefundId: z.string() }),
  z.object({ type: z.literal("pending"), providerRefundId: z.string() }),
  z.object({ type: z.literal("refused"), code: z.string() }),
])
export type RefundOutcome = z.infer<typeof RefundOutcome>
