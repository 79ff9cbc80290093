import { expect, test } from "vitest"
import { EventType, historyEvent } from "../protocol/events.ts"
import { monitorHistory } from "./history.ts"

const at = (ms: number) => new Date(Date.parse("2026-11-26T07:00:00.000Z") + ms).toISOString()
const blank = {
  ...{ EventId: null, Name: null, ScheduledTime: null, Input: null, Result: null, Details: null },
  ...{ DurationInMs: 0, SubOrchestrationId: null },
}

test("a task stands where it was scheduled, with its end, and the marks of episodes are left out", () => {
  const events = [
    historyEvent(EventType.OrchestratorStarted, at(0)),
    historyEvent(EventType.ExecutionStarted, at(0), { Name: "parent", Input: "1" }),
    historyEvent(EventType.TaskScheduled, at(10), { Name: "echo", Input: "[2]" }, 0),
    historyEvent(EventType.SubOrchestrationInstanceCreated, at(10), { Name: "child", InstanceId: "c" }, 1),
    historyEvent(EventType.TimerCreated, at(10), { FireAt: at(900) }, 2),
    historyEvent(EventType.TaskScheduled, at(10), { Name: "never", Input: "[3]" }, 3),
    historyEvent(EventType.OrchestratorCompleted, at(10)),
    historyEvent(EventType.EventRaised, at(15), { Name: "go", Input: '"now"' }),
    historyEvent(EventType.SubOrchestrationInstanceFailed, at(20), { TaskScheduledId: 1, Details: "broken" }),
    historyEvent(EventType.TaskCompleted, at(35), { TaskScheduledId: 0, Result: "2" }),
    historyEvent(EventType.ExecutionCompleted, at(1_500), { Result: "3", OrchestrationStatus: "Completed" }),
  ]
  expect(monitorHistory(events)).toEqual([
    {
      ...blank,
      EventType: "ExecutionStarted",
      Timestamp: "2026-11-26T07:00:00Z",
      Name: "parent",
      Input: "1",
    },
    {
      ...blank,
      ...{ EventType: "TaskCompleted", EventId: 0, Name: "echo", Input: "[2]", Result: "2" },
      ...{
        ScheduledTime: "2026-11-26T07:00:00.01Z",
        Timestamp: "2026-11-26T07:00:00.035Z",
        DurationInMs: 25,
      },
    },
    {
      ...blank,
      ...{ EventType: "SubOrchestrationInstanceFailed", EventId: 1, Name: "child", Details: "broken" },
      ...{ ScheduledTime: "2026-11-26T07:00:00.01Z", Timestamp: "2026-11-26T07:00:00.02Z", DurationInMs: 10 },
      SubOrchestrationId: "c",
    },
    { ...blank, EventType: "TimerCreated", Timestamp: "2026-11-26T07:00:00.01Z" },
    {
      ...blank,
      EventType: "TaskScheduled",
      Timestamp: "2026-11-26T07:00:00.01Z",
      Name: "never",
      Input: "[3]",
    },
    { ...blank, EventType: "EventRaised", Timestamp: "2026-11-26T07:00:00.015Z", Name: "go", Input: '"now"' },
    {
      ...blank,
      ...{ EventType: "ExecutionCompleted", Result: "3", DurationInMs: 1_500 },
      ...{ ScheduledTime: "2026-11-26T07:00:00Z", Timestamp: "2026-11-26T07:00:01.5Z" },
    },
  ])
})
