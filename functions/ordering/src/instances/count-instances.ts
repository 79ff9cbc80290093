import { useCase } from "@eshop/building-blocks/app/use-case"
import { RuntimeStatus, type TaskHub } from "@eshop/building-blocks/durable/task-hub"
import * as z from "zod"
import type { Attention } from "../sagas/attention.ts"
import { hubFilter } from "./list-instances.ts"

/** What one page of the hub holds: counting further would be reading everything. */
const COUNTED = 1_000

const Count = z.strictObject({
  runtimeStatus: RuntimeStatus,
  count: z.int(),
  orMore: z.boolean().describe("Whether there are more than were counted"),
})

type Ports = { readonly taskHub: TaskHub; readonly attention: Pick<Attention, "countBySaga"> }

/** How many orchestrations there are in each state, counted up to a thousand each; and how many are noted down as stuck. */
export const countInstances = useCase("ordering.count-instances", {
  input: z.strictObject(hubFilter),
  result: z.strictObject({
    counts: z.array(Count),
    needAttention: z.int().describe("Noted down as needing attention, whenever they were started"),
  }),
  handle:
    ({ taskHub, attention }: Ports) =>
    async (filter) => {
      const counting = RuntimeStatus.options.map(async (runtimeStatus) => {
        const { instances, token } = await taskHub.page(
          { ...filter, runtimeStatus: [runtimeStatus] },
          COUNTED,
        )
        return { runtimeStatus, count: instances.length, orMore: token !== undefined }
      })
      const [counts, noted] = await Promise.all([Promise.all(counting), attention.countBySaga()])
      const needAttention = Object.values(noted).reduce((sum, count) => sum + count, 0)
      return { counts, needAttention }
    },
})
