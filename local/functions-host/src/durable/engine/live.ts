/** An orchestration instance in memory: what was committed, and what waits for its next episode. */

import type { DurableConfig } from "../config.ts"
import {
  completedTaskId,
  EventType,
  type HistoryEvent,
  historyEvent,
  isSchedulingEvent,
} from "../protocol/events.ts"
import { endedStatuses, type Instance, type RuntimeStatus } from "../store/store.ts"
import { originalExecution } from "./rewind.ts"

/** An event that waits for the next episode of its instance. */
export type Arrived = {
  event: HistoryEvent
  /** The execution it belongs to; external events and control messages belong to whichever runs. */
  executionId?: string
  /** Set when the event is in the store. */
  messageId?: number
}

export type Live = {
  /** As committed. */
  instance: Instance
  history: HistoryEvent[]
  /** JSON text of `history`, marked as played; appended to, never rebuilt. */
  played: string
  parts: number
  actionsStarted: number | undefined
  inbox: Arrived[]
  busy: boolean
  /** The orchestrator has to run though no event came: at its start, after a rewind. */
  mustRun: boolean
  oneEvent: boolean
  activities: number
}

/** An instance of which nothing has run. */
export function newLive(instance: Instance): Live {
  return {
    instance,
    history: [],
    played: "",
    parts: 0,
    actionsStarted: undefined,
    inbox: [],
    busy: false,
    mustRun: true,
    oneEvent: false,
    activities: 0,
  }
}

/** Whether an episode is due. A suspended instance takes control messages only. */
export function hasWork(live: Live): boolean {
  if (live.instance.status === "Suspended") return live.inbox.some(({ event }) => isControl(event))
  return live.mustRun || live.inbox.length > 0
}

/** OrchestratorStarted and, in the first episode, ExecutionStarted; the clock of an instance never goes back. */
export function episodeHead(
  live: Live,
  arrived: readonly Arrived[],
): { timestamp: string; events: HistoryEvent[] } {
  const last = live.history.findLast((event) => event.EventType === EventType.OrchestratorStarted)
  const due = arrived.map(({ event }) => (event.FireAt ? Date.parse(event.FireAt) : 0))
  const timestamp = new Date(
    Math.max(Date.now(), last ? Date.parse(last.Timestamp) : 0, ...due),
  ).toISOString()
  const events = [historyEvent(EventType.OrchestratorStarted, timestamp)]
  if (live.history.length === 0) {
    events.push(
      historyEvent(EventType.ExecutionStarted, timestamp, {
        Name: live.instance.name,
        Version: live.instance.version,
        Input: live.instance.input,
      }),
    )
  }
  for (const { event } of arrived) events.push(event)
  return { timestamp, events }
}

/** Completed, Failed and Terminated instances run no more. */
export function isFinished(status: RuntimeStatus): boolean {
  return endedStatuses.includes(status)
}

/** Why no instance may be started under the id of an existing one; undefined when it may. */
export function idConflict(existing: Instance | undefined, config: DurableConfig): string | undefined {
  if (!existing || isFinished(existing.status) || config.overridesRunningInstances) return undefined
  return `An Orchestration instance with the status ${existing.status} already exists.`
}

/** Names an activity for as long as it runs, across rewinds. */
export function flightKey({ id, executionId }: Instance, eventId: number): string {
  return `${id}|${originalExecution(executionId)}|${eventId}`
}

/** Whether the event belongs to the running execution, or to what a rewind left of the one before. */
export function accepts(live: Live, { event, executionId }: Arrived): boolean {
  const current = live.instance.executionId
  if (executionId === undefined || executionId === current) return true
  if (originalExecution(executionId) !== originalExecution(current)) return false
  const id = completedTaskId(event)
  const rewound = live.history.findIndex(
    (past) => past.EventType === EventType.GenericEvent && past.Name === current,
  )
  const kept = rewound < 0 ? live.history : live.history.slice(0, rewound)
  return kept.some((past) => isSchedulingEvent(past) && past.EventId === id)
}

/** Terminate, suspend, resume. */
export function isControl(event: HistoryEvent): boolean {
  return (
    event.EventType === EventType.ExecutionTerminated ||
    event.EventType === EventType.ExecutionSuspended ||
    event.EventType === EventType.ExecutionResumed
  )
}

/** Results of activities: the only events that are not stored before an episode takes them. */
export function isTaskResult(event: HistoryEvent): boolean {
  return event.EventType === EventType.TaskCompleted || event.EventType === EventType.TaskFailed
}
