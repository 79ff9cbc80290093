import { remember } from "@eshop/building-blocks/remember"
import { gauge } from "@eshop/building-blocks/telemetry/metrics"
import { abandonedCheckout } from "../checkout/abandoned-checkout.ts"
import { checkout } from "../checkout/checkout-saga.ts"
import { fulfilment } from "../fulfilment/fulfilment-saga.ts"
import type { Orders, OrdersInSaga } from "../orders/ports.ts"
import { refund } from "../refunds/refund-saga.ts"
import type { Attention } from "./attention.ts"

/** Where a saga may stand: a place where none stands shows 0, and no gap. */
const places: readonly Omit<OrdersInSaga, "count">[] = [
  ...(["Submitted", "AwaitingStock", "AwaitingPayment"] as const).map((status) => ({
    saga: "checkout" as const,
    status,
  })),
  ...(["Paid", "PartiallyShipped", "Shipped", "Delivered"] as const).map((status) => ({
    saga: "fulfilment" as const,
    status,
  })),
]
const sagas = [checkout, abandonedCheckout, fulfilment, refund].map(({ name }) => name)

/** Orders are counted over an index, some tens of thousands at the most: not for every reader anew. */
const RECENT_MS = 15_000

/**
 * The gauges of the sagas: read from Ordering's own tables, since a task hub can only be asked by reading all instances.
 * Where a saga stands is the state of the order that it leads; a refund's saga shows only where it needs attention.
 */
export function registerSagaGauges({
  attention,
  orders,
}: {
  readonly attention: Pick<Attention, "countBySaga">
  readonly orders: Pick<Orders, "countInSagas">
}): void {
  const recent = remember(() => orders.countInSagas(), { forMs: RECENT_MS, max: 1 })
  gauge("eshop.saga.instances", async () => {
    const counted = await recent.get("")
    return places.map(({ saga, status }) => ({
      value: counted.find((one) => one.saga === saga && one.status === status)?.count ?? 0,
      attributes: { "eshop.saga": saga, "eshop.saga.step": status },
    }))
  })
  gauge("eshop.saga.attention", async () => {
    const counted = await attention.countBySaga()
    return sagas.map((saga) => ({ value: counted[saga] ?? 0, attributes: { "eshop.saga": saga } }))
  })
}
