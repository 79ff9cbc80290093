import type { Sagas } from "@eshop/building-blocks/durable/saga-client"
import { DependencyUnavailableError } from "@eshop/building-blocks/failure"
import type { Order } from "@eshop/domain/ordering/order"
import type { Orders } from "../orders/ports.ts"
import { fulfilment, fulfilmentIdOf, ORDER_MOVED } from "./fulfilment-saga.ts"
import { fulfilmentFactsOf, isInFulfilment } from "./order-steps.ts"

export type FulfilmentPorts = { readonly orders: Orders; readonly sagas: Sagas }

/** Starts the order's fulfilment, unless the order is past it; does nothing while it runs. */
export async function startFulfilment(
  { sagas }: Pick<FulfilmentPorts, "sagas">,
  order: Order | undefined,
): Promise<void> {
  if (order && isInFulfilment(order))
    await sagas.start(fulfilment, fulfilmentIdOf(order.id), {
      orderId: order.id,
      order: fulfilmentFactsOf(order),
    })
}

/**
 * Tells the order's fulfilment that the order has moved.
 * @throws DependencyUnavailableError while the order is in fulfilment and its saga is not there (yet)
 */
export async function tellFulfilment(
  { orders, sagas }: FulfilmentPorts,
  orderId: string,
  to: "shipped" | "delivered" | "cancelled" | "returned",
): Promise<void> {
  if (await sagas.raise(fulfilmentIdOf(orderId), ORDER_MOVED, { to })) return
  const stored = await orders.find(orderId)
  if (stored && isInFulfilment(stored.order))
    throw new DependencyUnavailableError(`the fulfilment of order ${orderId}`)
}
