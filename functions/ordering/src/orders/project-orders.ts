import { useCase } from "@eshop/building-blocks/app/use-case"
import { tracedDebounce } from "@eshop/building-blocks/debounce"
import { log } from "@eshop/building-blocks/telemetry/log"
import * as z from "zod"
import { projectionOf } from "./order-views.ts"
import type { OrderViews, Projection } from "./ports.ts"

const BATCH = 100
/** The read model follows the orders in steps of this length: many changes, one step. */
const PAUSE_MS = 150

export type ReadModelPorts = { readonly projection: Projection; readonly views: OrderViews }

/**
 * Brings the read model up to date with the orders. May run anywhere, any number of times: a view carries its
 * version, and what was not marked as followed is projected again.
 * @returns how many orders were projected
 */
export async function project({ projection, views }: ReadModelPorts): Promise<number> {
  for (let projected = 0; ; ) {
    const pending = await projection.pending("order-list", BATCH)
    if (pending.length === 0) return projected
    await views.put(pending.map(({ order, version }) => projectionOf(order, version)))
    const followed = await projection.followed(
      "order-list",
      pending.map(({ order, version }) => ({ id: order.id, version })),
    )
    projected += followed
    // What is left is being changed, or another projector's: whoever that is projects it. Nothing waits behind half a page;
    // a whole one may be short of streams that cannot be read.
    if (followed === 0 || pending.length <= BATCH / 2) return projected
  }
}

/** The net under {@link projectSoon}. */
export const projectOrders = useCase("ordering.project-orders", {
  input: z.strictObject({}),
  result: z.strictObject({ projected: z.int() }),
  handle: (ports: ReadModelPorts) => async () => ({ projected: await project(ports) }),
})

/** What projects moments after a commit that changed an order. */
export const projectSoon = (ports: ReadModelPorts): (() => void) =>
  tracedDebounce(
    "ordering.project-orders",
    () => project(ports),
    (error) => log.warn("the read model lags behind until the next run", { error }),
    PAUSE_MS,
  )
