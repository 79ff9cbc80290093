import { useCase } from "@eshop/building-blocks/use-case"
import { OrderId } from "@eshop/domain/ids"
import { Money } from "@eshop/domain/money"
import { z } from "zod"
import type { Payments } from "./ports.ts"

type Ports = { readonly payments: Payments }

/** Sets the order's total aside at the customer's bank; undone by {@link undoPayment}. */
export const authorisePayment = ({ payments }: Ports) =>
  useCase(
    "ordering.authorise-payment",
    z.object({ orderId: OrderId, amount: Money, paymentMethod: z.string() }),
    (payment, call) => payments.authorise(payment, call),
  )

/** Asks how a payment stands that needed more time. */
export const checkPayment = ({ payments }: Ports) =>
  useCase("ordering.check-payment", z.object({ paymentId: z.string() }), ({ paymentId }, call) =>
    payments.check(paymentId, call),
  )

/** Takes the money that was set aside. */
export const capturePayment = ({ payments }: Ports) =>
  useCase(
    "ordering.capture-payment",
    z.object({ orderId: OrderId, paymentId: z.string() }),
    (payment, call) => payments.capture(payment, call),
  )

/** Compensates: voids the authorisation or refunds the capture, whatever the payment came to. */
export const undoPayment = ({ payments }: Ports) =>
  useCase("ordering.undo-payment", z.object({ orderId: OrderId }), async ({ orderId }, call) => {
    await payments.undo(orderId, call)
    return {}
  })
