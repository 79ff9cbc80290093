/**
 * A step that fails for thirty days, on the real library: what its history comes to, and how long the last replay
 * takes (printed; speed is measured, not asserted). All 1,464 episodes would take a minute, so the first forty and
 * the last are run; that one replays, and so proves, everything between.
 */

import type { OrchestrationContext } from "durable-functions"
import { expect, test } from "vitest"
import {
  EventType,
  type HistoryEvent,
  historyEvent,
  isSchedulingEvent,
  playedText,
} from "../protocol/events.ts"
import type { Instance } from "../store/store.ts"
import { loadLibrary } from "../testing/library.ts"
import { concludeEpisode } from "./episode.ts"

const day = 24 * 60 * 60 * 1000
const hour = 60 * 60 * 1000
const begin = Date.parse("2026-01-01T00:00:00Z")
const library = loadLibrary()

/** Tries until it works; the pauses grow from a second to an hour. */
library.df.app.orchestration("untilDone", function* (context: OrchestrationContext) {
  for (let pause = 1000; ; pause = Math.min(pause * 2, hour)) {
    try {
      return (yield context.df.callActivity("step")) as unknown
    } catch {
      yield context.df.createTimer(new Date(context.df.currentUtcDateTime.getTime() + pause))
    }
  }
})

/** A failure as the host reports it, with a stack of ten lines. */
const failure = {
  Reason: "Activity function 'step' failed:  no",
  Details: JSON.stringify({
    ClassName: "System.Exception",
    Message: "no",
    StackTraceString: `Error: no${"\n    at step (file:///app/src/checkout/steps/authorise-payment.ts:42:11)".repeat(10)}`,
  }),
}

/** The events of every episode, which are one row of the store each; the activity takes no time. */
function expectedRows(): HistoryEvent[][] {
  const rows: HistoryEvent[][] = []
  let now = begin
  let id = 0
  const at = () => new Date(now).toISOString()
  const add = (...events: HistoryEvent[]) =>
    rows.push([
      historyEvent(EventType.OrchestratorStarted, at()),
      ...events,
      historyEvent(EventType.OrchestratorCompleted, at(), { ActionsStarted: id }),
    ])
  const scheduled = () => historyEvent(EventType.TaskScheduled, at(), { Name: "step", Input: "[null]" }, id++)
  add(historyEvent(EventType.ExecutionStarted, at(), { Name: "untilDone", Input: null }), scheduled())
  for (let pause = 1000; now < begin + 30 * day; pause = Math.min(pause * 2, hour)) {
    const failed = historyEvent(EventType.TaskFailed, at(), { TaskScheduledId: id - 1, ...failure })
    const FireAt = new Date(now + pause).toISOString()
    add(failed, historyEvent(EventType.TimerCreated, at(), { FireAt }, id++))
    now += pause
    add(historyEvent(EventType.TimerFired, at(), { TimerId: id - 1, FireAt }), scheduled())
  }
  const output = { OrchestrationStatus: "Completed", Result: '"done"' }
  add(
    historyEvent(EventType.TaskCompleted, at(), { TaskScheduledId: id - 1, Result: '"done"' }),
    historyEvent(EventType.ExecutionCompleted, at(), output, id),
  )
  return rows
}

const instance: Instance = {
  id: "i",
  executionId: "e",
  name: "untilDone",
  version: null,
  status: "Running",
  input: null,
  output: null,
  customStatus: null,
  createdAt: begin,
  updatedAt: begin,
  parent: null,
}

/** Runs an episode with what arrived in it; the events that it appends, and the milliseconds in worker and host. */
async function episode(past: readonly HistoryEvent[], row: readonly HistoryEvent[]) {
  const isConclusion = ({ EventType: type }: HistoryEvent) =>
    type === EventType.OrchestratorCompleted || type === EventType.ExecutionCompleted
  const events = row.filter((event) => !isSchedulingEvent(event) && !isConclusion(event))
  const played = playedText(past.map((event) => JSON.stringify(event)))
  const trigger = `{"history":[${played}${played && ","}${events.map((event) => JSON.stringify(event)).join(",")}],"input":null,"instanceId":"i","isReplaying":${past.length > 0},"parentInstanceId":null,"upperSchemaVersion":1,"upperSchemaVersionNew":3,"longRunningTimerIntervalDuration":"3.00:00:00","maximumShortTimerDuration":"6.00:00:00","defaultHttpAsyncRequestSleepTimeMillseconds":30000}`
  const started = performance.now()
  const state = await library.runOrchestrator("untilDone", trigger)
  const answered = performance.now()
  const outcome = concludeEpisode({
    instance,
    history: [...past, ...events],
    state,
    timestamp: (events[0] as HistoryEvent).Timestamp,
    httpPollingInterval: 30_000,
    newGuid: () => "guid",
    requireFunction: () => {},
  })
  if (outcome.kind === "ambiguous") throw new Error("one event at a time is never ambiguous")
  const worker = Math.round(answered - started)
  const host = Math.round(performance.now() - answered)
  return {
    appended: [...events, ...outcome.events],
    status: outcome.instance.status,
    timing: `${Math.round(trigger.length / 1024)} KB; worker ${worker} ms, host ${host} ms`,
  }
}

test("a step that fails for thirty days with pauses of up to an hour", async () => {
  const rows = expectedRows()
  const past: HistoryEvent[] = []
  for (const row of rows.slice(0, 40)) {
    expect((await episode(past, row)).appended).toEqual(row)
    past.push(...row)
  }
  const last = rows.at(-1) as HistoryEvent[]
  const { appended, status, timing } = await episode(rows.slice(0, -1).flat(), last)
  expect(status).toBe("Completed")
  expect(appended).toEqual(last)

  // 12 pauses of 1 s to 2,048 s are 4,095 s; 719 hours lead beyond the thirtieth day. A failure and its timer are
  // two rows of four events each; so are the first and the last episode.
  expect(rows.length).toBe(2 * (12 + 719) + 2)
  expect(rows.flat().length).toBe(5856)
  console.log(`${rows.length} rows, ${rows.flat().length} events; last: ${timing}`)
})
