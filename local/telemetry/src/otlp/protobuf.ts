import { PbfReader, PbfWriter } from "pbf"

type Scalar = "string" | "bool" | "int" | "double" | "fixed64" | "sfixed64" | "hex" | "base64"
/** The fields of a message by their numbers: name in the JSON encoding, and type; `[]` for those that repeat. */
type Fields = Readonly<Record<number, readonly [name: string, type: string]>>

/** The messages of https://github.com/open-telemetry/opentelemetry-proto (v1), with the fields that are read here. */
const messages: Readonly<Record<string, Fields>> = {
  ExportTraceServiceRequest: { 1: ["resourceSpans", "ResourceSpans[]"] },
  ResourceSpans: { 1: ["resource", "Resource"], 2: ["scopeSpans", "ScopeSpans[]"] },
  ScopeSpans: { 2: ["spans", "Span[]"] },
  Span: {
    1: ["traceId", "hex"],
    2: ["spanId", "hex"],
    4: ["parentSpanId", "hex"],
    5: ["name", "string"],
    6: ["kind", "int"],
    7: ["startTimeUnixNano", "fixed64"],
    8: ["endTimeUnixNano", "fixed64"],
    9: ["attributes", "KeyValue[]"],
    11: ["events", "Event[]"],
    13: ["links", "Link[]"],
    15: ["status", "Status"],
  },
  Event: { 1: ["timeUnixNano", "fixed64"], 2: ["name", "string"], 3: ["attributes", "KeyValue[]"] },
  Link: { 1: ["traceId", "hex"], 2: ["spanId", "hex"] },
  Status: { 2: ["message", "string"], 3: ["code", "int"] },
  ExportLogsServiceRequest: { 1: ["resourceLogs", "ResourceLogs[]"] },
  ResourceLogs: { 1: ["resource", "Resource"], 2: ["scopeLogs", "ScopeLogs[]"] },
  ScopeLogs: { 2: ["logRecords", "LogRecord[]"] },
  LogRecord: {
    1: ["timeUnixNano", "fixed64"],
    2: ["severityNumber", "int"],
    3: ["severityText", "string"],
    5: ["body", "AnyValue"],
    6: ["attributes", "KeyValue[]"],
    9: ["traceId", "hex"],
    10: ["spanId", "hex"],
    11: ["observedTimeUnixNano", "fixed64"],
    12: ["eventName", "string"],
  },
  ExportMetricsServiceRequest: { 1: ["resourceMetrics", "ResourceMetrics[]"] },
  ResourceMetrics: { 1: ["resource", "Resource"], 2: ["scopeMetrics", "ScopeMetrics[]"] },
  ScopeMetrics: { 2: ["metrics", "Metric[]"] },
  Metric: {
    1: ["name", "string"],
    2: ["description", "string"],
    3: ["unit", "string"],
    5: ["gauge", "Gauge"],
    7: ["sum", "Sum"],
    9: ["histogram", "Histogram"],
    10: ["exponentialHistogram", "Unread"],
    11: ["summary", "Unread"],
  },
  Gauge: { 1: ["dataPoints", "NumberDataPoint[]"] },
  Sum: {
    1: ["dataPoints", "NumberDataPoint[]"],
    2: ["aggregationTemporality", "int"],
    3: ["isMonotonic", "bool"],
  },
  Histogram: { 1: ["dataPoints", "HistogramDataPoint[]"], 2: ["aggregationTemporality", "int"] },
  NumberDataPoint: {
    2: ["startTimeUnixNano", "fixed64"],
    3: ["timeUnixNano", "fixed64"],
    4: ["asDouble", "double"],
    6: ["asInt", "sfixed64"],
    7: ["attributes", "KeyValue[]"],
  },
  HistogramDataPoint: {
    2: ["startTimeUnixNano", "fixed64"],
    3: ["timeUnixNano", "fixed64"],
    4: ["count", "fixed64"],
    5: ["sum", "double"],
    6: ["bucketCounts", "fixed64[]"],
    7: ["explicitBounds", "double[]"],
    9: ["attributes", "KeyValue[]"],
  },
  Unread: { 1: ["dataPoints", "Nothing[]"] },
  Nothing: {},
  Resource: { 1: ["attributes", "KeyValue[]"] },
  KeyValue: { 1: ["key", "string"], 2: ["value", "AnyValue"] },
  AnyValue: {
    1: ["stringValue", "string"],
    2: ["boolValue", "bool"],
    3: ["intValue", "int"],
    4: ["doubleValue", "double"],
    5: ["arrayValue", "ArrayValue"],
    6: ["kvlistValue", "KeyValueList"],
    7: ["bytesValue", "base64"],
  },
  ArrayValue: { 1: ["values", "AnyValue[]"] },
  KeyValueList: { 1: ["values", "KeyValue[]"] },
}

const scalars: Readonly<Record<Scalar, (reader: PbfReader) => unknown>> = {
  string: (reader) => reader.readString(),
  bool: (reader) => reader.readBoolean(),
  int: (reader) => reader.readVarint(true),
  double: (reader) => reader.readDouble(),
  fixed64: (reader) => reader.readFixed64(),
  sfixed64: (reader) => reader.readSFixed64(),
  hex: (reader) => Buffer.from(reader.readBytes()).toString("hex"),
  base64: (reader) => Buffer.from(reader.readBytes()).toString("base64"),
}

const isScalar = (type: string): type is Scalar => type in scalars

/** Numbers of a repeated field lie together behind one length, or each for itself: both are allowed. */
function readNumbers(reader: PbfReader, type: Scalar, into: unknown[]): void {
  const end = reader.readPackedEnd()
  while (reader.pos < end) into.push(scalars[type](reader))
}

function readMessage(fields: Fields, reader: PbfReader, end: number): object {
  const message: Record<string, unknown> = {}
  reader.readFields(
    (number) => {
      const [name, typeName] = fields[number] ?? []
      if (name === undefined || typeName === undefined) return
      const isRepeated = typeName.endsWith("[]")
      const type = isRepeated ? typeName.slice(0, -2) : typeName
      const values = isRepeated ? (message[name] as unknown[] | undefined) : undefined
      const list = values ?? []
      if (isRepeated) message[name] = list
      if (isScalar(type) && isRepeated) return readNumbers(reader, type, list)
      const value = isScalar(type)
        ? scalars[type](reader)
        : readMessage(messages[type] as Fields, reader, reader.readVarint() + reader.pos)
      if (isRepeated) list.push(value)
      else message[name] = value
    },
    message,
    end,
  )
  return message
}

/**
 * Reads a request in the binary encoding into the shape of the JSON encoding.
 * @param type a message of the table, such as `ExportLogsServiceRequest`
 * Throws for what is no such message.
 */
export function readProtobuf(type: string, body: Uint8Array): object {
  const reader = new PbfReader(body)
  const message = readMessage(messages[type] as Fields, reader, body.length)
  if (reader.pos !== body.length) throw new RangeError("the message ends too early")
  return message
}

/** The answer to an export that was taken: `partial_success` is there only when something was left out. */
export function writeExportResponse(rejected: number, errorMessage: string): Uint8Array {
  const writer = new PbfWriter()
  if (rejected === 0) return writer.finish()
  writer.writeMessage(
    1,
    (_, partial: PbfWriter) => {
      partial.writeVarintField(1, rejected)
      partial.writeStringField(2, errorMessage)
    },
    undefined,
  )
  return writer.finish()
}

/** A `google.rpc.Status`, as which errors are answered. */
export function writeStatus(code: number, message: string): Uint8Array {
  const writer = new PbfWriter()
  writer.writeVarintField(1, code)
  writer.writeStringField(2, message)
  return writer.finish()
}
