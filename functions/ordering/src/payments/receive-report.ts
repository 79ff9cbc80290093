import { useCase } from "@eshop/building-blocks/app/use-case"
import { RawRequest } from "@eshop/building-blocks/http/route"
import { message, type Outbox } from "@eshop/building-blocks/messaging/outbox"
import type { Inbox } from "@eshop/building-blocks/store/store"
import { log } from "@eshop/building-blocks/telemetry/log"
import { nameInLog } from "@eshop/building-blocks/telemetry/observe"
import { PaymentReported } from "@eshop/domain/contracts/ordering-events"
import { defineRefusal } from "@eshop/domain/kernel/refusal"
import { isPaid, type Order } from "@eshop/domain/ordering/order"
import * as z from "zod"
import { isUnderWay } from "../checkout/order-steps.ts"
import type { Orders } from "../orders/ports.ts"
import type { ProviderEvent, ProviderEvents, ProviderRecords } from "./ports.ts"

type Ports = {
  readonly providerEvents: ProviderEvents
  readonly providerRecords: ProviderRecords
  readonly orders: Orders
  readonly inbox: Inbox
  readonly outbox: Outbox
}

/** The provider in the inbox. */
const SOURCE = "/payment-provider"

export const reportNotSigned = defineRefusal(
  "payment-report.not-signed",
  "forbidden",
  "The report does not bear the payment provider's signature, or bears one that is too old.",
)

/** The provider sends it again, and shows it as failed to whoever looks there. */
const reportUnreadable = defineRefusal(
  "payment-report.unreadable",
  "rule",
  "The report is signed, but not shaped as the payment provider's events are.",
)

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
 * The payment provider reports something: what the shop does not know yet waits in the outbox for whom it concerns,
 * once, however often and in however many processes the report comes. What is none of the shop's is taken and ignored,
 * or the provider would send it again for days.
 */
export const receiveReport = useCase("ordering.receive-payment-report", {
  input: RawRequest,
  result: z.strictObject({ received: z.boolean().describe("False for a report that changes nothing") }),
  refusals: [reportNotSigned, reportUnreadable],
  handle:
    ({ providerEvents, providerRecords, orders, inbox, outbox }: Ports) =>
    async ({ bytes, headers }, call) => {
      const event = await providerEvents.read(bytes, headers, call.now)
      if (!event) return reportNotSigned()
      if (event === "unreadable") {
        log.warn("a report with the provider's signature is not shaped as its events are")
        return reportUnreadable()
      }
      const ignored = { received: false }
      const { about } = event
      if (!about) return ignored
      const { paymentId, report } = about
      nameInLog({ paymentId })
      const isCapture = report.type === "captured"
      // The saga has it from the answer to its request.
      if (isOwn(about) && !isCapture) return ignored
      // A dispute does not name its order, nor does a refund that somebody makes at the provider; their payment does.
      const isOfPayment = report.type !== "disputed" && report.type !== "refund-settled"
      const orderId =
        about.orderId ?? (isOfPayment ? undefined : (await providerRecords.find(paymentId))?.orderId)
      const stored = orderId === undefined ? undefined : await orders.find(orderId)
      if (orderId === undefined || !stored) {
        log.warn(`the provider's report is about no order: ${event.type}`, { providerEventId: event.id })
        return ignored
      }
      nameInLog({ orderId })
      if (isCapture && isKnownCapture(about, stored.order)) return ignored
      return await call.transact(async (tx) => {
        if (!(await inbox.claim(tx, SOURCE, event.id))) return ignored
        const reported = { orderId, paymentId, providerEventId: event.id, report }
        await outbox.add(tx, [message(PaymentReported, orderId, reported, call)])
        return { received: true }
      })
    },
})
