import { type CallContext, hasRole, useCase } from "@eshop/building-blocks/use-case"
import { OrderId } from "@eshop/domain/ids"
import { type Refusal, refuse } from "@eshop/domain/refusal"
import { z } from "zod"
import type { Orders, StoredOrder } from "./ports.ts"

export const GetOrder = z.strictObject({ id: OrderId })

/** The order if the caller may see it: its customer, or who reads all orders. Anybody else learns nothing of it. */
async function visibleOrder(
  orders: Orders,
  id: string,
  { caller }: CallContext,
): Promise<StoredOrder | Refusal> {
  const stored = await orders.find(id)
  const visible =
    caller.kind === "user" && (stored?.order.customerId === caller.id || hasRole(caller, "ordering.read"))
  return stored && visible ? stored : refuse("not-found", "order.unknown", "There is no such order.")
}

/** One order, or `order.unknown`. */
export const getOrder = ({ orders }: { orders: Orders }) =>
  useCase("ordering.get-order", GetOrder, ({ id }, call) => visibleOrder(orders, id, call))

/** What happened to an order and when, oldest first. */
export const getTimeline = ({ orders }: { orders: Orders }) =>
  useCase("ordering.get-timeline", GetOrder, async ({ id }, call) => {
    const stored = await visibleOrder(orders, id, call)
    if ("refused" in stored) return stored
    const events = await orders.events(id)
    return {
      orderId: id,
      status: stored.order.status,
      // The first event holds the whole checkout, which the order itself shows.
      events: events.map(({ type, at, ...rest }) => ({
        type,
        at,
        ...("data" in rest && type !== "OrderSubmitted" && { data: rest.data }),
      })),
    }
  })
