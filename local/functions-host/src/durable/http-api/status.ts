/** What the status API shows of an instance and its history, in the format of the extension. */

import { EventType, eventTypeName, type HistoryEvent } from "../protocol/events.ts"
import { entityName } from "../replay/command.ts"
import type { Entity, Instance } from "../store/store.ts"

export type StatusPayload = {
  name: string
  instanceId: string
  runtimeStatus: string
  input: unknown
  customStatus: unknown
  output: unknown
  createdTime: string
  lastUpdatedTime: string
  historyEvents?: Record<string, unknown>[]
}

export type HistoryOptions = { showHistoryOutput: boolean; showInput: boolean }

/** The status of an instance; times without fractions of a second, as `ToString("s") + "Z"`. */
export function statusPayload(
  instance: Instance,
  showInput: boolean,
  historyEvents?: Record<string, unknown>[],
): StatusPayload {
  return {
    name: instance.name,
    instanceId: instance.id,
    runtimeStatus: instance.status,
    input: showInput ? jsonOrText(instance.input) : null,
    customStatus: jsonOrText(instance.customStatus),
    output: jsonOrText(instance.output),
    createdTime: seconds(instance.createdAt),
    lastUpdatedTime: seconds(instance.updatedAt),
    ...(historyEvents ? { historyEvents } : {}),
  }
}

/**
 * The status of an entity as that of the instance that runs it (the extension's scheduler instance): its state is
 * part of the input. When it was created is not kept, so both times are that of its last operation.
 */
export function entityStatusPayload(entity: Entity, showInput: boolean): StatusPayload {
  const { id, state, lockedBy, updatedAt } = entity
  return {
    name: `@${entityName(id).name}`,
    instanceId: id,
    runtimeStatus: "Running",
    input: showInput ? { exists: state !== null, state } : null,
    customStatus: { entityExists: state !== null, ...(lockedBy === null ? {} : { lockedBy }) },
    output: null,
    createdTime: seconds(updatedAt),
    lastUpdatedTime: seconds(updatedAt),
  }
}

/**
 * The events as the extension lists them: names instead of numbers, a task's result together with its schedule
 * (`ScheduledTime`, `FunctionName`, `Input`), no episode marks, no ids.
 */
export function historyPayload(
  events: readonly HistoryEvent[],
  { showHistoryOutput, showInput }: HistoryOptions,
): Record<string, unknown>[] {
  const scheduled = new Map<number, HistoryEvent>()
  const answered = new Set<number>()
  for (const event of events) {
    if (isTaskStart(event)) scheduled.set(event.EventId, event)
    else if (isTaskEnd(event)) answered.add(event.TaskScheduledId as number)
  }
  const payload: Record<string, unknown>[] = []
  for (const event of events) {
    if (
      event.EventType === EventType.OrchestratorStarted ||
      event.EventType === EventType.OrchestratorCompleted
    )
      continue
    if (isTaskStart(event) && answered.has(event.EventId)) continue
    const { EventType: type, EventId: _id, IsPlayed: _played, Timestamp, ...fields } = event
    const item: Record<string, unknown> = { EventType: eventTypeName(type), ...fields, Timestamp }
    const start = isTaskEnd(event) ? scheduled.get(event.TaskScheduledId as number) : undefined
    delete item.TaskScheduledId
    delete item.Version
    if (start) {
      item.ScheduledTime = start.Timestamp
      item.FunctionName = start.Name
      item.Input = start.Input
    }
    if (event.EventType === EventType.ExecutionStarted) {
      delete item.Name
      item.FunctionName = event.Name
    }
    if (event.EventType === EventType.TimerFired) delete item.TimerId
    if ("Result" in item) {
      if (showHistoryOutput) item.Result = jsonOrText(event.Result ?? null)
      else delete item.Result
    }
    if (!showInput) delete item.Input
    payload.push(item)
  }
  return payload
}

/** Parses JSON text; text that is none stays text. */
export function jsonOrText(text: string | null): unknown {
  if (text === null) return null
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function seconds(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`
}

function isTaskStart(event: HistoryEvent): boolean {
  return (
    event.EventType === EventType.TaskScheduled ||
    event.EventType === EventType.SubOrchestrationInstanceCreated
  )
}

function isTaskEnd(event: HistoryEvent): boolean {
  return (
    event.EventType === EventType.TaskCompleted ||
    event.EventType === EventType.TaskFailed ||
    event.EventType === EventType.SubOrchestrationInstanceCompleted ||
    event.EventType === EventType.SubOrchestrationInstanceFailed
  )
}
