import type {
  AnyValue,
  HistogramPoint,
  Integer,
  KeyValue,
  LogPayload,
  LogsPayload,
  MetricPayload,
  MetricsPayload,
  NumberPoint,
  ResourcePayload,
  SpanPayload,
  TracesPayload,
} from "./payload.ts"
import type { Attributes, JsonValue, LogRecord, Reading, Resource, Span, SpanKind } from "./records.ts"

/** What a request brought, and what of it was left out, with the reason. */
export interface Taken<T> {
  readonly records: readonly T[]
  readonly rejected: number
  readonly reason: string
}

const TRACE_ID = /^(?!0{32})[0-9a-f]{32}$/i
const SPAN_ID = /^(?!0{16})[0-9a-f]{16}$/i
const NANOSECONDS_PER_MILLISECOND = 1e6
const spanKinds: readonly SpanKind[] = ["internal", "internal", "server", "client", "producer", "consumer"]
/** What a sender that names no service is called, by OpenTelemetry's conventions. */
const UNNAMED = "unknown_service"

/** 0 for what is no number. */
const numberOf = (value: Integer | undefined): number => {
  const number = Number(value ?? 0)
  return Number.isFinite(number) ? number : 0
}

/** Milliseconds since 1970, to about a microsecond. */
const millisecondsOf = (time: Integer | undefined): number => numberOf(time) / NANOSECONDS_PER_MILLISECOND

const listOf = <T>(value: readonly T[] | undefined): readonly T[] => (Array.isArray(value) ? value : [])

function jsonOf(value: AnyValue | undefined): JsonValue {
  if (typeof value !== "object" || value === null) return null
  if (value.stringValue !== undefined) return String(value.stringValue)
  if (value.boolValue !== undefined) return value.boolValue === true
  if (value.intValue !== undefined) return Number(value.intValue)
  if (value.doubleValue !== undefined) return Number(value.doubleValue)
  if (value.arrayValue !== undefined) return listOf(value.arrayValue.values).map(jsonOf)
  if (value.kvlistValue !== undefined) return attributesOf(value.kvlistValue.values)
  return value.bytesValue === undefined ? null : String(value.bytesValue)
}

function attributesOf(list: KeyValue[] | undefined): Attributes {
  // A key of a sender must not become a prototype.
  return Object.fromEntries(listOf(list).map(({ key, value }) => [String(key ?? ""), jsonOf(value)]))
}

function resourceOf(payload: ResourcePayload | undefined): Resource {
  const attributes = attributesOf(payload?.attributes)
  const text = (name: string) => (typeof attributes[name] === "string" ? attributes[name] : undefined)
  return { service: text("service.name") ?? UNNAMED, instance: text("service.instance.id") ?? "", attributes }
}

/** Reads spans. Those without a valid trace id and span id are rejected: nothing could show them. */
export function readSpans(payload: TracesPayload): Taken<Span> {
  const records: Span[] = []
  let rejected = 0
  for (const { resource: payloadResource, scopeSpans } of listOf(payload.resourceSpans)) {
    const resource = resourceOf(payloadResource)
    for (const sent of listOf(scopeSpans).flatMap(({ spans }) => listOf(spans))) {
      const span = spanOf(sent, resource)
      if (span) records.push(span)
      else rejected++
    }
  }
  return { records, rejected, reason: "spans need a trace id of 32 and a span id of 16 hexadecimal digits" }
}

function spanOf(sent: SpanPayload, resource: Resource): Span | undefined {
  const { traceId = "", spanId = "", parentSpanId = "", status } = sent
  if (!TRACE_ID.test(traceId) || !SPAN_ID.test(spanId)) return undefined
  const start = millisecondsOf(sent.startTimeUnixNano)
  return {
    traceId: traceId.toLowerCase(),
    spanId: spanId.toLowerCase(),
    parentId: SPAN_ID.test(parentSpanId) ? parentSpanId.toLowerCase() : undefined,
    name: String(sent.name ?? ""),
    kind: spanKinds[numberOf(sent.kind)] ?? "internal",
    resource,
    start,
    durationMs: Math.max(0, millisecondsOf(sent.endTimeUnixNano) - start),
    isError: status?.code === 2,
    message: String(status?.message ?? ""),
    attributes: attributesOf(sent.attributes),
    events: listOf(sent.events).map(({ timeUnixNano, name, attributes }) => ({
      time: millisecondsOf(timeUnixNano),
      name: String(name ?? ""),
      attributes: attributesOf(attributes),
    })),
    links: listOf(sent.links)
      .filter((link) => TRACE_ID.test(link.traceId ?? ""))
      .map((link) => ({ traceId: String(link.traceId).toLowerCase(), spanId: String(link.spanId ?? "") })),
  }
}

/** Reads log records. @param now milliseconds since 1970, for those that carry no time */
export function readLogs(payload: LogsPayload, now: number): Taken<LogRecord> {
  const records = listOf(payload.resourceLogs).flatMap(({ resource: payloadResource, scopeLogs }) => {
    const resource = resourceOf(payloadResource)
    return listOf(scopeLogs)
      .flatMap(({ logRecords }) => listOf(logRecords))
      .map((sent) => logOf(sent, resource, now))
  })
  return { records, rejected: 0, reason: "" }
}

function logOf(sent: LogPayload, resource: Resource, now: number): LogRecord {
  const { traceId = "", spanId = "" } = sent
  const body = jsonOf(sent.body)
  return {
    time: millisecondsOf(sent.timeUnixNano) || millisecondsOf(sent.observedTimeUnixNano) || now,
    severity: numberOf(sent.severityNumber),
    text:
      typeof body === "string" ? body : body === null ? String(sent.eventName ?? "") : JSON.stringify(body),
    resource,
    attributes: attributesOf(sent.attributes),
    traceId: TRACE_ID.test(traceId) ? traceId.toLowerCase() : undefined,
    spanId: SPAN_ID.test(spanId) ? spanId.toLowerCase() : undefined,
  }
}

/** Reads metrics. Exponential histograms and summaries are rejected: none of the shop's parts sends them. */
export function readMetrics(payload: MetricsPayload): Taken<Reading> {
  const records: Reading[] = []
  let rejected = 0
  for (const { resource: payloadResource, scopeMetrics } of listOf(payload.resourceMetrics)) {
    const resource = resourceOf(payloadResource)
    for (const metric of listOf(scopeMetrics).flatMap(({ metrics }) => listOf(metrics))) {
      const { exponentialHistogram, summary } = metric
      rejected += listOf(exponentialHistogram?.dataPoints).length + listOf(summary?.dataPoints).length
      records.push(...readingsOf(metric, resource))
    }
  }
  return { records, rejected, reason: "exponential histograms and summaries are not kept" }
}

function readingsOf(metric: MetricPayload, resource: Resource): Reading[] {
  const { name, description, unit, gauge, sum, histogram } = metric
  const about = { name: String(name ?? ""), description: String(description ?? ""), unit: String(unit ?? "") }
  const common = (point: NumberPoint | HistogramPoint) => ({
    ...about,
    resource,
    attributes: attributesOf(point.attributes),
    start: millisecondsOf(point.startTimeUnixNano),
    time: millisecondsOf(point.timeUnixNano),
  })
  const valueOfPoint = ({ asDouble, asInt }: NumberPoint) => numberOf(asDouble ?? asInt)
  const isDelta = (sum ?? histogram)?.aggregationTemporality === 1
  return [
    ...listOf(gauge?.dataPoints).map(
      (point) => ({ ...common(point), kind: "gauge", isDelta: false, value: valueOfPoint(point) }) as const,
    ),
    ...listOf(sum?.dataPoints).map((point) => {
      // A sum that may fall is read like a gauge: what it stands at.
      const kind = sum?.isMonotonic === true ? ("counter" as const) : ("gauge" as const)
      return { ...common(point), kind, isDelta, value: valueOfPoint(point) }
    }),
    ...listOf(histogram?.dataPoints).map(
      (point) =>
        ({
          ...common(point),
          kind: "histogram",
          isDelta,
          count: numberOf(point.count),
          sum: numberOf(point.sum),
          buckets: listOf(point.bucketCounts).map(numberOf),
          bounds: listOf(point.explicitBounds).map(numberOf),
        }) as const,
    ),
  ]
}
