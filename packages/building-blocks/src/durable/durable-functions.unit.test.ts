import { createRequire } from "node:module"
import { InvocationContext } from "@azure/functions"
import { expect, test } from "vitest"
import * as z from "zod"
import { orchestratorOf } from "./orchestrator.ts"
import { saga } from "./saga.ts"
import { step } from "./step.ts"
import type { HistoryRow as PlayedRow } from "./testing/play-history.ts"
import { after, type Play, playSaga } from "./testing/play-saga.ts"

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
  const log: object[] = []
  const context = new InvocationContext({ logHandler: (_, text) => log.push(JSON.parse(String(text))) })
  const history = rows.map(({ EventType, ...row }) => ({
    EventType: HistoryEventType[EventType],
    EventId: -1,
    IsPlayed: false,
    Timestamp: new Date("2026-01-01T00:00:00Z"),
    ...row,
  }))
  return { ...(await handle(racing, history, context)), log }
}

async function handle(of: typeof racing, history: readonly object[], context: InvocationContext) {
  const durations = ["6.00:00:00", "3.00:00:00"]
  const binding = new Binding(history, { input: {} }, "saga-1", false, undefined, ...durations, undefined, 2)
  const state = await new Orchestrator(orchestratorOf(of as never)).handle(binding, context)
  return JSON.parse(JSON.stringify(state))
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
  expect(lost.output).toBe("undefined cancel")
  expect(lost.log).toMatchObject([{ saga: "racing", sagaId: "saga-1", outcome: "completed", seconds: 60 }])
})

const sale = saga("sale", {
  input: z.object({}),
  steps: [mark],
  events: { paid: z.object({}), cancel: z.object({}) },
  interrupts: { cancel: { code: "customer.asked", detail: "The customer asked for it." } },
  deadlineMinutes: 15,
  *run(saga) {
    yield* saga.take(mark, {})
    yield* saga.race(["paid"], 1)
    yield* saga.lastInterruption()
    yield* saga.take(mark, {})
    return `${saga.version} ${yield* saga.hasHeard("cancel")}`
  },
  *ledBack(saga, _, reason) {
    yield* saga.pause(1)
    return reason.code
  },
})

/** What the library makes of a played history at each of its pauses: the numbers of what it has scheduled by then. */
async function atEachPause(history: readonly PlayedRow[]) {
  const rows = history.map((row): PlayedRow & object => ({
    ...row,
    Timestamp: new Date(row.Timestamp) as never,
  }))
  const pauses = rows.flatMap(({ EventType }, index) =>
    EventType === HistoryEventType.OrchestratorCompleted ? [index] : [],
  )
  const states = pauses.map(async (end) => {
    const context = new InvocationContext({ logHandler: () => {} })
    const { actions, isDone, output } = await handle(sale as never, rows.slice(0, end), context)
    const scheduled = actions
      .flat()
      .flatMap((action: { compoundActions?: object[] }) => action.compoundActions ?? [action])
      .flatMap(
        (action: { functionName?: string; fireAt?: string }) => action.functionName ?? action.fireAt ?? [],
      )
    const written = rows.slice(0, end).flatMap(({ EventType, Name, FireAt }) => {
      if (EventType === HistoryEventType.TaskScheduled) return [Name]
      return EventType === HistoryEventType.TimerCreated ? [FireAt] : []
    })
    return { scheduled, written, output: isDone ? output : undefined }
  })
  return await Promise.all(states)
}

const cancelAt = (...moments: number[]): Play["events"] =>
  moments.map((afterSeconds) => ({ afterSeconds, event: "cancel", data: {} }))
const plays: [string, Play, string][] = [
  ["on time", { events: [{ afterSeconds: 5, event: "paid", data: {} }] }, "2.0 false"],
  ["cancelled in the race", { events: cancelAt(30, 31) ?? [] }, "customer.asked"],
  ["cancelled before", { actors: { mark: (_, { raise }) => raise("cancel", {}) } }, "customer.asked"],
  ["failing", { actors: { mark: after(["failed", "unavailable", "failed"]) } }, "2.0 false"],
  [
    "cancelled in the end",
    {
      actors: { mark: (_, { now, raise }) => now.getSeconds() + now.getMinutes() > 0 && raise("cancel", {}) },
    },
    "2.0 true",
  ],
]

test.each(plays)("a play is what the library does, row by row: %s", async (_, play, output) => {
  const played = await playSaga(sale as never, {}, { ...play, version: "2.0" })
  expect(played.state).toBe(output)
  const states = await atEachPause(played.history)
  for (const { scheduled, written } of states.slice(0, -1)) expect(scheduled).toEqual(written)
  expect(states.map((state) => state.output)).toEqual([...Array(states.length - 1).fill(undefined), output])
})
