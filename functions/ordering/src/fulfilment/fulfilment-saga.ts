import { inWords } from "@eshop/building-blocks/durable/position"
import { type SagaContext, type Steps, saga } from "@eshop/building-blocks/durable/saga"
import { OrderId } from "@eshop/domain/kernel/ids"
import { isRefusal } from "@eshop/domain/kernel/refusal"
import * as z from "zod"
import { attentionNoted } from "../sagas/attention.ts"
import { FulfilmentFacts, fulfilmentRead, orderClosed } from "./order-steps.ts"
import { operatorsReminded } from "./remind-operators.ts"

/** The event by which the saga hears that the order has moved; where to, the order itself tells. */
export const ORDER_MOVED = "order-moved"
export const fulfilmentIdOf = (orderId: string): string => `${orderId}-fulfilment`

const DAY_MS = 24 * 60 * 60_000
/** How long an order may stay as it is before operators are reminded; then twice as long, and so on. */
const PATIENCE_DAYS: Readonly<Record<string, number>> = {
  Paid: 3,
  PartiallyShipped: 5,
  Shipped: 10,
  Delivered: 7,
}
const LONGEST_PATIENCE_DAYS = 28
/** The days that a customer has to withdraw (EU 2023/2673), and two for what is on its way by then. */
const CLOSING_DAYS = 14 + 2
/** The longest timer that every task hub takes in one piece; the library cuts longer ones into pieces of three days. */
const LONGEST_TIMER_DAYS = 6

const steps = [fulfilmentRead, operatorsReminded, orderClosed] as const
const events = {
  [ORDER_MOVED]: z.object({ to: z.enum(["shipped", "delivered", "cancelled", "returned"]) }),
} as const
type Saga = SagaContext<(typeof steps)[number], typeof events>

/**
 * The weeks after the payment: waits until the order is shipped, delivered and past its returns, reminds operators while
 * nothing moves, and closes it. The order is read again after every event and every reminder, so an event that is lost,
 * late or there twice does no harm.
 */
export const fulfilment = saga("fulfilment", {
  /** With the order as whoever starts the saga has read it. */
  input: z.object({ orderId: OrderId, order: FulfilmentFacts }),
  steps,
  events,
  attention: attentionNoted,
  deadlineMinutes: 60,

  *run(saga, { orderId, order: started }) {
    let order = started
    for (let reminders = 0; order.inFulfilment; ) {
      const { status, deliveredAt, openReturns } = order
      if (deliveredAt !== undefined && openReturns === 0) {
        const closing = new Date(Date.parse(deliveredAt) + CLOSING_DAYS * DAY_MS)
        saga.at("awaiting-closing", `waits until ${inWords(closing, saga.now)}, then closes`, closing)
        if (!(yield* movesBefore(saga, closing))) {
          const closed = yield* saga.untilDone(orderClosed, { orderId })
          // It has moved meanwhile, so its event is on its way.
          if (isRefusal(closed)) yield* movesBefore(saga, new Date(saga.now.getTime() + DAY_MS))
        }
      } else {
        const days = Math.min((PATIENCE_DAYS[status] as number) * 2 ** reminders, LONGEST_PATIENCE_DAYS)
        const until = new Date(saga.now.getTime() + days * DAY_MS)
        const awaited = awaitedBy(status)
        const says = `waits for ${awaited} until ${inWords(until, saga.now)}, then reminds operators`
        saga.at(`awaiting-${awaited}`, says, until)
        if (yield* movesBefore(saga, until)) reminders = 0
        else {
          const detail = `it has been ${status} for ${days} days, and ${openReturns} of its returns are open`
          yield* saga.untilDone(operatorsReminded, { orderId, alarm: "fulfilment-stalled", detail })
          reminders++
        }
      }
      const read = yield* saga.untilDone(fulfilmentRead, { orderId })
      if (isRefusal(read)) return read.code
      if (read.status !== status) reminders = 0
      order = read
    }
    return order.status
  },
})

/** A delivered order that is not to be closed has a return open. */
function awaitedBy(status: string): string {
  if (status === "Delivered") return "return"
  return status === "Shipped" ? "delivery" : "shipment"
}

/** @returns false when the moment comes first */
function* movesBefore(saga: Saga, until: Date): Steps<boolean> {
  for (;;) {
    const left = until.getTime() - saga.now.getTime()
    if (left <= 0) return false
    const minutes = Math.ceil(Math.min(left, LONGEST_TIMER_DAYS * DAY_MS) / 60_000)
    if (yield* saga.race([ORDER_MOVED], minutes)) return true
  }
}
