/**
 * What is sent, in the members that are read here: OTLP 1.x in the form of its JSON encoding
 * (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding): ids in hexadecimal, 64-bit numbers as texts or
 * numbers. Every member may be missing, as in Protocol Buffers.
 */
export interface AnyValue {
  stringValue?: string
  boolValue?: boolean
  intValue?: Integer
  doubleValue?: number | string
  arrayValue?: { values?: AnyValue[] }
  kvlistValue?: { values?: KeyValue[] }
  bytesValue?: string
}

export interface KeyValue {
  key?: string
  value?: AnyValue
}

/** A 64-bit integer, such as a time in nanoseconds since 1970. */
export type Integer = string | number

export interface ResourcePayload {
  attributes?: KeyValue[]
}

export interface SpanPayload {
  traceId?: string
  spanId?: string
  parentSpanId?: string
  name?: string
  kind?: number
  startTimeUnixNano?: Integer
  endTimeUnixNano?: Integer
  attributes?: KeyValue[]
  events?: { timeUnixNano?: Integer; name?: string; attributes?: KeyValue[] }[]
  links?: { traceId?: string; spanId?: string }[]
  status?: { message?: string; code?: number }
}

export interface LogPayload {
  timeUnixNano?: Integer
  observedTimeUnixNano?: Integer
  severityNumber?: number
  severityText?: string
  body?: AnyValue
  attributes?: KeyValue[]
  traceId?: string
  spanId?: string
  eventName?: string
}

export interface NumberPoint {
  startTimeUnixNano?: Integer
  timeUnixNano?: Integer
  asDouble?: number | string
  asInt?: Integer
  attributes?: KeyValue[]
}

export interface HistogramPoint {
  startTimeUnixNano?: Integer
  timeUnixNano?: Integer
  count?: Integer
  sum?: number | string
  bucketCounts?: Integer[]
  explicitBounds?: (number | string)[]
  attributes?: KeyValue[]
}

/** 1: each point tells what came since the one before; 2: since the start. */
export type Temporality = number

export interface MetricPayload {
  name?: string
  description?: string
  unit?: string
  gauge?: { dataPoints?: NumberPoint[] }
  sum?: { dataPoints?: NumberPoint[]; aggregationTemporality?: Temporality; isMonotonic?: boolean }
  histogram?: { dataPoints?: HistogramPoint[]; aggregationTemporality?: Temporality }
  exponentialHistogram?: { dataPoints?: object[] }
  summary?: { dataPoints?: object[] }
}

export interface TracesPayload {
  resourceSpans?: { resource?: ResourcePayload; scopeSpans?: { spans?: SpanPayload[] }[] }[]
}

export interface LogsPayload {
  resourceLogs?: { resource?: ResourcePayload; scopeLogs?: { logRecords?: LogPayload[] }[] }[]
}

export interface MetricsPayload {
  resourceMetrics?: { resource?: ResourcePayload; scopeMetrics?: { metrics?: MetricPayload[] }[] }[]
}
