import type { LogRecord, Span } from "../otlp/records.ts"
import type { Trace } from "../store/spans.ts"
import type { TelemetryStore } from "../store/store.ts"
import { type LogView, logViewOf } from "./logs.ts"
import { readNumber, readText } from "./query.ts"

/** A trace in one line. */
export interface TraceSummary {
  readonly traceId: string
  /** Name, kind and service of its first span: the root, or the earliest one that is here. */
  readonly name: string
  readonly kind: Span["kind"]
  readonly service: string
  /** Milliseconds since 1970. */
  readonly start: number
  readonly durationMs: number
  readonly spans: number
  readonly errors: number
  /** All that took part, by name. */
  readonly services: readonly string[]
}

/** A span in the tree of its trace. */
export interface SpanView extends Omit<Span, "traceId" | "resource"> {
  readonly service: string
  readonly resource: Span["resource"]["attributes"]
  /** How many spans of the trace lie above it. */
  readonly depth: number
  /** Whether it names a parent that is not here. */
  readonly isOrphan: boolean
}

export interface TraceView extends TraceSummary {
  /** Parents before their children, siblings by their starts. */
  readonly tree: readonly SpanView[]
  /** By their times. */
  readonly logs: readonly LogView[]
}

export interface TraceList {
  /** The newest first. */
  readonly traces: readonly TraceSummary[]
  /** How many there are, with those that are not listed. */
  readonly matching: number
}

const LISTED = 100
const MOST_LISTED = 1_000

const byStart = (a: Span, b: Span) => a.start - b.start

/** @param trace with a span at least */
export function summaryOf(traceId: string, trace: Trace): TraceSummary {
  const spans = [...trace.values()]
  const tops = spans.filter(({ parentId }) => parentId === undefined || !trace.has(parentId))
  const [top] = (tops.length > 0 ? tops : spans).sort(byStart) as [Span]
  const start = spans.reduce((least, span) => Math.min(least, span.start), top.start)
  const end = spans.reduce((most, span) => Math.max(most, span.start + span.durationMs), start)
  return {
    traceId,
    name: top.name,
    kind: top.kind,
    service: top.resource.service,
    start,
    durationMs: end - start,
    spans: spans.length,
    errors: spans.filter(({ isError }) => isError).length,
    services: [...new Set(spans.map(({ resource }) => resource.service))].sort(),
  }
}

/**
 * Finds traces.
 * @param query `service`: one that took part; `name`: a part of a span's name; `errors=true`: with a failed span;
 * `minMs`: lasting at least so long; `about`: with a span or a log record that names this id; `kind=request`: only those
 * that begin with a request or a message, not those of timers; `limit`
 */
export function findTraces({ spans, logs }: TelemetryStore, query: URLSearchParams): TraceList {
  const service = readText(query, "service")
  const name = readText(query, "name").toLowerCase()
  const about = readText(query, "about")
  const minMs = readNumber(query, "minMs", 0)
  const limit = readNumber(query, "limit", LISTED, MOST_LISTED)
  const onlyErrors = query.get("errors") === "true"
  const onlyRequests = query.get("kind") === "request"
  const candidates = about === "" ? spans.traces() : tracesNaming({ spans, logs }, about)

  const found: TraceSummary[] = []
  for (const [traceId, trace] of candidates) {
    if (name !== "" && ![...trace.values()].some((span) => span.name.toLowerCase().includes(name))) continue
    const summary = summaryOf(traceId, trace)
    const isWanted =
      summary.durationMs >= minMs &&
      (!onlyErrors || summary.errors > 0) &&
      (!onlyRequests || summary.kind !== "internal") &&
      (service === "" || summary.services.includes(service))
    if (isWanted) found.push(summary)
  }
  found.sort((a, b) => b.start - a.start)
  return { traces: found.slice(0, limit), matching: found.length }
}

/** The traces of which a span or a log record names the identifier. */
export function tracesNaming(
  { spans, logs }: Pick<TelemetryStore, "spans" | "logs">,
  identifier: string,
): Map<string, Trace> {
  const found = new Map<string, Trace>()
  const records: Iterable<Span | LogRecord>[] = [spans.naming(identifier), logs.naming(identifier)]
  for (const { traceId } of records.flatMap((some) => [...some])) {
    const trace = traceId === undefined ? undefined : spans.trace(traceId)
    if (traceId !== undefined && trace) found.set(traceId, trace)
  }
  return found
}

/** One trace with its log records; undefined when neither is here. */
export function readTrace({ spans, logs }: TelemetryStore, traceId: string): TraceView | undefined {
  const trace = spans.trace(traceId)
  const lines = [...logs.ofTrace(traceId)].sort((a, b) => a.time - b.time).map(logViewOf)
  if (trace) return { ...summaryOf(traceId, trace), tree: treeOf(trace), logs: lines }
  const [first] = lines
  if (!first) return undefined
  const none = { durationMs: 0, spans: 0, errors: 0, tree: [] }
  const { service, time: start, text: name } = first
  return { traceId, name, kind: "internal", service, start, services: [service], ...none, logs: lines }
}

/** Puts the spans in the order of a tree; those that are each other's parents, which no sender should send, come last. */
function treeOf(trace: Trace): SpanView[] {
  const childrenOf = Map.groupBy([...trace.values()].sort(byStart), ({ parentId }) =>
    parentId !== undefined && trace.has(parentId) ? parentId : undefined,
  )
  const placed = new Set<Span>()
  const tree: SpanView[] = []
  const open = (childrenOf.get(undefined) ?? []).map((span) => ({ span, depth: 0 })).reverse()
  for (let next = open.pop(); next; next = open.pop()) {
    const { span, depth } = next
    placed.add(span)
    tree.push(viewOf(span, depth, trace))
    for (const child of (childrenOf.get(span.spanId) ?? []).toReversed())
      open.push({ span: child, depth: depth + 1 })
  }
  const rest = [...trace.values()].filter((span) => !placed.has(span))
  return [...tree, ...rest.map((span) => viewOf(span, 0, trace))]
}

function viewOf({ traceId: _, resource, ...span }: Span, depth: number, trace: Trace): SpanView {
  const isOrphan = span.parentId !== undefined && !trace.has(span.parentId)
  return { ...span, service: resource.service, resource: resource.attributes, depth, isOrphan }
}
