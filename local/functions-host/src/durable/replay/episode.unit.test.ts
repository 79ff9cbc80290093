import { expect, test } from "vitest"
import { EventType, historyEvent } from "../protocol/events.ts"
import { concludeEpisode, type EpisodeInput } from "./episode.ts"

const timestamp = "2026-01-01T00:00:00.000Z"

/** An episode in which the activity that was scheduled first has failed. */
const episode = (state: EpisodeInput["state"]): EpisodeInput => ({
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
  state,
  timestamp,
  httpPollingInterval: 1,
  newGuid: () => "guid",
  requireFunction: () => {},
})

test("whatever throws while an episode is concluded fails the instance with its message", () => {
  // The pause before the next attempt leads out of the range of dates.
  const retryOptions = { firstRetryIntervalInMilliseconds: -1e20, maxNumberOfAttempts: 2 }
  const actions = [[{ actionType: 1, functionName: "pay", retryOptions }]]
  expect(concludeEpisode(episode({ isDone: false, actions, customStatus: "paying" }))).toMatchObject({
    kind: "ended",
    instance: {
      status: "Failed",
      output: "Orchestrator function 'saga' failed: Invalid time value",
      customStatus: '"paying"',
    },
    commands: [],
  })
})

test("an orchestrator that threw before what it had scheduled fails with its own error", () => {
  const unfinished = { isDone: false, actions: [[]] }
  expect(concludeEpisode(episode({ ...unfinished, error: "no settings" }))).toMatchObject({
    instance: { status: "Failed", output: "Orchestrator function 'saga' failed: no settings" },
  })
  expect(concludeEpisode(episode(unfinished))).toMatchObject({
    instance: {
      status: "Failed",
      output: expect.stringContaining("failed: Non-Deterministic workflow detected"),
    },
  })
})
