import type { Sagas } from "@eshop/building-blocks/durable/saga-client"
import { DependencyUnavailableError } from "@eshop/building-blocks/failure"
import type { Orders } from "../orders/ports.ts"
import { fulfilment, fulfilmentIdOf, ORDER_MOVED } from "./fulfilment-saga.ts"
import { fulfilmentFactsOf, isInFulfilment } from "./order-steps.ts"

export type FulfilmentPorts = { readonly orders: Orders; readonly sagas: Sagas }

/** Starts the order's fulfilment, unless the order is past it; does nothing while it runs. */
export async function startFulfilment({ orders, sagas }: FulfilmentPorts, orderId: string): Promise<void> {
  const stored = await orders.find(orderId)
  if (stored && isInFulfilment(stored.order))
    await sagas.start(fulfilment, fulfilmentIdOf(orderId), {
      orderId,
      order: fulfilmentFactsOf(stored.order),
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
