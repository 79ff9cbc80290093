import type { Claim, Payment } from "./ledger.ts"

/** What Ordering knows of an order, by its stream. */
export type OrderFacts = {
  readonly id: string
  readonly customerId: string
  readonly status: string
  readonly cancelCode?: string
  readonly total: number
  /** What its payments captured, by its own events; undefined: it was never paid. */
  readonly paid?: number
  /** What was given back. */
  readonly refunded: number
}

/** One look at the stores, Catalog first and the provider last: each look is a snapshot. */
export type Look = {
  readonly claims: readonly Claim[]
  readonly orders: readonly OrderFacts[]
  readonly payments: readonly Payment[]
}

/**
 * What contradicts itself between the stores. Facts only grow and the stores are read one after the other: what
 * Catalog has sold, Ordering has seen paid by now; what Ordering has seen paid, the provider has captured.
 */
export function contradictions({ claims, orders, payments }: Look): string[] {
  const orderOf = new Map(orders.map((order) => [order.id, order]))
  const paymentsOf = Map.groupBy(payments, ({ orderId }) => orderId)
  const unpaid = claims
    .filter(({ orderId, status }) => status === "committed" && orderOf.get(orderId)?.paid === undefined)
    .map(({ orderId }) => `Catalog has sold what order ${orderId} did not pay`)
  return [...unpaid, ...orders.flatMap((order) => moneyContradictions(order, paymentsOf.get(order.id) ?? []))]
}

function moneyContradictions(order: OrderFacts, payments: readonly Payment[]): string[] {
  const { id, status, paid, refunded, total } = order
  const sum = (amount: (payment: Payment) => number) =>
    payments.reduce((all, payment) => all + amount(payment), 0)
  const received = sum((payment) => payment.received)
  const kept = received - sum((payment) => payment.refunded)
  const held = sum((payment) => (payment.status === "requires_capture" ? payment.amount : 0))
  const faults: string[] = []
  if (received > total) faults.push(`order ${id} over ${total} was charged ${received}`)
  if (paid !== undefined && received < paid) faults.push(`order ${id} counts as paid, and ${received} came`)
  if (paid !== undefined && kept > paid - refunded)
    faults.push(`order ${id} gave ${refunded} back, and the provider keeps ${kept}`)
  if (paid === undefined && status === "Cancelled" && kept + held > 0)
    faults.push(`order ${id} is cancelled, and ${kept} is taken and ${held} set aside`)
  return faults
}
