import type { Call, Tx } from "@eshop/building-blocks/app/call"
import type { Outbox, OutboxMessage } from "@eshop/building-blocks/messaging/outbox"
import { afterCommit } from "@eshop/building-blocks/store/transaction"
import { isRefusal, type Refusal } from "@eshop/domain/kernel/refusal"
import { evolve, type Order } from "@eshop/domain/ordering/order"
import type { OrderEvent } from "@eshop/domain/ordering/order-events"
import { announcementsOf } from "./announcements.ts"
import { countChange, type OrderChange } from "./count-change.ts"
import type { LockedOrder, Orders } from "./ports.ts"

export type OrderPorts = { readonly orders: Orders; readonly outbox: Outbox }

/** What a command did to an order; no events where it was done before. */
export type Changed = {
  readonly order: Order
  readonly version: number
  readonly events: readonly OrderEvent[]
}

/**
 * The one way to change an order: lock, decide, append the events, the state and the announcements in one
 * transaction. Repeating a command that was done changes nothing and answers with the order as it is.
 * @param decide a command of the domain, told the order as it is stored
 */
export async function changeStoredOrder<R extends Refusal>(
  { orders, outbox }: OrderPorts,
  tx: Tx,
  orderId: string,
  decide: (stored: LockedOrder | undefined) => OrderEvent[] | R | Promise<OrderEvent[] | R>,
  call: Pick<Call, "now" | "newId">,
): Promise<Changed | R> {
  const stored = await orders.lock(tx, orderId)
  const decided = await decide(stored)
  if (isRefusal(decided)) return decided as R
  const events = decided as OrderEvent[]
  const version = (stored?.version ?? 0) + events.length
  const messages: OutboxMessage[] = []
  const changes: OrderChange[] = []
  let order = stored?.order
  for (const event of events) {
    const before = order
    order = evolve(before, event)
    messages.push(...announcementsOf(event, before, order, call))
    changes.push({ event, before, after: order })
  }
  if (!order) throw new Error("the command made no order")
  if (events.length === 0) return { order, version, events }
  await orders.append(tx, orderId, stored?.head, events, order)
  await outbox.add(tx, messages)
  afterCommit(tx, () => changes.forEach(countChange))
  return { order, version, events }
}

/** The same for who needs the order alone. @param decide a command of the domain */
export async function changeOrder<R extends Refusal>(
  ports: OrderPorts,
  tx: Tx,
  orderId: string,
  decide: (order: Order | undefined) => OrderEvent[] | R | Promise<OrderEvent[] | R>,
  call: Pick<Call, "now" | "newId">,
): Promise<Order | R> {
  const changed = await changeStoredOrder(ports, tx, orderId, (stored) => decide(stored?.order), call)
  return isRefusal(changed) ? (changed as R) : (changed as Changed).order
}
