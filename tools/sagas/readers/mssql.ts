// The task hub of the MSSQL provider: dt.Instances, dt.History and dt.Payloads, as its procedure GetInstanceHistory
// reads them (microsoft/durabletask-mssql). Unproven: it was tried on rows that were written after that source, never
// on a real task hub.
import type { SqlServer } from "@eshop/building-blocks/store/sqlserver/pool"
import { sql, text } from "@eshop/building-blocks/store/sqlserver/sql"
import type { HistoryEvent } from "@eshop/functions-host/durable/protocol/events"
import type { OpenInstance, Reading } from "../open-instance.ts"
import { eventOf } from "./rows.ts"

type InstanceRow = { readonly InstanceID: string; readonly Name: string; readonly Version: string | null }
export type HistoryRow = {
  readonly EventType: string
  readonly TaskID: number | null
  readonly Timestamp: Date
  readonly Name: string | null
  readonly VisibleTime: Date | null
  readonly Reason: string | null
  readonly PayloadText: string | null
}

const openInstances = (hub: string) => sql`SELECT InstanceID, Name, Version FROM dt.Instances
WHERE TaskHub = ${text(hub)} AND RuntimeStatus IN ('Pending', 'Running', 'Suspended')
ORDER BY CreatedTime, InstanceID`

const historyOf = (hub: string, instance: string) => sql`SELECT H.EventType, H.TaskID, H.Timestamp, H.Name,
  H.VisibleTime, P.Reason, P.Text AS PayloadText
FROM dt.History H LEFT JOIN dt.Payloads P
  ON P.TaskHub = H.TaskHub AND P.InstanceID = H.InstanceID AND P.PayloadID = H.DataPayloadID
WHERE H.TaskHub = ${text(hub)} AND H.InstanceID = ${text(instance)} AND H.ExecutionID =
  (SELECT ExecutionID FROM dt.Instances WHERE TaskHub = ${text(hub)} AND InstanceID = ${text(instance)})
ORDER BY H.SequenceNumber`

/** Reads a task hub in SQL Server. @param hub its name: the app's name in the connection, or the database user's */
export function readMssql(server: SqlServer, hub: string): Reading {
  return {
    from: `the task hub ${hub} in SQL Server`,
    instances: (async function* () {
      const { rows } = await server.run<InstanceRow>(openInstances(hub))
      for (const row of rows) {
        // Entities are instances as well, and have no code that waits.
        if (row.InstanceID.startsWith("@")) continue
        yield instanceOf(row, (await server.run<HistoryRow>(historyOf(hub, row.InstanceID))).rows)
      }
    })(),
  }
}

/** An instance of its rows. */
export const instanceOf = (instance: InstanceRow, rows: readonly HistoryRow[]): OpenInstance => ({
  id: instance.InstanceID,
  name: instance.Name,
  version: instance.Version || null,
  history: rows.map((row) => toEvent(row, instance.Version || null)),
})

/** The kinds whose TaskID is their own number, and those where it is the number of what they answer. */
const SCHEDULES = new Set(["TaskScheduled", "TimerCreated", "SubOrchestrationInstanceCreated", "EventSent"])
const ANSWERS = new Set([
  "TaskCompleted",
  "TaskFailed",
  "TimerFired",
  "SubOrchestrationInstanceCompleted",
  "SubOrchestrationInstanceFailed",
])
/** The kinds whose payload is their result. */
const RESULTS = new Set(["TaskCompleted", "SubOrchestrationInstanceCompleted", "ExecutionCompleted"])

function toEvent(row: HistoryRow, version: string | null): HistoryEvent {
  const { EventType: type, TaskID: id, PayloadText: payload } = row
  const isFailure = type === "TaskFailed"
  return eventOf({
    type,
    at: row.Timestamp,
    id: SCHEDULES.has(type) ? (id ?? -1) : -1,
    answers: ANSWERS.has(type) ? id : undefined,
    name: row.Name,
    version,
    fireAt: row.VisibleTime,
    input: RESULTS.has(type) || isFailure ? undefined : payload,
    result: RESULTS.has(type) ? payload : undefined,
    reason: row.Reason,
    details: isFailure ? payload : undefined,
  })
}
