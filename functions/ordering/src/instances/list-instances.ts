import { useCase } from "@eshop/building-blocks/app/use-case"
import { type InstanceFilter, RuntimeStatus, type TaskHub } from "@eshop/building-blocks/durable/task-hub"
import { CursorInstant, cursorOf } from "@eshop/building-blocks/http/cursor"
import { pageSize } from "@eshop/building-blocks/http/query"
import * as z from "zod"
import { InstanceSummary, summaryOf } from "./instance.ts"

const cursor = cursorOf("instances", z.string().min(1).max(2_000))
const flag = z.stringbool({ truthy: ["true"], falsy: ["false"], case: "sensitive" }).optional()

/** What the task hub itself narrows a list by. */
export const hubFilter = {
  createdFrom: CursorInstant.optional().describe("Started at this instant or later"),
  createdTo: CursorInstant.optional().describe("Started at this instant or before"),
  idPrefix: z
    .string()
    .regex(/^[0-9a-z-]{1,100}$/)
    .optional()
    .describe("How their ids begin: an order's id finds all of its sagas"),
}

const statuses = z
  .string()
  .max(100)
  .transform((text) => text.split(","))
  .pipe(z.array(RuntimeStatus))
  .optional()
  .meta({ description: "One status or several, separated by commas", override: { type: "string" } })

/** So many pages of the hub are looked through for one page of what it cannot narrow itself. */
const MOST_PAGES = 10

/** What one has to look at each instance for. */
type Sought = {
  readonly saga?: string | undefined
  readonly step?: string | undefined
  readonly retrying?: boolean | undefined
  readonly needsAttention?: boolean | undefined
}

const isSought = (
  { saga, position }: InstanceSummary,
  { saga: name, step, retrying, needsAttention }: Sought,
): boolean =>
  (name === undefined || saga === name) &&
  (step === undefined || position?.step === step) &&
  (retrying === undefined || (position?.attempt !== undefined) === retrying) &&
  (needsAttention === undefined || (position?.needsAttention === true) === needsAttention)

/**
 * All orchestrations, in the order of the task hub, a page at a time. Kind, step, retries and attention are no filters of
 * the hub: its pages are looked through for them, up to ten for one answer, until one holds some. So a page may hold fewer
 * than asked for, or none, and yet not be the last.
 */
export const listInstances = useCase("ordering.list-instances", {
  input: z.strictObject({
    runtimeStatus: statuses,
    ...hubFilter,
    saga: z.string().max(100).optional().describe("The kind of saga"),
    step: z.string().max(100).optional().describe("Where it stands, as its position names it"),
    retrying: flag.describe("Whether the step that it takes has failed and is tried again"),
    needsAttention: flag,
    limit: pageSize,
    cursor: cursor.schema.optional(),
  }),
  result: z.strictObject({
    items: z.array(InstanceSummary),
    looked: z.int().describe("How many instances were looked at for this page"),
    nextCursor: z.string().nullable(),
  }),
  handle:
    ({ taskHub }: { readonly taskHub: TaskHub }) =>
    async ({ limit, cursor: after, saga, step, retrying, needsAttention, ...filter }) => {
      const sought = { saga, step, retrying, needsAttention }
      let looked = 0
      let token = after
      for (let pages = 1; ; pages++) {
        const page = await taskHub.page(filter satisfies InstanceFilter, limit, token)
        token = page.token
        looked += page.instances.length
        const items = page.instances.map(summaryOf).filter((instance) => isSought(instance, sought))
        if (items.length > 0 || token === undefined || pages === MOST_PAGES)
          return { items, looked, nextCursor: token === undefined ? null : cursor.encode(token) }
      }
    },
})
