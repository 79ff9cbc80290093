import type { LogLine } from "../store/logs.ts"
import type { TelemetryStore } from "../store/store.ts"
import { readNumber, readText, readWord } from "./query.ts"

/** A log record as the page shows it. */
export interface LogView extends Omit<LogLine, "resource"> {
  readonly service: string
  readonly level: Level
}

export type Level = (typeof levels)[number]

export interface LogList {
  /** The newest last, by their times. */
  readonly logs: readonly LogView[]
  /** How many there are, with those that are not listed. */
  readonly matching: number
  /** What to ask for with `after` to get what comes next. */
  readonly last: number
}

const levels = ["debug", "info", "warn", "error"] as const
/** OpenTelemetry's severity from which on a level is meant. */
const leastSeverity: Record<Level, number> = { debug: 0, info: 9, warn: 13, error: 17 }
const LISTED = 200
const MOST_LISTED = 2_000

/** The level of a severity; a sender that says none means information. */
export function levelOf(severity: number): Level {
  if (severity === 0) return "info"
  return levels.findLast((level) => severity >= leastSeverity[level]) ?? "debug"
}

export function logViewOf({ resource, ...line }: LogLine): LogView {
  return { ...line, service: resource.service, level: levelOf(line.severity) }
}

/**
 * Finds log records.
 * @param query `trace` and `span`: of these; `text`: in the text or in an attribute; `service`; `level`: this one and
 * graver ones; `about`: naming this id; `kind=request`: without what timers do, unless it went wrong; `after`: only what has come after that number; `limit`
 */
export function findLogs({ logs }: TelemetryStore, query: URLSearchParams): LogList {
  const after = readNumber(query, "after", 0)
  const limit = readNumber(query, "limit", LISTED, MOST_LISTED)
  const isWanted = filterOf(query)
  const found: LogLine[] = []
  let matching = 0
  for (const line of candidates(logs, query)) {
    if (line.number <= after) break
    if (!isWanted(line)) continue
    matching++
    if (found.length < limit) found.push(line)
  }
  found.sort((a, b) => a.time - b.time || a.number - b.number)
  return { logs: found.map(logViewOf), matching, last: logs.last }
}

/** The newest first. */
function candidates(logs: TelemetryStore["logs"], query: URLSearchParams): Iterable<LogLine> {
  const trace = readText(query, "trace").toLowerCase()
  const about = readText(query, "about")
  if (trace !== "") return [...logs.ofTrace(trace)].reverse()
  if (about !== "") return [...logs.naming(about)].reverse()
  return logs.newestFirst()
}

function filterOf(query: URLSearchParams): (line: LogLine) => boolean {
  const span = readText(query, "span").toLowerCase()
  const service = readText(query, "service")
  const text = readText(query, "text").toLowerCase()
  const least = leastSeverity[readWord(query, "level", levels, "debug")]
  const about = readText(query, "about").toLowerCase()
  const onlyRequests = query.get("kind") === "request"
  return (line) =>
    (line.severity || leastSeverity.info) >= least &&
    (!onlyRequests || line.attributes.trigger !== "timer" || line.severity >= leastSeverity.warn) &&
    (span === "" || line.spanId === span) &&
    (service === "" || line.resource.service === service) &&
    (about === "" || holds(line, about)) &&
    (text === "" || holds(line, text))
}

/** @param text in lower case */
function holds(line: LogLine, text: string): boolean {
  if (line.text.toLowerCase().includes(text)) return true
  return Object.entries(line.attributes).some(
    ([name, value]) =>
      name.toLowerCase() === text ||
      (typeof value === "string" ? value : JSON.stringify(value)).toLowerCase().includes(text),
  )
}
