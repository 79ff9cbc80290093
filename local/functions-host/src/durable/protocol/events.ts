/**
 * History events as the durable-functions library reads them (PascalCase, numeric EventType); the numbers and
 * fields are those of DurableTask.Core.
 */

export const EventType = {
  ExecutionStarted: 0,
  ExecutionCompleted: 1,
  ExecutionFailed: 2,
  ExecutionTerminated: 3,
  TaskScheduled: 4,
  TaskCompleted: 5,
  TaskFailed: 6,
  SubOrchestrationInstanceCreated: 7,
  SubOrchestrationInstanceCompleted: 8,
  SubOrchestrationInstanceFailed: 9,
  TimerCreated: 10,
  TimerFired: 11,
  OrchestratorStarted: 12,
  OrchestratorCompleted: 13,
  EventSent: 14,
  EventRaised: 15,
  ContinueAsNew: 16,
  GenericEvent: 17,
  HistoryState: 18,
  ExecutionSuspended: 19,
  ExecutionResumed: 20,
} as const

export type EventTypeNumber = (typeof EventType)[keyof typeof EventType]

const names = Object.fromEntries(Object.entries(EventType).map(([name, number]) => [number, name]))

/** The name that the status API prints instead of the number, e.g. `TaskCompleted`. */
export function eventTypeName(type: EventTypeNumber): string {
  return names[type] as string
}

export type FailureDetails = {
  ErrorType: string
  ErrorMessage: string
  StackTrace?: string
  IsNonRetriable?: boolean
  Properties?: Record<string, unknown>
  InnerFailure?: FailureDetails
}

export type HistoryEvent = {
  EventType: EventTypeNumber
  /** Sequence number of events that schedule something; -1 for all others. */
  EventId: number
  IsPlayed: boolean
  /** ISO 8601, UTC. */
  Timestamp: string
  Name?: string
  Version?: string | null
  /** JSON text. */
  Input?: string | null
  InstanceId?: string
  FireAt?: string
  TimerId?: number
  TaskScheduledId?: number
  /** JSON text. */
  Result?: string | null
  Reason?: string | null
  Details?: string | null
  FailureDetails?: FailureDetails
  OrchestrationStatus?: string
  /** On OrchestratorCompleted: how many of the orchestrator's actions had started. Ours, unknown to Azure. */
  ActionsStarted?: number
}

/** The members of an event beyond the four that all have. */
export type EventFields = Omit<HistoryEvent, "EventType" | "EventId" | "IsPlayed" | "Timestamp">

/** Builds an event; `IsPlayed` and the id come before the rest so that a text can be re-marked cheaply. */
export function historyEvent(
  type: EventTypeNumber,
  timestamp: string,
  fields: EventFields = {},
  eventId = -1,
): HistoryEvent {
  return { EventType: type, EventId: eventId, IsPlayed: false, Timestamp: timestamp, ...fields }
}

const notPlayed = '"IsPlayed":false'

/** The JSON text of events that a later episode replays: each marked as played. */
export function playedText(eventTexts: readonly string[]): string {
  return eventTexts.map((text) => text.replace(notPlayed, '"IsPlayed":true')).join(",")
}

/** The id under which a completion finds the task that waits for it, or undefined for other events. */
export function completedTaskId(event: HistoryEvent): number | undefined {
  switch (event.EventType) {
    case EventType.TaskCompleted:
    case EventType.TaskFailed:
    case EventType.SubOrchestrationInstanceCompleted:
    case EventType.SubOrchestrationInstanceFailed:
      return event.TaskScheduledId
    case EventType.TimerFired:
      return event.TimerId
    default:
      return undefined
  }
}

/** Whether the event schedules something under an EventId of the orchestration's sequence. */
export function isSchedulingEvent(event: HistoryEvent): boolean {
  return (
    event.EventType === EventType.TaskScheduled ||
    event.EventType === EventType.TimerCreated ||
    event.EventType === EventType.SubOrchestrationInstanceCreated ||
    event.EventType === EventType.EventSent
  )
}
