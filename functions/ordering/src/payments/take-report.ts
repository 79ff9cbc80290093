import type { Call } from "@eshop/building-blocks/app/call"
import { message, type Outbox } from "@eshop/building-blocks/messaging/outbox"
import type { Inbox } from "@eshop/building-blocks/store/store"
import { log } from "@eshop/building-blocks/telemetry/log"
import { nameInLog } from "@eshop/building-blocks/telemetry/observe"
import { PaymentReported } from "@eshop/domain/contracts/ordering-events"
import { isPaid, type Order } from "@eshop/domain/ordering/order"
import { isUnderWay } from "../checkout/order-steps.ts"
import type { Orders } from "../orders/ports.ts"
import type { ProviderEvent, ProviderRecords } from "./ports.ts"

export type ReportPorts = {
  readonly providerRecords: Pick<ProviderRecords, "find">
  readonly orders: Pick<Orders, "find">
  readonly inbox: Inbox
  readonly outbox: Outbox
}

/** The provider in the inbox. */
const SOURCE = "/payment-provider"

type About = NonNullable<ProviderEvent["about"]>

/** A request of the shop's own for the order's payment has brought it about; refunds of an order have keys of their own. */
const isOwn = ({ orderId, idempotencyKey }: About): boolean =>
  orderId !== undefined && idempotencyKey?.startsWith(`${orderId}-`) === true

/**
 * A capture that the order says itself; or the shop's own, while the order is under way: its saga has the answer, or asks
 * until it has one, and whoever leads the order back instead asks the provider what was taken.
 */
const isKnownCapture = (about: About, order: Order): boolean =>
  isPaid(order) ? order.payment.paymentId === about.paymentId : isOwn(about) && isUnderWay(order)

/**
 * Takes what the provider reports: what the shop does not know yet waits in the outbox for whom it concerns, once, however
 * often and in however many processes the report comes.
 * @returns false for a report that changes nothing: it came before, or is none of the shop's
 */
export async function takeReport(
  { providerRecords, orders, inbox, outbox }: ReportPorts,
  { id, type, about }: ProviderEvent,
  call: Call,
): Promise<boolean> {
  if (!about) return false
  const { paymentId, report } = about
  nameInLog({ paymentId })
  const isCapture = report.type === "captured"
  // The saga has it from the answer to its request.
  if (isOwn(about) && !isCapture) return false
  // A dispute does not name its order, nor does a refund that somebody makes at the provider; their payment does.
  const isOfPayment = report.type !== "disputed" && report.type !== "refund-settled"
  const orderId =
    about.orderId ?? (isOfPayment ? undefined : (await providerRecords.find(paymentId))?.orderId)
  const stored = orderId === undefined ? undefined : await orders.find(orderId)
  if (orderId === undefined || !stored) {
    log.warn(`the provider's report is about no order: ${type}`, { providerEventId: id })
    return false
  }
  nameInLog({ orderId })
  if (isCapture && isKnownCapture(about, stored.order)) return false
  return await call.transact(async (tx) => {
    if (!(await inbox.claim(tx, SOURCE, id))) return false
    const reported = { orderId, paymentId, providerEventId: id, report }
    await outbox.add(tx, [message(PaymentReported, orderId, reported, call)])
    return true
  })
}
