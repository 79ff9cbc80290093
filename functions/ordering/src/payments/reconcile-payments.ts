import type { Call } from "@eshop/building-blocks/app/call"
import { useCase } from "@eshop/building-blocks/app/use-case"
import { isUnavailable } from "@eshop/building-blocks/failure"
import { alarm } from "@eshop/building-blocks/telemetry/observe"
import { isPaid, type Order } from "@eshop/domain/ordering/order"
import * as z from "zod"
import type { Orders } from "../orders/ports.ts"
import type { PaymentRecord, PaymentWatch, ProviderRecords, ReconciledUntil } from "./ports.ts"

type Ports = {
  readonly orders: Orders
  readonly providerRecords: ProviderRecords
  readonly paymentWatch: PaymentWatch
}

/** A payment that is younger is its checkout's business, which ends within 25 minutes. */
const GRACE_MS = 30 * 60_000
/** Where the very first run begins: an authorisation lapses by itself after a week. */
const FIRST_LOOK_BACK_MS = 7 * 24 * 60 * 60_000
/** What one run looks at, at the most: the rest is the next one's. */
const PAGE = 100
const PAGES = 1_000
const AT_ONCE = 10
const WATCHED = 500

/** What a payment and its order come to. */
type Verdict =
  /** They agree, or somebody else sees to it. */
  | "right"
  /** Something is still going on. */
  | "waits"
  /** Nobody wants this money. */
  | "release"
  /** A person has to look. */
  | "alarm"

/** @param order undefined for a payment of no order that the shop has */
export function judge({ paymentId, status }: PaymentRecord, order: Order | undefined): Verdict {
  const isHeld = status === "authorised" || status === "captured"
  if (!order) return status === "captured" ? "alarm" : status === "authorised" ? "release" : "right"
  if (isPaid(order)) {
    // A later cancellation of a paid order asks for its refund itself.
    if (order.payment.paymentId === paymentId)
      return status === "captured" || status === "refunded" ? "right" : "alarm"
    return status === "captured" ? "alarm" : status === "authorised" ? "release" : "right"
  }
  if (order.status === "Cancelled") return isHeld || status === "open" ? "release" : "right"
  // Its checkout is under way, or will be led back: it knows what it waits for.
  return status === "cancelled" || status === "declined" || status === "refunded" ? "right" : "waits"
}

type Counts = Record<"right" | "waiting" | "voided" | "refunded" | "alarms", number>

const words: Record<PaymentRecord["status"], string> = {
  open: "not decided",
  authorised: "only authorised",
  captured: "captured",
  refunded: "refunded",
  declined: "declined",
  cancelled: "voided",
}

async function settle(ports: Ports, payment: PaymentRecord, told: Counts, call: Call): Promise<void> {
  const { paymentId, orderId } = payment
  // None of the shop's: somebody else uses the same account.
  if (orderId === undefined) return
  const order = (await ports.orders.find(orderId))?.order
  const outcome = await carryOut(ports, judge(payment, order), { ...payment, orderId }, order)
  told[outcome.counts]++
  if (outcome.isSettled) return await ports.paymentWatch.settled(paymentId)
  await call.transact((tx) => ports.paymentWatch.watch(tx, { paymentId, orderId }, call.now))
}

async function carryOut(
  { providerRecords }: Ports,
  verdict: Verdict,
  { paymentId, orderId, status }: PaymentRecord & { readonly orderId: string },
  order: Order | undefined,
): Promise<{ readonly counts: keyof Counts; readonly isSettled: boolean }> {
  const mismatch = (detail: string) => {
    const state = order ? `is ${order.status}` : "is unknown"
    alarm("payment-mismatch", `a payment is ${words[status]}, its order ${state}${detail}`, {
      orderId,
      paymentId,
    })
  }
  switch (verdict) {
    case "right":
      return { counts: "right", isSettled: true }
    case "waits":
      return { counts: "waiting", isSettled: false }
    case "alarm":
      mismatch("")
      return { counts: "alarms", isSettled: true }
    case "release":
      try {
        await providerRecords.release({ orderId, paymentId })
        return { counts: status === "captured" ? "refunded" : "voided", isSettled: true }
      } catch (error) {
        if (isUnavailable(error)) throw error
        // One payment that the provider does not let go (it is disputed, or being processed) holds no other one up.
        mismatch(`, and the provider does not let it go: ${(error as Error).message}`)
        return { counts: "alarms", isSettled: false }
      }
  }
}

/** Looks again at the payments that were not settled when their turn came, or that a report brought up. */
async function settleWatched(ports: Ports, told: Counts, call: Call): Promise<void> {
  for (const { paymentId } of await ports.paymentWatch.watched(WATCHED)) {
    const payment = await ports.providerRecords.find(paymentId)
    if (payment) await settle(ports, payment, told, call)
    else await ports.paymentWatch.settled(paymentId)
  }
}

/** Follows the provider's list from where the last run stopped. @returns how far everything is settled */
async function settleListed(ports: Ports, told: Counts, call: Call): Promise<Date> {
  const now = call.now.getTime()
  const start = { from: new Date(now - FIRST_LOOK_BACK_MS) }
  let until: ReconciledUntil = (await ports.paymentWatch.until()) ?? start
  for (let page = 0; page < PAGES; page++) {
    const { from, to = new Date(now - GRACE_MS), after } = until
    if (to <= from) break
    const { payments, isLast } = await ports.providerRecords.madeBetween(from, to, after, PAGE)
    for (let first = 0; first < payments.length; first += AT_ONCE)
      await Promise.all(
        payments.slice(first, first + AT_ONCE).map((payment) => settle(ports, payment, told, call)),
      )
    const last = payments.at(-1)
    until = isLast || !last ? { from: to } : { from, to, after: last.paymentId }
    await ports.paymentWatch.moveTo(until)
  }
  return until.from
}

const definition = {
  input: z.strictObject({}),
  result: z.strictObject({
    right: z.int(),
    waiting: z.int().describe("Looked at again by the next run"),
    voided: z.int(),
    refunded: z.int(),
    alarms: z.int(),
    settledUntil: z.iso.datetime().describe("Every payment that was made before has been looked at"),
  }),
  handle: (ports: Ports) => async (_: object, call: Call) => {
    const told: Counts = { right: 0, waiting: 0, voided: 0, refunded: 0, alarms: 0 }
    await settleWatched(ports, told, call)
    const settledUntil = await settleListed(ports, told, call)
    return { ...told, settledUntil: settledUntil.toISOString() }
  },
}

/**
 * Settles what a timeout, a crash or an operator has left open at the payment provider: authorisations that no order
 * waits for are voided, captures of orders that were cancelled without them are given back, and what contradicts an
 * order raises an alarm. May run anywhere, any number of times: what is settled is settled once.
 */
export const reconcilePayments = useCase("ordering.reconcile-payments", definition)

/** The same when an operator asks for it. */
export const reconcilePaymentsNow = useCase("ordering.reconcile-payments-now", definition)
