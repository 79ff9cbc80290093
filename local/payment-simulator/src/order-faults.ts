import { Form } from "./form.ts"

/**
 * What can go wrong with the payment of an order: its card is declined, a request gets no answer (before it has any effect,
 * or afterwards), the reports of its changes come late, twice or never.
 */
export const orderFaults = [
  ...(["declined", "unanswered-before", "unanswered-after"] as const),
  ...(["webhook-late", "webhook-twice", "webhook-never"] as const),
] as const
export type OrderFault = (typeof orderFaults)[number]

const REMEMBERED_ORDERS = 1_000

/** The faults that the payments of single orders have ahead of them. For tests and development: Stripe has none. */
export interface OrderFaults {
  add(orderId: string, fault: OrderFault): void
  has(orderId: string | undefined, fault: OrderFault): boolean
  /** Whether the fault was ahead; it is over then. */
  take(orderId: string | undefined, fault: OrderFault): boolean
}

/** In memory: a restart of the simulator forgets them. */
export function faultsOfOrders(): OrderFaults {
  const ahead = new Map<string, Set<OrderFault>>()
  const has: OrderFaults["has"] = (orderId, fault) =>
    orderId !== undefined && ahead.get(orderId)?.has(fault) === true
  return {
    has,
    add(orderId, fault) {
      ahead.set(orderId, (ahead.get(orderId) ?? new Set()).add(fault))
      const [oldest] = ahead.keys()
      if (ahead.size > REMEMBERED_ORDERS && oldest !== undefined) ahead.delete(oldest)
    },
    take(orderId, fault) {
      const isAhead = has(orderId, fault)
      if (isAhead && orderId !== undefined) ahead.get(orderId)?.delete(fault)
      return isAhead
    },
  }
}

/** Reads `order_id` and `fault`. Throws a Stripe error for anything else. */
export function readOrderFault(encoded: string): { orderId: string; fault: OrderFault } {
  const form = new Form(encoded, ["order_id", "fault"])
  form.required("fault")
  return { orderId: form.required("order_id"), fault: form.oneOf("fault", orderFaults) as OrderFault }
}
