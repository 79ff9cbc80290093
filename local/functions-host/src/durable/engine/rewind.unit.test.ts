import { expect, test } from "vitest"
import { EventType, type HistoryEvent, historyEvent } from "../protocol/events.ts"
import { withoutFailures } from "./rewind.ts"

const at = "2026-01-01T00:00:00.000Z"
const started = () => historyEvent(EventType.OrchestratorStarted, at)
const closed = (ActionsStarted: number) =>
  historyEvent(EventType.OrchestratorCompleted, at, { ActionsStarted })
const scheduled = (id: number, Name: string) => historyEvent(EventType.TaskScheduled, at, { Name }, id)
const completed = (TaskScheduledId: number) =>
  historyEvent(EventType.TaskCompleted, at, { TaskScheduledId, Result: "1" })
const failed = (TaskScheduledId: number) =>
  historyEvent(EventType.TaskFailed, at, { TaskScheduledId, Reason: "r" })
const ended = () => historyEvent(EventType.ExecutionCompleted, at, { OrchestrationStatus: "Failed" }, 9)
const begun = () => historyEvent(EventType.ExecutionStarted, at, { Name: "o" })

const shape = (events: readonly HistoryEvent[]) =>
  events.map((event) => `${event.EventType}:${event.EventId}`)

test("the failed task, what came after it and the end are removed; earlier results stay", () => {
  const head = [
    started(),
    begun(),
    scheduled(0, "a"),
    closed(1),
    started(),
    completed(0),
    scheduled(1, "b"),
    scheduled(2, "c"),
    closed(2),
  ]
  const history = [
    ...head,
    started(),
    failed(1),
    scheduled(3, "compensate"),
    closed(3),
    started(),
    completed(2),
    completed(3),
    ended(),
    closed(3),
  ]
  const { events, children } = withoutFailures(history)
  const expected = [...head.filter((event) => event.EventId !== 1), started(), completed(2), closed(3)]
  expect(shape(events)).toEqual(shape(expected))
  expect(children).toEqual([])
  expect(events.at(-1)).not.toHaveProperty("ActionsStarted")
})

test("every attempt of a retried task is removed together with its timers", () => {
  const timer = historyEvent(EventType.TimerCreated, at, { FireAt: at }, 1)
  const fired = historyEvent(EventType.TimerFired, at, { TimerId: 1, FireAt: at })
  const history = [
    started(),
    begun(),
    scheduled(0, "a"),
    closed(1),
    started(),
    failed(0),
    timer,
    closed(1),
    started(),
    fired,
    scheduled(2, "a"),
    closed(1),
    started(),
    failed(2),
    ended(),
    closed(1),
  ]
  expect(shape(withoutFailures(history).events)).toEqual(shape([started(), begun(), closed(1)]))
})

test("a failed sub-orchestration keeps its place and is rewound itself, also when it failed late", () => {
  const created = historyEvent(
    EventType.SubOrchestrationInstanceCreated,
    at,
    { Name: "s", InstanceId: "child" },
    0,
  )
  const late = historyEvent(EventType.SubOrchestrationInstanceFailed, at, { TaskScheduledId: 0, Reason: "r" })
  const head = [started(), begun(), created, scheduled(1, "a"), closed(1)]
  const history = [...head, started(), failed(1), ended(), closed(1)]
  const { events, children } = withoutFailures(history, [late])
  expect(shape(events)).toEqual(shape(head.filter((event) => event.EventId !== 1)))
  expect(children).toEqual(["child"])
})
