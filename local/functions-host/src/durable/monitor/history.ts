/** The history of an instance as the Durable Functions Monitor shows it. */

import { EventType, eventTypeName, type HistoryEvent } from "../protocol/events.ts"

/** One event, by the names of the hub's history table. Times as `yyyy-MM-ddTHH:mm:ss.FFFFFFFZ`. */
export type MonitorEvent = {
  readonly Timestamp: string
  readonly EventType: string
  readonly EventId: number | null
  readonly Name: string | null
  readonly ScheduledTime: string | null
  readonly Input: string | null
  readonly Result: string | null
  readonly Details: string | null
  readonly DurationInMs: number
  readonly SubOrchestrationId: string | null
}

/** Shown as they are. What is neither here nor a task or an end is left out, such as the marks of an episode. */
const plain: ReadonlySet<number> = new Set([
  EventType.ContinueAsNew,
  EventType.TimerCreated,
  EventType.TimerFired,
  EventType.EventRaised,
  EventType.EventSent,
])
const starts: ReadonlySet<number> = new Set([
  EventType.TaskScheduled,
  EventType.SubOrchestrationInstanceCreated,
])
const ends: ReadonlySet<number> = new Set([
  EventType.ExecutionCompleted,
  EventType.ExecutionFailed,
  EventType.ExecutionTerminated,
])

/** Joins each task with its end, in the place of its schedule, and adds how long tasks and the execution took. */
export function monitorHistory(events: readonly HistoryEvent[]): MonitorEvent[] {
  const answers = new Map<number, HistoryEvent>()
  for (const event of events) {
    if (event.TaskScheduledId !== undefined) answers.set(event.TaskScheduledId, event)
  }
  const started = events.find((event) => event.EventType === EventType.ExecutionStarted)
  return events.flatMap((event) => {
    const type = event.EventType
    if (starts.has(type)) {
      const answer = answers.get(event.EventId)
      return answer ? [shownEvent(answer, event)] : [shownEvent(event)]
    }
    if (type === EventType.ExecutionStarted || plain.has(type)) return [shownEvent(event)]
    return ends.has(type) ? [shownEvent(event, started && { Timestamp: started.Timestamp })] : []
  })
}

/** @param since when it began and what it was called with, of an event that ends something */
function shownEvent(
  event: HistoryEvent,
  since?: Pick<HistoryEvent, "Timestamp" | "Name" | "Input" | "InstanceId">,
): MonitorEvent {
  const failure = event.FailureDetails && JSON.stringify(event.FailureDetails)
  return {
    Timestamp: withoutZeros(event.Timestamp),
    EventType: eventTypeName(event.EventType),
    EventId: event.TaskScheduledId ?? null,
    Name: event.Name || (since?.Name ?? null),
    ScheduledTime: since ? withoutZeros(since.Timestamp) : null,
    Input: event.Input || (since?.Input ?? null),
    Result: event.Result ?? null,
    Details: event.Details ?? failure ?? null,
    DurationInMs: since ? Date.parse(event.Timestamp) - Date.parse(since.Timestamp) : 0,
    SubOrchestrationId: since?.InstanceId ?? event.InstanceId ?? null,
  }
}

/** .NET's `FFFFFFF`: a fraction of a second without zeros at its end, and no point where nothing is left. */
const withoutZeros = (time: string): string =>
  time.replace(/\.(\d*?)0*Z$/, (_, digits: string) => (digits === "" ? "Z" : `.${digits}Z`))
