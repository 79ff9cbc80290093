import type { Claim } from "./ledger.ts"
import { type Buyer, givesBack, type Purchase } from "./load.ts"
import type { Sample } from "./stores.ts"

/** Statuses of an order whose checkout has not ended. */
export const underWay: readonly string[] = ["Submitted", "AwaitingStock", "AwaitingPayment"]

/** What came of a load, counted. */
export type Ends = {
  readonly ended: number
  readonly lost: number
  readonly faults: readonly string[]
}

/** Where a purchase must stand in the end: the status, or the reason of the cancellation. */
const endOf = ({ end, afterPayment }: Purchase): string => {
  switch (afterPayment) {
    case "cancelled":
      return "customer.asked"
    case "shipped":
      return "Shipped"
    case "returned":
      return "Delivered"
    case undefined:
      return end
  }
}

/**
 * Holds what came of a load against what must come of it: each accepted checkout is one order that ended for its own
 * reason, with one charge and one reservation where it is paid and none where it is not; what was given back of either is
 * what Ordering says.
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
    if (end !== endOf(purchase)) faults.push(`order ${id} ended ${end} instead of ${endOf(purchase)}`)
    const orders = ofCustomer.get(customer.customerId)?.length
    if (orders !== 1) faults.push(`one checkout became ${orders} orders: ${id}`)
    const isPaid = purchase.end === "Paid"
    const charges = (paymentsOf.get(id) ?? []).filter(({ received }) => received > 0)
    if (isPaid && charges.length !== 1) faults.push(`order ${id} has ${charges.length} charges`)
    const kept = charges.reduce((sum, { received, refunded }) => sum + received - refunded, 0)
    const due = (order.paid ?? 0) - order.refunded
    if (kept !== due) faults.push(`order ${id} is to keep ${due}, and the provider keeps ${kept}`)
    const isGivenBack = givesBack(purchase)
    if (isGivenBack !== order.refunded > 0) faults.push(`order ${id} gave ${order.refunded} back`)
    const claim = claimOf.get(id)
    const sum = (units: Claim["wanted"] = []) => units.reduce((all, { quantity }) => all + quantity, 0)
    const units = claim?.status === "committed" ? sum(claim.wanted) - sum(claim.givenBack) : 0
    const wanted = isPaid && !isGivenBack ? purchase.quantity : 0
    if (units !== wanted) faults.push(`order ${id} has ${units} units instead of ${wanted}`)
  }
  const lost = orderIds.filter((id) => !orderOf.has(id)).length
  if (lost > 0) faults.push(`${lost} orders are lost`)
  if (ended !== buyers.length) faults.push(`${ended} of ${buyers.length} orders ended`)
  return { ended, lost, faults }
}
