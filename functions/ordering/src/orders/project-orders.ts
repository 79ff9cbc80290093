import { useCase } from "@eshop/building-blocks/app/use-case"
import * as z from "zod"
import { projectionOf } from "./order-views.ts"
import type { OrderViews, Projection } from "./ports.ts"

const BATCH = 100
/** The read model follows the orders in steps of this length: many changes, one step. */
export const PROJECT_PAUSE_MS = 150

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

/** Follows the commits that change orders. */
export const projectOrders = useCase("ordering.project-orders", {
  input: z.strictObject({}),
  result: z.strictObject({ projected: z.int() }),
  handle: (ports: ReadModelPorts) => async () => ({ projected: await project(ports) }),
})
