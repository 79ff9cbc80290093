import { step } from "@eshop/building-blocks/durable/step"
import { OrderId, PaymentId, PaymentMethod } from "@eshop/domain/kernel/ids"
import { Money } from "@eshop/domain/kernel/money"
import { isRefusal } from "@eshop/domain/kernel/refusal"
import { isPaid, type Order } from "@eshop/domain/ordering/order"
import { AuthorisationOutcome, CaptureOutcome } from "@eshop/domain/payment/payment"
import * as z from "zod"
import type { OrderPorts } from "../orders/change-order.ts"
import type { Payments } from "../payments/ports.ts"
import { markPaid, type PaidPorts } from "./order-steps.ts"

type Ports = { readonly payments: Payments }

const PaymentRequest = z.object({ orderId: OrderId, amount: Money, paymentMethod: PaymentMethod })

/** Sets the order's total aside at the customer's bank. */
export const paymentAuthorised = step("authorise-payment", {
  input: PaymentRequest,
  output: AuthorisationOutcome,
  run:
    ({ payments }: Ports & OrderPorts) =>
    (payment) =>
      payments.authorise(payment),
  undo:
    ({ payments, orders }: Ports & OrderPorts) =>
    async (payment, _, outcome) => {
      const paymentId = outcome?.paymentId
      // The money of an order that says that it is paid goes back by a refund, with the order's end.
      const order = paymentId === undefined ? undefined : (await orders.find(payment.orderId))?.order
      if (order && isPaidBy(order, paymentId)) return
      await payments.undo(payment, paymentId)
    },
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

/** What a capture came to; `paid`: the money is taken, and the order says so. */
const Captured = z.union([CaptureOutcome, z.object({ type: z.literal("paid") })])
type Captured = z.infer<typeof Captured>

/**
 * Takes the money that was set aside and marks the order as paid, where that works at once: where it does not, the saga
 * does it by a step of its own.
 */
export const paymentCaptured = step("capture-payment", {
  input: z.object({ orderId: OrderId, paymentId: PaymentId, captured: Money }),
  output: Captured,
  run:
    (ports: Ports & PaidPorts) =>
    async (paid, call): Promise<Captured> => {
      const { orderId, paymentId } = paid
      let outcome: CaptureOutcome
      try {
        outcome = await ports.payments.capture({ orderId, paymentId })
      } catch (error) {
        // An attempt whose answer was lost may have marked the order: then nothing may lead back any more.
        const stored = await ports.orders.find(orderId).catch(() => undefined)
        if (stored && isPaidBy(stored.order, paymentId)) return { type: "paid" }
        throw error
      }
      if (outcome.type === "refused") return outcome
      const marked = await markPaid(ports, paid, call).catch(() => undefined)
      return marked === undefined || isRefusal(marked) ? outcome : { type: "paid" }
    },
})

const isPaidBy = (order: Order, paymentId: string | undefined): boolean =>
  isPaid(order) && order.payment.paymentId === paymentId

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
