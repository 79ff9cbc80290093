import { useCase } from "@eshop/building-blocks/app/use-case"
import * as z from "zod"
import type { ReadModelPorts } from "./project-orders.ts"

const input = z.strictObject({})

/** How many orders the customers' read model has still to follow: the progress of a rebuild. */
export const getProjection = useCase("ordering.get-projection", {
  input,
  result: z.strictObject({ pending: z.int() }),
  handle:
    ({ projection }: ReadModelPorts) =>
    async () => ({ pending: await projection.pendingCount("order-list") }),
})

/** Rebuilds the customers' read model from the orders' streams, while it stays in use: the projector does it. */
export const rebuildProjection = useCase("ordering.rebuild-projection", {
  input,
  result: z.strictObject({ orders: z.int() }),
  handle: (ports: ReadModelPorts) => async () => {
    // In this order: what is followed from here on wins over whatever the views say.
    await ports.views.distrust()
    return { orders: await ports.projection.markAll("order-list") }
  },
})
