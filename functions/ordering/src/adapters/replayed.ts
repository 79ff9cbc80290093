import { alarm } from "@eshop/building-blocks/telemetry/observe"
import { replay } from "@eshop/domain/ordering/order"
import { readOrderEvent } from "@eshop/domain/ordering/order-events"
import type { StoredOrder } from "../orders/ports.ts"

/**
 * The order that a stream tells of. One that cannot be read holds no other up: its order stays pending, and a person
 * must know.
 * @param events as they are stored, from the first one on
 * @returns one order, or none
 */
export function replayed(orderId: string, events: readonly unknown[]): StoredOrder[] {
  try {
    const order = replay(events.map(readOrderEvent))
    if (!order) throw new Error("the stream has no beginning")
    return [{ order, version: events.length }]
  } catch (error) {
    alarm("unreadable-stream", "an order's stream cannot be read", { orderId, error })
    return []
  }
}
