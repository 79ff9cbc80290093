import { step } from "@eshop/building-blocks/durable/step"
import { OrderStatus } from "@eshop/domain/contracts/ordering-events"
import { OrderId } from "@eshop/domain/kernel/ids"
import { isRefusal } from "@eshop/domain/kernel/refusal"
import { closeOrder } from "@eshop/domain/ordering/close-order"
import { isSent, type Order } from "@eshop/domain/ordering/order"
import { orderUnknown, orderWrongState } from "@eshop/domain/ordering/order-refusals"
import * as z from "zod"
import { changeOrder, type OrderPorts } from "../orders/change-order.ts"

const ofOrder = z.object({ orderId: OrderId })

/** Whether the order is paid and has still to be led to its end. */
export const isInFulfilment = ({ status }: Order): boolean =>
  status === "Paid" || status === "PartiallyShipped" || status === "Shipped" || status === "Delivered"

/** When the last parcel arrived; undefined while one is on its way. */
function deliveredAt(order: Order): string | undefined {
  if (order.status !== "Delivered") return undefined
  const arrivals = order.shipments.flatMap(({ deliveredAt }) => deliveredAt ?? [])
  return arrivals.sort().at(-1) ?? order.changedAt
}

const openReturns = (order: Order): number =>
  isSent(order) ? order.returns.filter(({ status }) => status === "requested").length : 0

/** How the order stands, as far as its fulfilment goes. */
export const FulfilmentFacts = z.object({
  status: OrderStatus,
  inFulfilment: z.boolean(),
  deliveredAt: z.iso.datetime().optional(),
  openReturns: z.int().min(0),
})
export type FulfilmentFacts = z.infer<typeof FulfilmentFacts>

/** How this order stands, as far as its fulfilment goes. */
export function fulfilmentFactsOf(order: Order): FulfilmentFacts {
  const arrived = deliveredAt(order)
  return {
    status: order.status,
    inFulfilment: isInFulfilment(order),
    ...(arrived !== undefined && { deliveredAt: arrived }),
    openReturns: openReturns(order),
  }
}

/** Reads how the order stands. */
export const fulfilmentRead = step("read-fulfilment", {
  input: ofOrder,
  output: FulfilmentFacts,
  refusals: [orderUnknown],
  run:
    ({ orders }: OrderPorts) =>
    async ({ orderId }) => {
      const stored = await orders.find(orderId)
      return stored ? fulfilmentFactsOf(stored.order) : orderUnknown()
    },
})

/** Nothing more is expected of the order. */
export const orderClosed = step("close-order", {
  input: ofOrder,
  output: z.object({ status: OrderStatus }),
  refusals: [orderUnknown, orderWrongState],
  run:
    (ports: OrderPorts) =>
    ({ orderId }, call) =>
      call.transact(async (tx) => {
        const decide = (order: Order | undefined) => closeOrder(order, {}, call.now)
        const order = await changeOrder(ports, tx, orderId, decide, call)
        return isRefusal(order) ? order : { status: (order as Order).status }
      }),
})
