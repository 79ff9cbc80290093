import { useCase } from "@eshop/building-blocks/use-case"
import { Checkout } from "@eshop/domain/events/basket-events"
import { OrderId } from "@eshop/domain/ids"
import { Money } from "@eshop/domain/money"
import { isRefusal } from "@eshop/domain/refusal"
import { z } from "zod"
import { changeOrder, type OrderPorts } from "../orders/change-order.ts"

/** First step: the order exists and asks Catalog for its stock. @returns the state that the order is in */
export const createOrder = (ports: OrderPorts) =>
  useCase("ordering.create-order", Checkout, (checkout, call) =>
    call.transact(async (tx) => {
      const order = await changeOrder(ports, tx, checkout.checkoutId, { type: "submit", checkout }, call)
      return isRefusal(order) ? order : { status: order.status }
    }),
  )

/** Compensates every step that other contexts took for the order: they hear OrderCancelled and give back. */
export const cancelOrder = (ports: OrderPorts) =>
  useCase(
    "ordering.cancel-order",
    z.object({
      orderId: OrderId,
      reason: z.object({
        code: z.string(),
        detail: z.string(),
        data: z.record(z.string(), z.unknown()).optional(),
      }),
    }),
    ({ orderId, reason: { data, ...reason } }, call) =>
      call.transact(async (tx) => {
        const command = { type: "cancel", reason: { ...reason, ...(data && { data }) } } as const
        const order = await changeOrder(ports, tx, orderId, command, call)
        return isRefusal(order) ? order : { status: order.status }
      }),
  )

/** The stock is set aside: the order awaits its payment. */
export const confirmStock = (ports: OrderPorts) =>
  useCase("ordering.confirm-stock", z.object({ orderId: OrderId }), ({ orderId }, call) =>
    call.transact(async (tx) => {
      const order = await changeOrder(ports, tx, orderId, { type: "confirm-stock" }, call)
      return isRefusal(order) ? order : { status: order.status }
    }),
  )

/** Last step: the money is taken; Catalog hears OrderPaid and turns reserved stock into sold stock. */
export const markPaid = (ports: OrderPorts) =>
  useCase(
    "ordering.mark-paid",
    z.object({ orderId: OrderId, paymentId: z.string(), captured: Money }),
    ({ orderId, paymentId, captured }, call) =>
      call.transact(async (tx) => {
        const order = await changeOrder(ports, tx, orderId, { type: "pay", paymentId, captured }, call)
        return isRefusal(order) ? order : { status: order.status }
      }),
  )
