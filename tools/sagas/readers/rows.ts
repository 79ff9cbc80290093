import {
  EventType,
  type EventTypeNumber,
  type HistoryEvent,
  historyEvent,
} from "@eshop/functions-host/durable/protocol/events"

/**
 * The number of an event by its name.
 * @throws for a name that DurableTask.Core does not have
 */
export function eventTypeOf(name: string): EventTypeNumber {
  const type = EventType[name as keyof typeof EventType]
  if (type === undefined) throw new Error(`the history has an event '${name}', which is not known here`)
  return type
}

type Text = string | null | undefined

/** An event as every store keeps it, in columns. */
export type Row = {
  readonly type: string
  /** When it was written; UTC. */
  readonly at: Date
  /** Of what schedules something; -1 for the others. */
  readonly id: number
  /** Of what answers: what it answers. */
  readonly answers?: number | null
  readonly name?: Text
  readonly version?: Text
  readonly instanceId?: Text
  readonly fireAt?: Date | null
  /** JSON text. */
  readonly input?: Text
  /** JSON text. */
  readonly result?: Text
  readonly reason?: Text
  readonly details?: Text
}

const isTimer = (type: EventTypeNumber) => type === EventType.TimerFired

/** The event as the durable library reads it. */
export function eventOf(row: Row): HistoryEvent {
  const type = eventTypeOf(row.type)
  const answers = row.answers ?? undefined
  return historyEvent(
    type,
    row.at.toISOString(),
    {
      ...(row.name != null && { Name: row.name }),
      ...(type === EventType.ExecutionStarted && { Version: row.version ?? null }),
      ...(row.instanceId != null && { InstanceId: row.instanceId }),
      ...(row.fireAt && { FireAt: row.fireAt.toISOString() }),
      ...(row.input != null && { Input: row.input }),
      ...(row.result != null && { Result: row.result }),
      ...(type === EventType.TaskFailed && { Reason: row.reason ?? "", Details: row.details ?? "" }),
      ...(answers !== undefined && (isTimer(type) ? { TimerId: answers } : { TaskScheduledId: answers })),
    },
    row.id,
  )
}
