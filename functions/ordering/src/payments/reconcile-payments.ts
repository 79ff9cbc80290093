import type { Call } from "@eshop/building-blocks/app/call"
import { useCase } from "@eshop/building-blocks/app/use-case"
import { isUnavailable } from "@eshop/building-blocks/failure"
import { alarm } from "@eshop/building-blocks/telemetry/observe"
import { isPaid, type Order } from "@eshop/domain/ordering/order"
import * as z from "zod"
import { followWatched } from "./follow-list.ts"
import type { PaymentRecord, ProviderWatch } from "./ports.ts"
import { type RefundPorts, reconcileRefunds } from "./reconcile-refunds.ts"
import { type LateReportPorts, reconcileReports } from "./reconcile-reports.ts"

type Ports = RefundPorts & LateReportPorts & { readonly paymentWatch: ProviderWatch }

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

type Counts = Record<"right" | "waiting" | "voided" | "refunded" | "noted" | "reported" | "alarms", number>

const words: Record<PaymentRecord["status"], string> = {
  open: "not decided",
  authorised: "only authorised",
  captured: "captured",
  refunded: "refunded",
  declined: "declined",
  cancelled: "voided",
}

/** @returns the order that the payment waits for; undefined once it is settled */
async function settle(ports: Ports, payment: PaymentRecord, told: Counts): Promise<string | undefined> {
  const { orderId } = payment
  // None of the shop's: somebody else uses the same account.
  if (orderId === undefined) return undefined
  const order = (await ports.orders.find(orderId))?.order
  const outcome = await carryOut(ports, judge(payment, order), { ...payment, orderId }, order)
  told[outcome.counts]++
  return outcome.isSettled ? undefined : orderId
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

const reconcileList = (ports: Ports, told: Counts, call: Call): Promise<Date> =>
  followWatched<PaymentRecord>(
    {
      watch: ports.paymentWatch,
      idOf: ({ paymentId }) => paymentId,
      find: (id) => ports.providerRecords.find(id),
      async madeBetween(...within) {
        const { payments, isLast } = await ports.providerRecords.madeBetween(...within)
        return { entries: payments, isLast }
      },
      settle: (payment) => settle(ports, payment, told),
    },
    call,
  )

const definition = {
  input: z.strictObject({}),
  result: z.strictObject({
    right: z.int(),
    waiting: z.int().describe("Looked at again by the next run"),
    voided: z.int(),
    refunded: z.int(),
    noted: z.int().describe("Refunds made at the provider of which no report had come"),
    reported: z.int().describe("Reports of failed refunds and of disputes that had not arrived"),
    alarms: z.int(),
    settledUntil: z.iso
      .datetime()
      .describe("Every payment, refund and report that was made before has been looked at"),
  }),
  handle: (ports: Ports) => async (_: object, call: Call) => {
    const told: Counts = { right: 0, waiting: 0, voided: 0, refunded: 0, noted: 0, reported: 0, alarms: 0 }
    const until = [
      await reconcileList(ports, told, call),
      await reconcileRefunds(ports, told, call),
      await reconcileReports(ports, told, call),
    ]
    return { ...told, settledUntil: new Date(Math.min(...until.map(Number))).toISOString() }
  },
}

/**
 * Settles what a timeout, a crash or an operator has left open at the payment provider: authorisations that no order
 * waits for are voided, captures of orders that were cancelled without them are given back, refunds made at the provider
 * are noted, reports that were lost are taken, and what contradicts an order raises an alarm. May run anywhere, any number of times: what is settled is settled once.
 */
export const reconcilePayments = useCase("ordering.reconcile-payments", definition)

/** The same when an operator asks for it. */
export const reconcilePaymentsNow = useCase("ordering.reconcile-payments-now", definition)
