import { type CommandCall, idOfCaller, type Tx } from "@eshop/building-blocks/app/call"
import { command } from "@eshop/building-blocks/app/use-case"
import { message } from "@eshop/building-blocks/messaging/outbox"
import { SagaWordSpoken } from "@eshop/domain/contracts/ordering-events"
import { type StockLine, StockLines } from "@eshop/domain/contracts/stock-lines"
import { OrderId } from "@eshop/domain/kernel/ids"
import { isRefusal } from "@eshop/domain/kernel/refusal"
import { cancelLines, cancellationOther, cancellationTooMuch } from "@eshop/domain/ordering/cancel-lines"
import { cancelOrder as decideCancelOrder } from "@eshop/domain/ordering/cancel-order"
import { customerAsked, reasonOf } from "@eshop/domain/ordering/cancel-reasons"
import { OperatorReason, reasonOfOperator } from "@eshop/domain/ordering/operator-reasons"
import { isPaid, type Order } from "@eshop/domain/ordering/order"
import type { CancelReason } from "@eshop/domain/ordering/order-events"
import { orderUnknown, orderWrongState } from "@eshop/domain/ordering/order-refusals"
import * as z from "zod"
import type { Changed } from "./change-order.ts"
import { ChangedOrder, type CommandPorts, changedOf, commandOrder, orderStale } from "./command-order.ts"
import { isOwn, type OrderReaders, visibleOrder } from "./get-order.ts"

const CancelledOrder = ChangedOrder.extend({
  cancellation: z
    .enum(["done", "asked"])
    .describe(
      "`asked`: the checkout is under way and is told to stop; the order shows whether that came in time",
    ),
})

const refusals = [orderUnknown, orderWrongState, cancellationTooMuch, cancellationOther, orderStale] as const

type Cancellation = {
  readonly orderId: string
  /** The whole order where it does not say. */
  readonly lines: readonly StockLine[] | undefined
  readonly reason: CancelReason
}

/** What the domain decides of an order that is paid or has ended. */
function decideSettled(order: Order | undefined, { lines, reason }: Cancellation, call: CommandCall) {
  return lines
    ? cancelLines(order, { cancellationId: call.newId(), lines, reason }, call.now)
    : decideCancelOrder(order, { reason }, call.now)
}

/** Whether the checkout has still to be led to its end: then its saga must hear of it, which holds what is given back. */
const isUnderWay = (order: Order): boolean => !isPaid(order) && order.status !== "Cancelled"

/** Tells the checkout's saga to stop. It may be too late for that. */
async function askCheckout(
  { outbox, audit }: CommandPorts,
  tx: Tx,
  call: CommandCall,
  { orderId, reason }: Cancellation,
): Promise<void> {
  const by = idOfCaller(call.caller) ?? "anonymous"
  const word = { orderId, instanceId: orderId, word: "cancel", by } as const
  await outbox.add(tx, [message(SagaWordSpoken, orderId, word, call)])
  const change = { reason: reason.code }
  await audit.add(tx, call, [{ subject: `order ${orderId}`, action: "order.cancellation-asked", change }])
}

/** Cancels what is cancelled at once, or asks the checkout. @param mayCancel whether the caller may */
async function cancel(
  ports: CommandPorts,
  tx: Tx,
  call: CommandCall,
  cancellation: Cancellation,
  mayCancel: (order: Order) => boolean,
) {
  const { orderId, lines, reason } = cancellation
  let isAsked = false
  const changed = await commandOrder(ports, tx, call, {
    orderId,
    action: lines ? "order.lines-cancelled" : "order.cancelled",
    says: { reason: reason.code, ...(lines && { lines }) },
    decide: (order) => {
      if (!order || !mayCancel(order)) return orderUnknown()
      isAsked = isUnderWay(order) && !lines
      return isAsked ? [] : decideSettled(order, cancellation, call)
    },
  })
  if (isRefusal(changed)) return changed
  if (isAsked) await askCheckout(ports, tx, call, cancellation)
  return { ...changedOf(changed as Changed), cancellation: isAsked ? ("asked" as const) : ("done" as const) }
}

const whole = { id: OrderId, lines: StockLines.optional().describe("The whole order where it does not say") }

/** A customer cancels their order as long as nothing of it has left, or lines of it that have not. */
export const cancelOwnOrder = command("ordering.cancel-own-order", {
  input: z.strictObject(whole),
  result: CancelledOrder,
  refusals,
  handle:
    (ports: CommandPorts & OrderReaders) =>
    async ({ id: orderId, lines }, call) => {
      const cancellation = { orderId, lines, reason: reasonOf(customerAsked()) }
      // An order that only Basket knows yet: its saga, which does not run either, hears of it all the same.
      const accepted = (await ports.orders.find(orderId))
        ? undefined
        : await visibleOrder(ports, orderId, call)
      if (isRefusal(accepted)) return accepted
      if (accepted && !lines)
        return await call.commit(async (tx) => {
          await askCheckout(ports, tx, call, cancellation)
          const { number, status, version } = accepted
          return { id: orderId, number, status, version, cancellation: "asked" as const }
        })
      return await call.commit((tx) => cancel(ports, tx, call, cancellation, (order) => isOwn(call, order)))
    },
})

/** An operator cancels an order, or lines of it, for a reason. */
export const cancelOrder = command("ordering.cancel-order", {
  input: z.strictObject({ ...whole, reason: OperatorReason }),
  result: CancelledOrder,
  refusals,
  handle:
    (ports: CommandPorts) =>
    ({ id: orderId, lines, reason }, call) =>
      call.commit((tx) =>
        cancel(ports, tx, call, { orderId, lines, reason: reasonOfOperator(reason) }, () => true),
      ),
})
