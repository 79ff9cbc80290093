import * as z from "zod"
import { defineRefusal, type Refusal } from "../kernel/refusal.ts"
import type { CancelReason } from "./order-events.ts"

// What leads an order back is a refusal: Catalog's, Discount's, or one of these. So a reason is never an error's message.

export const customerAsked = defineRefusal("customer.asked", "conflict", "The customer asked for it.")
export const customerWithdrew = defineRefusal(
  "customer.withdrew",
  "conflict",
  "The customer withdrew from the contract.",
)
export const checkoutAbandoned = defineRefusal(
  "checkout.abandoned",
  "unavailable",
  "The checkout was interrupted and could not be led to its end.",
)
/** By an operator who led the checkout back. */
export const checkoutEnded = defineRefusal("checkout.ended", "conflict", "The shop has ended the checkout.")
export const stockExpired = defineRefusal(
  "stock.expired",
  "conflict",
  "The time for which the stock was reserved is over.",
)
export const stockNoAnswer = defineRefusal(
  "stock.no-answer",
  "unavailable",
  "The stock could not be reserved in time.",
)
export const paymentDeclined = defineRefusal(
  "payment.declined",
  "rule",
  "The payment was not accepted.",
  z.object({ providerCode: z.string().optional() }),
)
export const paymentActionRequired = defineRefusal(
  "payment.action-required",
  "rule",
  "The payment needs its holder's confirmation, which did not come.",
)
export const paymentUnavailable = defineRefusal(
  "payment.unavailable",
  "unavailable",
  "The payment provider could not be reached in time.",
)
export const checkoutStepFailed = defineRefusal(
  "checkout.step-failed",
  "unavailable",
  "A step of the checkout failed again and again.",
  z.object({ step: z.string() }),
)

/** The reason that a refusal gives to cancel an order. */
export const reasonOf = ({ code, detail, data }: Refusal): CancelReason => ({
  code,
  detail,
  ...(data && { data: { ...data } }),
})
