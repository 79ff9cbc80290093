// The HTTP API of the Durable extension folds rows away: a step and its answer are one row, and no row has the number
// that the library counts. The history is put together again as well as that goes, so only the order of the steps is
// compared.
import { EventType, type HistoryEvent, historyEvent } from "@eshop/functions-host/durable/protocol/events"
import type { OpenInstance, Reading } from "../open-instance.ts"
import { eventTypeOf } from "./rows.ts"

type Status = { readonly instanceId: string; readonly name: string; readonly input: unknown }
/** A row of `historyEvents`. */
export type FoldedRow = {
  readonly EventType: string
  readonly Timestamp: string
  readonly ScheduledTime?: string
  readonly FunctionName?: string
  readonly Name?: string
  readonly FireAt?: string
  readonly Result?: unknown
  readonly Input?: unknown
  readonly Reason?: string
  readonly Details?: string
}

const OPEN = "Pending,Running,Suspended"

/**
 * Reads a task hub over the HTTP API of a running app.
 * @param base where the app is, with or without the path of the API
 * @param key the system key `durabletask_extension`, where the host wants one
 */
export function readHttpApi(base: string, key: string | undefined): Reading {
  const at = (path: string, query: Record<string, string>) => {
    const url = new URL(`runtime/webhooks/durabletask/${path}`, base.endsWith("/") ? base : `${base}/`)
    for (const [name, value] of Object.entries({ ...query, ...(key && { code: key }) }))
      url.searchParams.set(name, value)
    return url
  }
  return {
    from: `the app at ${base}`,
    reservation: "! read over HTTP: rows are folded away there, so only the order of the steps was compared",
    instances: (async function* () {
      for (let token: string | undefined, first = true; first || token; first = false) {
        const list = await get(at("instances", { runtimeStatus: OPEN, top: "100", showInput: "true" }), token)
        token = list.headers.get("x-ms-continuation-token") ?? undefined
        for (const { instanceId } of (await list.json()) as Status[]) {
          if (instanceId.startsWith("@")) continue
          const query = { showHistory: "true", showHistoryOutput: "true", showInput: "true" }
          const answer = await get(at(`instances/${encodeURIComponent(instanceId)}`, query))
          yield unfolded((await answer.json()) as Status & { historyEvents?: FoldedRow[] })
        }
      }
    })(),
  }
}

async function get(url: URL, token?: string): Promise<Response> {
  const answer = await fetch(url, { headers: token ? { "x-ms-continuation-token": token } : {} })
  if (!answer.ok) throw new Error(`${url.pathname} was answered with ${answer.status}`)
  return answer
}

const json = (value: unknown): string => JSON.stringify(value ?? null)
const isAnswer = ({ EventType: type }: FoldedRow) => type === "TaskCompleted" || type === "TaskFailed"

/**
 * The history as it must have been. A step stands where it has answered: it was scheduled before the first row that is
 * later than its ScheduledTime, and what is scheduled is numbered in that order.
 */
export function unfolded(status: Status & { readonly historyEvents?: readonly FoldedRow[] }): OpenInstance {
  const { instanceId: id, name, input, historyEvents: rows = [] } = status
  const history: HistoryEvent[] = []
  const folded = rows.filter(isAnswer).sort((a, b) => startOf(a) - startOf(b))
  const numbers = new Map<FoldedRow, number>()
  let scheduled = 0
  const schedule = (type: "TaskScheduled" | "TimerCreated", row: FoldedRow) => {
    const fields = { Name: row.FunctionName ?? row.Name ?? "", ...(row.FireAt && { FireAt: row.FireAt }) }
    numbers.set(row, scheduled)
    history.push(historyEvent(eventTypeOf(type), row.ScheduledTime ?? row.Timestamp, fields, scheduled++))
  }
  const scheduleBefore = (row: FoldedRow) => {
    while (folded[0] && (startOf(folded[0]) < Date.parse(row.Timestamp) || folded.includes(row)))
      schedule("TaskScheduled", folded.shift() as FoldedRow)
  }
  for (const row of rows) {
    scheduleBefore(row)
    if (row.EventType === "TimerCreated" || row.EventType === "TaskScheduled") schedule(row.EventType, row)
    else {
      const answered = row.EventType === "TimerFired" ? timerOf(row, numbers) : row
      const event = arrivalOf(row, input, answered && numbers.get(answered))
      if (event) history.push(historyEvent(EventType.OrchestratorStarted, row.Timestamp), event)
    }
  }
  return { id, name, version: null, history }
}

const startOf = ({ ScheduledTime, Timestamp }: FoldedRow): number => Date.parse(ScheduledTime ?? Timestamp)

/** The timer that fired: rows have no numbers, but they have its time. Of two, one was left and the newer one waits. */
const timerOf = (fired: FoldedRow, numbers: ReadonlyMap<FoldedRow, number>): FoldedRow | undefined =>
  [...numbers.keys()].findLast((row) => row.EventType === "TimerCreated" && row.FireAt === fired.FireAt)

/** What came from outside, or answered what has this number; undefined for what the library does not look at. */
function arrivalOf(row: FoldedRow, input: unknown, number = -1): HistoryEvent | undefined {
  const made = (fields: object) => historyEvent(eventTypeOf(row.EventType), row.Timestamp, fields)
  switch (row.EventType) {
    case "ExecutionStarted":
      return made({ Name: row.FunctionName ?? "", Version: null, Input: json(input) })
    case "TaskCompleted":
      return made({ TaskScheduledId: number, Result: json(row.Result) })
    case "TaskFailed":
      return made({ TaskScheduledId: number, Reason: row.Reason ?? "", Details: row.Details ?? "" })
    case "TimerFired":
      return made({ TimerId: number, FireAt: row.FireAt ?? row.Timestamp })
    case "EventRaised":
      return made({
        Name: row.Name ?? "",
        Input: typeof row.Input === "string" ? row.Input : json(row.Input),
      })
    default:
      return undefined
  }
}
