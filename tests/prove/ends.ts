import type { Buyer } from "./load.ts"
import type { Sample } from "./stores.ts"

/** Statuses of an order whose checkout has not ended. */
export const underWay: readonly string[] = ["Submitted", "AwaitingStock", "AwaitingPayment"]

/** What came of a load, counted. */
export type Ends = {
  readonly ended: number
  readonly lost: number
  readonly faults: readonly string[]
}

/**
 * Holds what came of a load against what must come of it: each accepted checkout is one order that ended for its own
 * reason, with one charge and one reservation where it is paid and none where it is not.
 * @param orderIds in the buyers' order
 */
export function compareEnds(buyers: readonly Buyer[], orderIds: readonly string[], sample: Sample): Ends {
  const orderOf = new Map(sample.orders.map((order) => [order.id, order]))
  const ofCustomer = Map.groupBy(sample.orders, ({ customerId }) => customerId)
  const claimOf = new Map(sample.claims.map((claim) => [claim.orderId, claim]))
  const paymentsOf = Map.groupBy(sample.payments, ({ orderId }) => orderId)
  const faults: string[] = []
  let ended = 0
  for (const [index, { purchase, customer }] of buyers.entries()) {
    const id = orderIds[index] as string
    const order = orderOf.get(id)
    if (!order) continue
    if (!underWay.includes(order.status)) ended++
    const end = order.status === "Cancelled" ? order.cancelCode : order.status
    if (end !== purchase.end) faults.push(`order ${id} ended ${end} instead of ${purchase.end}`)
    const orders = ofCustomer.get(customer.customerId)?.length
    if (orders !== 1) faults.push(`one checkout became ${orders} orders: ${id}`)
    const charges = (paymentsOf.get(id) ?? []).filter(({ received, refunded }) => received > refunded)
    const isPaid = purchase.end === "Paid"
    if (charges.length !== Number(isPaid)) faults.push(`order ${id} has ${charges.length} charges`)
    const claim = claimOf.get(id)
    const units = claim?.allocations.reduce((sum, { quantity }) => sum + quantity, 0) ?? 0
    if (units !== (isPaid ? purchase.quantity : 0)) faults.push(`order ${id} has ${units} units`)
    if (isPaid && claim?.status !== "committed") faults.push(`the stock of order ${id} is ${claim?.status}`)
  }
  const lost = orderIds.filter((id) => !orderOf.has(id)).length
  if (lost > 0) faults.push(`${lost} orders are lost`)
  if (ended !== buyers.length) faults.push(`${ended} of ${buyers.length} orders ended`)
  return { ended, lost, faults }
}
