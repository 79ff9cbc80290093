import { createRequire } from "node:module"
import { InvocationContext } from "@azure/functions"
import { expect, test } from "vitest"
import * as z from "zod"
import { orchestratorOf } from "./orchestrator.ts"
import { saga } from "./saga.ts"
import { step } from "./step.ts"

// The library's own executor: what the plays of other tests take for granted is seen here.
const require = createRequire(import.meta.url)
const { Orchestrator } = require("durable-functions/lib/src/orchestrations/Orchestrator.js")
const {
  DurableOrchestrationBindingInfo: Binding,
} = require("durable-functions/lib/src/orchestrations/DurableOrchestrationBindingInfo.js")
const { HistoryEventType } = require("durable-functions/lib/src/history/HistoryEventType.js")

const mark = step("mark", { input: z.object({}), output: z.void(), run: () => async () => {} })
const racing = saga("racing", {
  input: z.object({}),
  steps: [mark],
  events: { paid: z.object({ by: z.string() }), cancel: z.object({}) },
  deadlineMinutes: 15,
  *run(saga) {
    const first = yield* saga.race(["paid", "cancel"], 1)
    yield* saga.take(mark, {})
    const second = yield* saga.race(["paid", "cancel"], 1)
    return `${first?.event} ${second?.event}`
  },
  *ledBack(saga, _, reason) {
    yield* saga.pause(1)
    return reason.code
  },
})

type HistoryRow = { EventType: string; [member: string]: unknown }
/** What the library makes of a history. */
async function replay(rows: readonly HistoryRow[]) {
  const log: string[] = []
  const context = new InvocationContext({ logHandler: (_, text) => log.push(String(text)) })
  const history = rows.map(({ EventType, ...row }) => ({
    EventType: HistoryEventType[EventType],
    EventId: -1,
    IsPlayed: false,
    Timestamp: new Date("2026-01-01T00:00:00Z"),
    ...row,
  }))
  const durations = ["6.00:00:00", "3.00:00:00"]
  const binding = new Binding(history, { input: {} }, "saga-1", false, undefined, ...durations, undefined, 2)
  const state = await new Orchestrator(orchestratorOf(racing)).handle(binding, context)
  return { ...JSON.parse(JSON.stringify(state)), log }
}
const started: HistoryRow[] = [
  { EventType: "OrchestratorStarted" },
  { EventType: "ExecutionStarted", Name: "racing", Input: "{}" },
]
const raised = (Name: string, data: unknown): HistoryRow => ({
  EventType: "EventRaised",
  Name,
  Input: JSON.stringify(data),
})
const completed = (TaskScheduledId: number): HistoryRow => ({
  EventType: "TaskCompleted",
  TaskScheduledId,
  Result: "{}",
})

test("an event that comes between two races of the library is heard by the second, whichever is first", async () => {
  const paid = raised("paid", { by: "card" })
  const between = await replay([...started, paid, raised("cancel", {}), completed(1)])
  expect([between.isDone, between.output]).toEqual([true, "paid cancel"])
  const before = await replay([...started, raised("cancel", {}), raised("cancel", {}), completed(1)])
  expect(before.output).toBe("cancel cancel")
  const after = await replay([...started, paid, completed(1), raised("cancel", {})])
  expect(after.output).toBe("paid cancel")
})

test("a deadline that was not needed is cancelled, one that ran out ends the race", async () => {
  const won = await replay([...started, raised("paid", { by: "card" })])
  const timers = won.actions
    .flat()
    .flatMap(({ compoundActions = [] }) => compoundActions)
    .filter((action: object) => "fireAt" in action)
  expect(timers).toMatchObject([{ fireAt: "2026-01-01T00:01:00.000Z", isCanceled: true }])
  const lost = await replay([
    ...started,
    { EventType: "OrchestratorStarted", Timestamp: new Date("2026-01-01T00:01:00Z") },
    { EventType: "TimerFired", TimerId: 0 },
    completed(1),
    raised("cancel", {}),
  ])
  expect([lost.output, lost.log]).toEqual(["undefined cancel", ["saga=racing id=saga-1 outcome=completed"]])
})
