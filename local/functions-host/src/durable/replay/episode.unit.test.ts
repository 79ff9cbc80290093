import { expect, test } from "vitest"
import { EventType, historyEvent } from "../protocol/events.ts"
import { concludeEpisode } from "./episode.ts"

const timestamp = "2026-01-01T00:00:00.000Z"

test("whatever throws while an episode is concluded fails the instance with its message", () => {
  const outcome = concludeEpisode({
    instance: {
      id: "i",
      executionId: "e",
      name: "saga",
      version: null,
      status: "Running",
      input: null,
      output: null,
      customStatus: null,
      createdAt: 0,
      updatedAt: 0,
      parent: null,
    },
    history: [
      historyEvent(EventType.OrchestratorStarted, timestamp),
      historyEvent(EventType.ExecutionStarted, timestamp, { Name: "saga" }),
      historyEvent(EventType.TaskScheduled, timestamp, { Name: "pay" }, 0),
      historyEvent(EventType.OrchestratorCompleted, timestamp, { ActionsStarted: 1 }),
      historyEvent(EventType.OrchestratorStarted, timestamp),
      historyEvent(EventType.TaskFailed, timestamp, { TaskScheduledId: 0, Reason: "no" }),
    ],
    state: {
      isDone: false,
      // The pause before the next attempt leads out of the range of dates.
      actions: [
        [
          {
            actionType: 1,
            functionName: "pay",
            retryOptions: { firstRetryIntervalInMilliseconds: -1e20, maxNumberOfAttempts: 2 },
          },
        ],
      ],
      customStatus: "paying",
    },
    timestamp,
    httpPollingInterval: 1,
    newGuid: () => "guid",
    requireFunction: () => {},
  })
  expect(outcome).toMatchObject({
    kind: "ended",
    instance: {
      status: "Failed",
      output: "Orchestrator function 'saga' failed: Invalid time value",
      customStatus: '"paying"',
    },
    commands: [],
  })
})
