import { useCase } from "@eshop/building-blocks/app/use-case"
import type { Sagas } from "@eshop/building-blocks/durable/saga-client"
import { isUnavailable } from "@eshop/building-blocks/failure"
import { OrderStatus } from "@eshop/domain/contracts/ordering-events"
import { OrderId } from "@eshop/domain/kernel/ids"
import { isRefusal } from "@eshop/domain/kernel/refusal"
import { wordsOf } from "@eshop/domain/ordering/event-words"
import { evolve, type Order } from "@eshop/domain/ordering/order"
import type { OrderEvent } from "@eshop/domain/ordering/order-events"
import { orderUnknown } from "@eshop/domain/ordering/order-refusals"
import * as z from "zod"
import { announcementsOf } from "./announcements.ts"
import { type OrderReaders, visibleOrder } from "./get-order.ts"

/** Something that happened to an order. */
export const Happened = z.strictObject({
  type: z.string(),
  at: z.iso.datetime(),
  /** What happened, for a person. */
  says: z.string(),
  data: z.record(z.string(), z.unknown()).optional(),
  announced: z.array(z.string()).describe("Types of the events that the other contexts heard of it"),
})

/** Where a process stands, as far as it says. */
const Position = z.object({
  step: z.string().optional(),
  says: z.string().optional(),
  until: z.string().optional(),
  attempt: z.int().optional(),
  needsAttention: z.boolean().optional(),
})

const Process = z.strictObject({
  id: z.string(),
  status: z.enum(["running", "completed", "failed", "terminated"]),
  ...Position.shape,
})

/** What happened to an order and when, oldest first, and where its processes stand. Nothing of it is personal. */
export const getTimeline = useCase("ordering.get-timeline", {
  input: z.strictObject({ id: OrderId }),
  result: z.strictObject({
    orderId: OrderId,
    status: OrderStatus,
    events: z.array(Happened),
    /** The checkout, the fulfilment and the refunds, where they are still known. */
    processes: z.array(Process),
  }),
  refusals: [orderUnknown],
  handle:
    (ports: OrderReaders & { readonly sagas: Sagas }) =>
    async ({ id }, call) => {
      const order = await visibleOrder(ports, id, call)
      if (isRefusal(order)) return order
      const events = await ports.orders.events(id)
      return {
        orderId: id,
        status: order.status,
        events: told(events),
        processes: events.length > 0 ? await processesOf(ports.sagas, id, events) : [],
      }
    },
})

/** What has to be known of an event besides its words: the first one holds the checkout, which the order itself shows. */
function dataOf({ type, data }: OrderEvent): object {
  return type === "OrderSubmitted" || type === "PaymentActionRequired" ? {} : data
}

/** A stream in words, with what was announced of it. */
export function told(events: readonly OrderEvent[]): z.input<typeof Happened>[] {
  let order: Order | undefined
  return events.map((event) => {
    const before = order
    order = evolve(before, event)
    const meta = { now: new Date(event.at), newId: () => crypto.randomUUID() }
    const data = dataOf(event) as Record<string, unknown>
    return {
      type: event.type,
      at: event.at,
      says: wordsOf(event),
      ...(Object.keys(data).length > 0 && { data }),
      announced: announcementsOf(event, before, order, meta).map((message) => message.event.type),
    }
  })
}

async function processesOf(
  sagas: Sagas,
  orderId: string,
  events: readonly OrderEvent[],
): Promise<z.input<typeof Process>[]> {
  const refunds = events.flatMap((event) => (event.type === "RefundRequested" ? [event.data.refundId] : []))
  const ids = [
    orderId,
    `${orderId}-fulfilment`,
    ...refunds.map((refundId) => `${orderId}-refund-${refundId}`),
  ]
  const found = await Promise.all(ids.map((id) => statusOf(sagas, id)))
  return found.flatMap((saga, index) => {
    if (!saga) return []
    const position = Position.safeParse(saga.position).data ?? {}
    return [{ id: ids[index] as string, status: saga.status, ...position }]
  })
}

/** A timeline without its processes is worth more than none. */
const statusOf = (sagas: Sagas, id: string) =>
  sagas.status(id).catch((error) => {
    if (isUnavailable(error)) return undefined
    throw error
  })
