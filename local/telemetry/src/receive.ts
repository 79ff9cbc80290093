import type { IncomingMessage, ServerResponse } from "node:http"
import { promisify } from "node:util"
import { gunzip } from "node:zlib"
import { RefusedError } from "./http.ts"
import { readProtobuf, writeExportResponse, writeStatus } from "./otlp/protobuf.ts"
import { readLogs, readMetrics, readSpans } from "./otlp/read.ts"
import type { TelemetryStore } from "./store/store.ts"

/** What is sent to one path, and how it is taken. */
interface Signal {
  /** The message in the binary encoding. */
  readonly message: string
  /** What the answer calls the number of those that were left out. */
  readonly rejected: string
  /** Keeps what the payload brings. Throws for a payload of another shape. */
  take(payload: object, store: TelemetryStore): { readonly rejected: number; readonly reason: string }
}

const MAX_BODY_BYTES = 16 * 1_048_576
const JSON_TYPE = "application/json"
const PROTOBUF_TYPE = "application/x-protobuf"
/** `INVALID_ARGUMENT` of google.rpc.Code: what is sent again as it is will be refused again. */
const INVALID_ARGUMENT = 3

const signals = new Map<string, Signal>([
  [
    "/v1/traces",
    {
      message: "ExportTraceServiceRequest",
      rejected: "rejectedSpans",
      take(payload, { spans }) {
        const taken = readSpans(payload)
        for (const span of taken.records) spans.add(span)
        return taken
      },
    },
  ],
  [
    "/v1/metrics",
    {
      message: "ExportMetricsServiceRequest",
      rejected: "rejectedDataPoints",
      take(payload, { metrics }) {
        const taken = readMetrics(payload)
        for (const reading of taken.records) metrics.add(reading)
        return taken
      },
    },
  ],
  [
    "/v1/logs",
    {
      message: "ExportLogsServiceRequest",
      rejected: "rejectedLogRecords",
      take(payload, { logs, now }) {
        const taken = readLogs(payload, now())
        for (const record of taken.records) logs.add(record)
        return taken
      },
    },
  ],
])

/**
 * Answers what is sent by OTLP over HTTP (https://opentelemetry.io/docs/specs/otlp/#otlphttp), JSON or binary, and says
 * whether it was that. Throws RefusedError for another method, media type or encoding, for a page of a foreign origin,
 * and for too much; what cannot be read is answered with a status of its own encoding.
 */
export async function answerExport(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  { store, allowedOrigins }: { store: TelemetryStore; allowedOrigins: readonly string[] },
): Promise<boolean> {
  const signal = signals.get(path)
  if (!signal) return false
  admitOrigin(request, response, allowedOrigins)
  if (request.method === "OPTIONS") {
    response.writeHead(204, {
      "access-control-allow-methods": "POST",
      "access-control-allow-headers": "content-type, content-encoding",
      "access-control-max-age": "600",
    })
    response.end()
    return true
  }
  if (request.method !== "POST") throw new RefusedError(405, "Send it by POST.", { allow: "POST, OPTIONS" })
  const type = mediaTypeOf(request)
  const body = await readBody(request)
  let taken: ReturnType<Signal["take"]>
  try {
    taken = signal.take(type === JSON_TYPE ? readJson(body) : readProtobuf(signal.message, body), store)
  } catch (error) {
    const message = `This is no ${signal.message}: ${(error as Error).message}`
    const status = { code: INVALID_ARGUMENT, message }
    send(response, 400, type, type === JSON_TYPE ? status : writeStatus(INVALID_ARGUMENT, message))
    return true
  }
  const { rejected, reason } = taken
  const partial =
    rejected === 0 ? {} : { partialSuccess: { [signal.rejected]: String(rejected), errorMessage: reason } }
  send(response, 200, type, type === JSON_TYPE ? partial : writeExportResponse(rejected, reason))
  return true
}

/** Lets a page of an allowed origin send and read the answer. Programs send no origin. */
function admitOrigin(
  { headers: { origin } }: IncomingMessage,
  response: ServerResponse,
  allowed: readonly string[],
) {
  response.setHeader("vary", "Origin")
  if (origin === undefined) return
  if (!allowed.includes(origin)) throw new RefusedError(403, `Pages of ${origin} may not send telemetry.`)
  response.setHeader("access-control-allow-origin", origin)
}

function mediaTypeOf({ headers }: IncomingMessage): string {
  const type = headers["content-type"]?.split(";", 1)[0]?.trim().toLowerCase()
  if (type === JSON_TYPE || type === PROTOBUF_TYPE) return type
  const given = type === undefined ? "without a media type" : `as ${type}`
  throw new RefusedError(415, `Send it as ${JSON_TYPE} or ${PROTOBUF_TYPE}, not ${given}.`)
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const encoding = request.headers["content-encoding"]?.trim().toLowerCase() ?? "identity"
  if (encoding !== "gzip" && encoding !== "identity") {
    throw new RefusedError(415, `Compress it with gzip or not at all, not with ${encoding}.`)
  }
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length <= MAX_BODY_BYTES) chunks.push(chunk)
  }
  if (length > MAX_BODY_BYTES) throw tooLarge()
  const body = Buffer.concat(chunks)
  if (encoding === "identity") return body
  try {
    return await promisify(gunzip)(body, { maxOutputLength: MAX_BODY_BYTES })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") throw tooLarge()
    throw new RefusedError(400, "This is not gzip.")
  }
}

const tooLarge = () => new RefusedError(413, `Send at most ${MAX_BODY_BYTES} bytes at a time.`)

function readJson(body: Buffer): object {
  const payload: unknown = JSON.parse(body.toString())
  if (typeof payload !== "object" || payload === null || Array.isArray(payload)) {
    throw new TypeError("an object is needed")
  }
  return payload
}

function send(response: ServerResponse, status: number, type: string, body: object | Uint8Array): void {
  response.writeHead(status, { "content-type": type })
  response.end(body instanceof Uint8Array ? body : JSON.stringify(body))
}
