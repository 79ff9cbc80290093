import { createHash } from "node:crypto"
import * as z from "zod"
import { mergeLines, type StockLine } from "../contracts/stock-lines.ts"
import { defineRefusal, isRefusal, type RefusalOf } from "../kernel/refusal.ts"
import { isSame } from "../kernel/same.ts"
import { cancelLines } from "./cancel-lines.ts"
import { cancelOrder } from "./cancel-order.ts"
import { customerWithdrew, reasonOf } from "./cancel-reasons.ts"
import { refundFor } from "./give-back.ts"
import { evolve, isPaid, isSent, isTaken, type Order, type PaidOrder } from "./order.ts"
import { type OrderEvent, type OrderEventOf, orderEvent } from "./order-events.ts"
import { exceeding, keptAfterShipment, minusLines, unshipped } from "./order-lines.ts"
import { Exceeding, orderUnknown, orderWrongState } from "./order-refusals.ts"

/** The customer may withdraw for so many days after the day on which the last parcel came (Directive 2011/83/EU). */
const PERIOD_DAYS = 14
const DAY_MS = 86_400_000

/** Stands for the id that is made of what the decision comes to. */
const PREVIEW = "00000000-0000-0000-0000-000000000000"

export const withdrawalTooLate = defineRefusal(
  "withdrawal.too-late",
  "conflict",
  "The time in which the customer may withdraw is over.",
  z.object({ deadline: z.iso.datetime() }),
)

export const withdrawalTooMuch = defineRefusal(
  "withdrawal.too-much",
  "conflict",
  "More is withdrawn than the customer still has or waits for.",
  Exceeding,
)

export const withdrawalNothingLeft = defineRefusal(
  "withdrawal.nothing-left",
  "conflict",
  "The customer neither has nor waits for anything of the order.",
)

export const withdrawalOther = defineRefusal(
  "withdrawal.other",
  "conflict",
  "That is not what would be withdrawn by now: look at it again, then confirm it.",
)

/** What a withdrawal comes to. Its id is made of all of it, so that only what was shown can be confirmed. */
export type WithdrawalProposal = OrderEventOf<"OrderWithdrawn">["data"] & {
  /** Exclusive; absent while parcels are still to come. */
  readonly deadline?: string
}

export type Withdraw = {
  /** The proposal's. */
  readonly withdrawalId: string
  /** The id of the return, where goods have to come back. */
  readonly returnId: string
  /** Everything that can be withdrawn where it does not say. */
  readonly lines?: readonly StockLine[] | undefined
}

export const proposalRefusals = [
  orderUnknown,
  orderWrongState,
  withdrawalTooLate,
  withdrawalTooMuch,
  withdrawalNothingLeft,
] as const
export const withdrawalRefusals = [...proposalRefusals, withdrawalOther] as const

/**
 * The end of the customer's time to withdraw: of the fourteenth day (UTC) after the one on which the last parcel came, or
 * where that is a Saturday or a Sunday, of the Monday (Regulation 1182/71, Article 3 (4)). It says the same of public
 * holidays, which differ from country to country: they are not known here.
 * @returns undefined while it has not begun
 */
export function withdrawalDeadline(order: Order): Date | undefined {
  if (order.status !== "Delivered" && order.status !== "Closed") return undefined
  const last = Math.max(...order.shipments.map(({ deliveredAt }) => Date.parse(deliveredAt as string)))
  const lastDay = new Date((Math.floor(last / DAY_MS) + PERIOD_DAYS) * DAY_MS)
  const untilMonday = { 6: 2, 0: 1 }[lastDay.getUTCDay()] ?? 0
  return new Date(lastDay.getTime() + (1 + untilMonday) * DAY_MS)
}

/**
 * What a withdrawal would come to; nothing is changed by it. Possible from the payment on.
 * @param asked everything that can be withdrawn where it is undefined
 */
export function proposeWithdrawal(
  order: Order | undefined,
  asked: readonly StockLine[] | undefined,
  now: Date,
): WithdrawalProposal | RefusalOf<typeof proposalRefusals> {
  if (!order) return orderUnknown()
  if (!isPaid(order) || order.status === "Cancelled")
    return orderWrongState({ status: order.status, step: "withdraw" })
  const deadline = withdrawalDeadline(order)
  if (deadline && now >= deadline) return withdrawalTooLate({ deadline: deadline.toISOString() })
  const waiting = unshipped(order)
  const left = mergeLines([...waiting, ...keptAfterShipment(order)])
  if (left.length === 0) return withdrawalNothingLeft()
  const lines = asked ? mergeLines(asked) : left
  const tooMuch = exceeding(lines, left)
  if (tooMuch.length > 0) return withdrawalTooMuch({ lines: tooMuch })
  const returned = minusLines(lines, waiting)
  const cancelled = minusLines(lines, returned)
  return {
    ...withId(order, { lines, cancelled, returned, ...refundsFor(order, cancelled, returned, now) }),
    ...(deadline && { deadline: deadline.toISOString() }),
  }
}

/**
 * The customer withdraws: what is not shipped is cancelled, what is has to come back. Only what was proposed can be
 * confirmed. Said again it is no news, also after everything has moved on.
 */
export function withdraw(
  order: Order | undefined,
  { withdrawalId, returnId, lines }: Withdraw,
  now: Date,
): OrderEvent[] | RefusalOf<typeof withdrawalRefusals> {
  if (!order) return orderUnknown()
  const known = isPaid(order) && order.withdrawals.find((one) => one.withdrawalId === withdrawalId)
  if (known) return !lines || isSame(known.lines, mergeLines(lines)) ? [] : withdrawalOther()
  const proposal = proposeWithdrawal(order, lines, now)
  if (isRefusal(proposal)) return proposal
  if (proposal.withdrawalId !== withdrawalId || isTaken(order as PaidOrder, returnId))
    return withdrawalOther()
  const { deadline: _, ...content } = proposal
  const { cancelled, returned } = content
  return [
    orderEvent("OrderWithdrawn", now, content),
    ...cancelling(order, withdrawalId, cancelled, now),
    ...(returned.length > 0
      ? [
          orderEvent("ReturnRequested", now, {
            returnId,
            lines: returned,
            reason: customerWithdrew.code,
            withdrawal: true,
          }),
        ]
      : []),
  ]
}

/** What the cancellation of lines decides; a whole order of which nothing was shipped is cancelled as such. */
function cancelling(order: Order, id: string, lines: readonly StockLine[], now: Date): OrderEvent[] {
  if (lines.length === 0) return []
  const reason = reasonOf(customerWithdrew())
  const isWhole = !isSent(order) && minusLines(order.lines, lines).length === 0
  const decided = isWhole
    ? cancelOrder(order, { reason }, now)
    : cancelLines(order, { cancellationId: id, lines, reason }, now)
  if (isRefusal(decided)) throw new Error(`what is left to ship cannot be cancelled: ${decided.code}`)
  return decided
}

/** What goes back at once and what later, as the commands will decide it. */
function refundsFor(
  order: PaidOrder,
  cancelled: readonly StockLine[],
  returned: readonly StockLine[],
  now: Date,
): Pick<WithdrawalProposal, "refundNow" | "refundOnReturn"> {
  const events = cancelling(order, PREVIEW, cancelled, now)
  const nothing = { ...order.payment.captured, amount: 0 }
  const requested = events.find((event) => event.type === "RefundRequested")
  const after = events.reduce<Order>(evolve, order) as PaidOrder
  return {
    refundNow: requested?.data.amount ?? nothing,
    refundOnReturn: returned.length > 0 ? refundFor(after, { lines: returned, isGivenUp: true }) : nothing,
  }
}

/** A UUID (version 8, RFC 9562 section 5.8) of the content; a second withdrawal of the same is another one. */
function withId<T extends object>(order: PaidOrder, content: T): T & { withdrawalId: string } {
  const bytes = createHash("sha256")
    .update(JSON.stringify([order.id, order.withdrawals.length, content]))
    .digest()
    .subarray(0, 16)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = bytes.toString("hex")
  const withdrawalId = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5")
  return { withdrawalId, ...content }
}
