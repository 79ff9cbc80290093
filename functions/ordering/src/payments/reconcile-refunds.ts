import type { Call } from "@eshop/building-blocks/app/call"
import { isRefusal } from "@eshop/domain/kernel/refusal"
import type { OrderPorts } from "../orders/change-order.ts"
import { followWatched } from "./follow-list.ts"
import { awaitsRefund, isDecided, noteRefund, refundMisfits } from "./note-refund.ts"
import type { ProviderRecords, ProviderWatch, RefundRecord } from "./ports.ts"

export type RefundPorts = OrderPorts & {
  readonly providerRecords: ProviderRecords
  readonly refundWatch: ProviderWatch
}

type Counts = { right: number; waiting: number; noted: number; alarms: number }

/** @returns the order that has still to decide something before the refund can be noted */
async function settle(
  ports: RefundPorts,
  refund: RefundRecord,
  told: Counts,
  call: Call,
): Promise<string | undefined> {
  const { orderId, refundId, providerRefundId, outcome } = refund
  // The shop's own are settled by their sagas; what is of no order here is of somebody else.
  if (orderId === undefined || refundId !== undefined) return undefined
  const stored = await ports.orders.find(orderId)
  if (!stored) return undefined
  if (outcome.type === "pending" || !isDecided(stored.order)) {
    told.waiting++
    return orderId
  }
  const noted = await call.transact((tx) => noteRefund(ports, tx, orderId, refund, call))
  if (!isRefusal(noted)) {
    told[noted.events.length > 0 ? "noted" : "right"]++
    return undefined
  }
  if (awaitsRefund((await ports.orders.find(orderId))?.order)) {
    told.waiting++
    return orderId
  }
  refundMisfits(orderId, providerRefundId, noted.code)
  told.alarms++
  return undefined
}

/**
 * Finds the refunds that somebody has made on the provider's own pages and of which no report has come.
 * @returns how far they have been looked at
 */
export const reconcileRefunds = (ports: RefundPorts, told: Counts, call: Call): Promise<Date> =>
  followWatched<RefundRecord>(
    {
      watch: ports.refundWatch,
      idOf: ({ providerRefundId }) => providerRefundId,
      find: (id) => ports.providerRecords.findRefund(id),
      async madeBetween(...within) {
        const { refunds, isLast } = await ports.providerRecords.refundsMadeBetween(...within)
        return { entries: refunds, isLast }
      },
      settle: (refund) => settle(ports, refund, told, call),
    },
    call,
  )
