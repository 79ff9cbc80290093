import { useCase } from "@eshop/building-blocks/app/use-case"
import type { TaskHub } from "@eshop/building-blocks/durable/task-hub"
import { redacted } from "@eshop/building-blocks/redacted"
import { scrubbed } from "@eshop/building-blocks/telemetry/redaction"
import * as z from "zod"
import { Happened, told } from "../orders/get-timeline.ts"
import type { Orders } from "../orders/ports.ts"
import { InstanceId, orderIdOf } from "../sagas/instance-id.ts"
import { accountOf, TakenStep, Told } from "./history.ts"
import { InstanceSummary, instanceUnknown, summaryOf } from "./instance.ts"

/** What a saga starts with: its input, and the trace that it belongs to (W3C trace context). */
const Started = z.object({
  input: z.unknown().optional(),
  traceparent: z
    .string()
    .regex(/^[0-9a-f]{2}-[0-9a-f]{32}-/)
    .optional(),
})

type Ports = { readonly taskHub: TaskHub; readonly orders: Pick<Orders, "events"> }

/** One orchestration with all that is known of its way. Nothing of it is personal. */
export const getInstance = useCase("ordering.get-instance", {
  input: z.strictObject({ instanceId: InstanceId }),
  result: z.strictObject({
    ...InstanceSummary.shape,
    input: z.unknown().optional(),
    output: z.unknown().optional(),
    timeline: z.array(Told).describe("Oldest first"),
    steps: z.array(TakenStep),
    replays: z
      .int()
      .describe(
        "How often its code ran again from the start: once for all that reached it at one time, at the most",
      ),
    traceId: z.string().optional().describe("The trace that all of its steps belong to"),
    messages: z.array(Happened).describe("What happened to its order, and which events announced it"),
  }),
  refusals: [instanceUnknown],
  handle:
    ({ taskHub, orders }: Ports) =>
    async ({ instanceId }) => {
      const [found, events] = await Promise.all([
        taskHub.findWithHistory(instanceId),
        orders.events(orderIdOf(instanceId)),
      ])
      if (!found) return instanceUnknown()
      const { data: started } = Started.safeParse(found.input)
      const { timeline, steps, replays } = accountOf(found.history)
      return {
        ...summaryOf(found),
        input: redacted(started?.input),
        output: outputOf(found.output),
        timeline: [...timeline],
        steps: [...steps],
        replays,
        ...(started?.traceparent && { traceId: started.traceparent.slice(3, 35) }),
        messages: told(events).map(({ data, ...one }) => ({ ...one, ...(data && { data: shown(data) }) })),
      }
    },
})

const shown = (data: Record<string, unknown>) => redacted(data) as Record<string, unknown>

/** The output of a failed instance carries what the library needs to replay it. */
const outputOf = (output: unknown): unknown =>
  typeof output === "string" ? scrubbed(output.split("$OutOfProcData$")[0]?.trim() ?? "") : redacted(output)
