import type { Attributes, LogRecord, Span } from "../otlp/records.ts"
import { identifiersIn } from "../store/identifiers.ts"
import type { TelemetryStore } from "../store/store.ts"
import { type Level, levelOf } from "./logs.ts"
import { summaryOf, type TraceSummary, tracesNaming } from "./traces.ts"

/** Something that happened, from a log record or a span. */
export interface Happening {
  /** Milliseconds since 1970. */
  readonly time: number
  readonly service: string
  readonly from: "log" | "span"
  readonly level: Level
  readonly text: string
  readonly traceId: string | undefined
  readonly spanId: string | undefined
  /** Of the last time. */
  readonly attributes: Attributes
  /** How often it happened, one after the other, and when for the last time. */
  readonly times: number
  readonly until: number
}

/** All that names an id, whatever it is the id of. */
export interface About {
  readonly id: string
  /** What an order with this id is called, where it is one. */
  readonly orderNumber: string | null
  /** By their starts, without those that only read. */
  readonly traces: readonly TraceSummary[]
  /** How many traces only read, such as those of a page that waits for news. */
  readonly reads: number
  /** By their times: what names the id, and what went wrong in the traces that do. */
  readonly happened: readonly Happening[]
  /** How many earlier ones are not listed. */
  readonly omitted: number
}

/** An order of the last hour in one line. */
export interface OrderSummary {
  readonly id: string
  readonly orderNumber: string
  readonly first: number
  readonly last: number
  readonly warnings: number
  readonly errors: number
  readonly latest: Pick<Happening, "service" | "level" | "text">
}

const NAMES_ORDER = /(^|[._])order[._]?id$/i
const MOST_LISTED = 500
const LISTED_ORDERS = 100

/** Reads as `orderNumberOf` of the domain, which is loaded when somebody looks. */
const domainNumbers = () => import("@eshop/domain/ordering/order-number")

const ordersIn = ({ spans, logs }: TelemetryStore): Set<string> =>
  new Set([...spans.identifiersNamed(NAMES_ORDER), ...logs.identifiersNamed(NAMES_ORDER)])

/** The orders that something names by an attribute such as `orderId`; the one heard of last first. */
export async function recentOrders(store: TelemetryStore): Promise<{ orders: OrderSummary[] }> {
  const { orderNumberOf } = await domainNumbers()
  const latest = [...ordersIn(store)].map((id) => ({ id, last: lastNaming(store, id) }))
  latest.sort((a, b) => b.last - a.last)
  const orders = latest.slice(0, LISTED_ORDERS).flatMap(({ id }) => {
    const summary = summaryOfOrder(store, id)
    return summary ? [{ id, orderNumber: orderNumberOf(id), ...summary }] : []
  })
  return { orders: orders.sort((a, b) => b.last - a.last) }
}

/** When something that names the id ended last. */
function lastNaming({ spans, logs }: TelemetryStore, id: string): number {
  let last = 0
  for (const { start, durationMs } of spans.naming(id)) last = Math.max(last, start + durationMs)
  for (const { time } of logs.naming(id)) last = Math.max(last, time)
  return last
}

function summaryOfOrder(
  store: TelemetryStore,
  id: string,
): Omit<OrderSummary, "id" | "orderNumber"> | undefined {
  const happened = happeningsOf(store, id)
  const [first] = happened
  const latest = happened.at(-1)
  if (!first || !latest) return undefined
  const countOf = (level: Level) =>
    happened.reduce((sum, happening) => sum + (happening.level === level ? happening.times : 0), 0)
  const { service, level, text, until } = latest
  return {
    first: first.time,
    last: until,
    warnings: countOf("warn"),
    errors: countOf("error"),
    latest: { service, level, text },
  }
}

/** All about an id. @param text an id, or an order's number as people write it */
export async function readAbout(store: TelemetryStore, text: string): Promise<About> {
  const { orderNumberOf, readOrderNumber } = await domainNumbers()
  const orders = ordersIn(store)
  const number = readOrderNumber(text)
  const id = [...orders].find((order) => number !== undefined && orderNumberOf(order) === number) ?? text
  const happened = happeningsOf(store, id)
  const all = [...tracesNaming(store, id)].map(([traceId, trace]) => summaryOf(traceId, trace))
  const traces = all.filter((trace) => !isRead(trace))
  return {
    id,
    orderNumber: orders.has(id.toLowerCase()) ? orderNumberOf(id) : null,
    traces: traces.sort((a, b) => a.start - b.start),
    reads: all.length - traces.length,
    happened: happened.slice(-MOST_LISTED),
    omitted: Math.max(0, happened.length - MOST_LISTED),
  }
}

function happeningsOf(store: TelemetryStore, id: string): Happening[] {
  const traces = tracesNaming(store, id)
  const reads = new Set([...traces].flatMap(([key, trace]) => (isRead(summaryOf(key, trace)) ? [key] : [])))
  const isTold = ({ traceId }: Span | LogRecord) => traceId === undefined || !reads.has(traceId)
  const faults = [...traces.keys()]
    .flatMap((traceId) => [...store.logs.ofTrace(traceId)])
    .filter((line) => isFault(levelOf(line.severity)) && !namesAnotherOrder(line, id))
  const failed = [...traces.values()].flatMap((trace) =>
    [...trace.values()].filter((span) => span.isError && !namesAnotherOrder(span, id)),
  )
  const lines = new Set([...[...store.logs.naming(id)].filter(isTold), ...faults])
  // A span that a log line tells of as well would be told twice.
  const told = new Set([...lines].map(({ spanId }) => spanId))
  const spans = new Set([...[...store.spans.naming(id)].filter(isTold), ...failed])
  const untold = [...spans].filter(({ spanId }) => !told.has(spanId))
  const all = [...[...lines].map(fromLog), ...untold.map(fromSpan)]
  return withoutRepetition(all.sort((a, b) => a.time - b.time))
}

/** Who asks for an order again and again does not move it: of reads only faults are worth telling. */
const isRead = ({ name }: TraceSummary) => /^(GET|HEAD) /.test(name)

const isFault = (level: Level) => level === "warn" || level === "error"

/** In a trace that is about several orders, such as a timer's, what went wrong with another one is not this one's. */
function namesAnotherOrder(record: Span | LogRecord, id: string): boolean {
  const text = "text" in record ? record.text : record.message
  return [...identifiersIn([text], record.attributes)].some(
    ([other, names]) => other !== id.toLowerCase() && names.some((name) => NAMES_ORDER.test(name)),
  )
}

function fromLog({ time, resource, severity, text, traceId, spanId, attributes }: LogRecord): Happening {
  const about = { service: resource.service, from: "log", level: levelOf(severity), text } as const
  return { time, until: time, times: 1, ...about, traceId, spanId, attributes }
}

/** A span is told of when it ended: only then is it known how. */
function fromSpan({ start, durationMs, resource, isError, name, message, ...span }: Span): Happening {
  const time = start + durationMs
  const reason = message || (isError ? span.attributes["error.type"] : undefined)
  const text = reason ? `${name}: ${reason}` : name
  const about = { service: resource.service, from: "span", level: isError ? "error" : "info", text } as const
  const { traceId, spanId, attributes } = span
  return { time, until: time, times: 1, ...about, traceId, spanId, attributes }
}

/** Counts what happens again and again, as a step that is tried until it works. */
function withoutRepetition(happened: readonly Happening[]): Happening[] {
  const told: Happening[] = []
  for (const next of happened) {
    const last = told.at(-1)
    const isSame = last?.text === next.text && last.service === next.service && last.level === next.level
    if (last && isSame) told[told.length - 1] = { ...next, time: last.time, times: last.times + 1 }
    else told.push(next)
  }
  return told
}
