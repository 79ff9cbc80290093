import { step } from "@eshop/building-blocks/durable/step"
import { OrderId, PaymentId, PaymentMethod } from "@eshop/domain/kernel/ids"
import { Money } from "@eshop/domain/kernel/money"
import { AuthorisationOutcome, CaptureOutcome } from "@eshop/domain/payment/payment"
import * as z from "zod"
import type { Payments } from "../payments/ports.ts"

type Ports = { readonly payments: Payments }

const PaymentRequest = z.object({ orderId: OrderId, amount: Money, paymentMethod: PaymentMethod })

/** Sets the order's total aside at the customer's bank. */
export const paymentAuthorised = step("authorise-payment", {
  input: PaymentRequest,
  output: AuthorisationOutcome,
  run:
    ({ payments }: Ports) =>
    (payment) =>
      payments.authorise(payment),
  undo:
    ({ payments }: Ports) =>
    (payment, _, outcome) =>
      payments.undo(payment, outcome?.paymentId),
})

/** Asks how a payment stands that needed more time. */
export const paymentChecked = step("check-payment", {
  input: z.object({ paymentId: PaymentId }),
  output: AuthorisationOutcome,
  run:
    ({ payments }: Ports) =>
    ({ paymentId }) =>
      payments.check(paymentId),
})

/** Takes the money that was set aside. */
export const paymentCaptured = step("capture-payment", {
  input: z.object({ orderId: OrderId, paymentId: PaymentId }),
  output: CaptureOutcome,
  run:
    ({ payments }: Ports) =>
    (payment) =>
      payments.capture(payment),
})

/** Undoes the order's payment where nothing is left of the saga that made it, or that saga can only go forward. */
export const paymentUndone = step("undo-payment", {
  input: PaymentRequest.extend({
    /** Where it is known what it came to. */
    paymentId: PaymentId.optional(),
  }),
  output: z.void(),
  run:
    ({ payments }: Ports) =>
    ({ paymentId, ...payment }) =>
      payments.undo(payment, paymentId),
})
