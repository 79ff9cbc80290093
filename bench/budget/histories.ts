import { readdirSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { EventType } from "@eshop/functions-host/durable/protocol/events"
import type { Counts } from "./work.ts"

type HistoryEvent = { readonly EventType: number }

/** The raw history of every instance whose id contains the order's, from the local task hub's file. */
function historyOf(dataDir: string, orderId: string): HistoryEvent[] {
  const hubs = join(dataDir, "functions", "ordering", "durable")
  const file = readdirSync(hubs).find((name) => name.endsWith(".db"))
  if (file === undefined) throw new Error(`there is no task hub in ${hubs}`)
  const hub = new DatabaseSync(join(hubs, file), { timeout: 1_000 })
  try {
    const parts = hub
      .prepare("SELECT events FROM history WHERE instance_id LIKE ? || '%' ORDER BY instance_id, part")
      .all(orderId)
    return parts.flatMap(({ events }) => JSON.parse(`[${events}]`) as HistoryEvent[])
  } finally {
    hub.close()
  }
}

/** What the histories of an order's sagas say of the work: their length, activities, and what is billed as actions. */
export function countHistory(
  dataDir: string,
  orderId: string,
): Pick<Counts, "activities" | "historyEvents" | "durableActions"> {
  const events = historyOf(dataDir, orderId)
  const count = (...types: readonly number[]) =>
    events.filter(({ EventType: type }) => types.includes(type)).length
  const { ExecutionStarted, TaskScheduled, TaskCompleted, TaskFailed, TimerFired, EventRaised } = EventType
  return {
    activities: count(TaskScheduled),
    historyEvents: events.length,
    durableActions: count(
      ExecutionStarted,
      TaskScheduled,
      TaskCompleted,
      TaskFailed,
      TimerFired,
      EventRaised,
    ),
  }
}
