import type { OrderViews, Projection, StoredOrder } from "./ports.ts"

const BATCH = 100

const viewOf = ({ order }: StoredOrder) => ({
  id: order.id,
  customerId: order.customerId,
  status: order.status,
  total: order.total,
  lineCount: order.lines.length,
  submittedAt: order.submittedAt,
  changedAt: order.changedAt,
})

/**
 * Brings the read model up to date with the orders. May run anywhere, any number of times: a view carries its
 * version, and what was not marked as projected is projected again.
 */
export async function projectOrders(ports: { projection: Projection; views: OrderViews }): Promise<void> {
  const { projection, views } = ports
  for (;;) {
    const lagging = await projection.lagging(BATCH)
    if (lagging.length === 0) return
    await views.put(lagging.map((stored) => ({ view: viewOf(stored), version: stored.version })))
    await projection.caughtUp(lagging.map(({ order, version }) => ({ id: order.id, version })))
    if (lagging.length < BATCH) return
  }
}
