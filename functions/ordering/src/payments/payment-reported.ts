import type { CommandCall, Tx } from "@eshop/building-blocks/app/call"
import { command } from "@eshop/building-blocks/app/use-case"
import type { Sagas } from "@eshop/building-blocks/durable/saga-client"
import { DependencyUnavailableError } from "@eshop/building-blocks/failure"
import { afterCommit } from "@eshop/building-blocks/store/transaction"
import { alarm } from "@eshop/building-blocks/telemetry/observe"
import { PaymentReported } from "@eshop/domain/contracts/ordering-events"
import { isRefusal } from "@eshop/domain/kernel/refusal"
import { closeDispute, disputeUnknown } from "@eshop/domain/ordering/close-dispute"
import { failRefund } from "@eshop/domain/ordering/fail-refund"
import { disputeOther, openDispute } from "@eshop/domain/ordering/open-dispute"
import { isPaid, type Order } from "@eshop/domain/ordering/order"
import { orderUnknown, orderWrongState } from "@eshop/domain/ordering/order-refusals"
import { refundOther, refundOutOfRange } from "@eshop/domain/ordering/request-refund"
import { refundEnded, refundUnknown } from "@eshop/domain/ordering/settle-refund"
import * as z from "zod"
import { PAYMENT_REPORTED } from "../checkout/checkout-saga.ts"
import { type Changed, changeOrder, changeStoredOrder, type OrderPorts } from "../orders/change-order.ts"
import type { LockedOrder } from "../orders/ports.ts"
import { refundIdOf } from "../refunds/refund-saga.ts"
import { LONGEST_CODE } from "../refunds/refund-steps.ts"
import { awaitsRefund, isDecided, noteRefund, refundMisfits } from "./note-refund.ts"
import type { DisputeRecord, Payments, ProviderRecords, ProviderWatch, Report } from "./ports.ts"
import { reportOfPayment } from "./reports.ts"

type Ports = OrderPorts & {
  readonly payments: Payments
  readonly providerRecords: ProviderRecords
  readonly paymentWatch: ProviderWatch
  readonly sagas: Sagas
}
type Reported = z.output<typeof PaymentReported.data>
type RefundSettled = Extract<Report, { type: "refund-settled" }>

/** Raises a report to a saga. @returns false where none is running that could hear it */
async function tell(
  { sagas }: Ports,
  instanceId: string,
  report: { readonly paymentId: string; readonly report: Report },
): Promise<boolean> {
  if ((await sagas.status(instanceId))?.status !== "running") return false
  return await sagas.raise(instanceId, PAYMENT_REPORTED, report)
}

/** A payment that no saga will see to is settled by the reconciler, which looks at it until it is. */
async function ofPayment(ports: Ports, { orderId, paymentId }: Reported, call: CommandCall) {
  const record = await ports.providerRecords.find(paymentId)
  const report = record && reportOfPayment(record)
  const isHeard = !report || (await tell(ports, orderId, { paymentId, report }))
  const order = isHeard ? undefined : (await ports.orders.find(orderId))?.order
  const isOpen = report?.type === "authorised" || report?.type === "captured"
  const isStranded = order !== undefined && isOpen && !isPaidBy(order, paymentId)
  if (isStranded && report.type === "captured")
    alarm("unexpected-capture", "a payment is captured, and no saga waits for it", { orderId, paymentId })
  return await call.commit(async (tx) => {
    if (isStranded) await ports.paymentWatch.watch(tx, { id: paymentId, orderId }, call.now)
  })
}

const isPaidBy = (order: Order, paymentId: string): boolean =>
  isPaid(order) && order.payment.paymentId === paymentId

/**
 * A refund that comes back from the bank has failed, also after its saga has ended. While that one runs it may have been told of
 * the success already, and then asks no more: what it ends with is waited for.
 */
async function ofRefund(
  ports: Ports,
  { orderId, paymentId, report }: Reported & { report: RefundSettled },
  call: CommandCall,
) {
  const { providerRefundId, refundId } = report
  if (refundId === undefined) return await ofProvidersRefund(ports, orderId, providerRefundId, call)
  const outcome = await ports.payments.checkRefund(providerRefundId)
  const sagaId = refundIdOf(orderId, refundId)
  if (outcome.type !== "refused") {
    if (outcome.type === "refunded")
      await tell(ports, sagaId, { paymentId, report: { ...report, outcome: "succeeded" } })
    return await call.commit(async () => undefined)
  }
  if (await tell(ports, sagaId, { paymentId, report: { ...report, outcome: "failed" } }))
    throw new DependencyUnavailableError(`the end of ${sagaId}`)
  const code = outcome.code.slice(0, LONGEST_CODE)
  return await call.commit(async (tx) => {
    const failed = (stored: LockedOrder | undefined) =>
      failRefund(stored?.order, { refundId, code }, call.now)
    const changed = await changeStoredOrder(ports, tx, orderId, failed, call)
    if (isRefusal(changed)) return changed
    if ((changed as Changed).events.length === 0) return
    const about = { orderId, paymentId, refundId }
    afterCommit(tx, () => alarm("refund-failed", `a refund has come back: ${code}`, about))
  })
}

/** Somebody has given money back on the provider's own pages: the order says so, and what the bank then makes of it. */
async function ofProvidersRefund(ports: Ports, orderId: string, providerRefundId: string, call: CommandCall) {
  const refund = await ports.providerRecords.findRefund(providerRefundId)
  await untilDecided(ports, orderId)
  const changed = await call.commit(async (tx) => {
    const after = refund && (await noteRefund(ports, tx, orderId, refund, call))
    return isRefusal(after) ? after : undefined
  })
  if (isRefusal(changed)) {
    await untilRefunded(ports, orderId)
    refundMisfits(orderId, providerRefundId, changed.code)
  }
  return changed
}

/** @throws DependencyUnavailableError while the order waits for a refund of its own, which fails where the money is gone */
async function untilRefunded({ orders }: Ports, orderId: string): Promise<void> {
  if (awaitsRefund((await orders.find(orderId))?.order))
    throw new DependencyUnavailableError(`the refund of order ${orderId}`)
}

/** @throws DependencyUnavailableError while it is not settled whether the order is paid */
async function untilDecided({ orders }: Ports, orderId: string): Promise<void> {
  if (!isDecided((await orders.find(orderId))?.order))
    throw new DependencyUnavailableError(`the payment of order ${orderId}`)
}

/** The bank's answer is asked for and not believed: a dispute's reports come in any order. */
async function ofDispute(ports: Ports, { orderId }: Reported, disputeId: string, call: CommandCall) {
  const dispute = await ports.providerRecords.findDispute(disputeId)
  await untilDecided(ports, orderId)
  return await call.commit(async (tx) => {
    const changed = dispute && (await follow(ports, tx, orderId, dispute, call))
    return isRefusal(changed) ? changed : undefined
  })
}

async function follow(ports: Ports, tx: Tx, orderId: string, dispute: DisputeRecord, call: CommandCall) {
  const { disputeId, amount, reason, outcome } = dispute
  const opened = await changeOrder(
    ports,
    tx,
    orderId,
    (order) =>
      order && isPaid(order) && order.payment.disputes.some((known) => known.disputeId === disputeId)
        ? []
        : openDispute(order, { disputeId, amount, reason: reason.slice(0, 64) }, call.now),
    call,
  )
  if (isRefusal(opened) || outcome === "open") return opened
  return await changeOrder(
    ports,
    tx,
    orderId,
    (order) => closeDispute(order, { disputeId, outcome }, call.now),
    call,
  )
}

/**
 * The provider has reported something about an order's payment. The report says that there is something to know, and
 * not what: how things stand is asked for, since reports come late, twice and in any order.
 */
export const paymentReported = command("ordering.payment-reported", {
  input: PaymentReported.data,
  result: z.void(),
  refusals: [
    orderUnknown,
    orderWrongState,
    disputeOther,
    disputeUnknown,
    refundUnknown,
    refundEnded,
    refundOther,
    refundOutOfRange,
  ],
  handle: (ports: Ports) => async (reported, call) => {
    const { report } = reported
    if (report.type === "disputed") return await ofDispute(ports, reported, report.disputeId, call)
    if (report.type === "refund-settled") return await ofRefund(ports, { ...reported, report }, call)
    return await ofPayment(ports, reported, call)
  },
})
