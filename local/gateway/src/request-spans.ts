import type { IncomingMessage, ServerResponse } from "node:http"
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api"
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http"
import { resourceFromAttributes } from "@opentelemetry/resources"
import { BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base"
import type { Occasion } from "./problem.ts"

/** What the gateway tells of the requests that it lets through. */
export interface RequestSpans {
  /**
   * Starts the span of a request, which ends with its answer: from here on the request belongs to it.
   * @param route the route's path, with names in place of values
   */
  start(exchange: {
    request: IncomingMessage
    response: ServerResponse
    about: Occasion
    route: string
  }): void
  /** Sends what is left. */
  stop(): Promise<void>
}

const STOP_MS = 2_000

/**
 * A SERVER span for each request, sent by OTLP over HTTP.
 * @param endpoint base URL of the receiver
 */
export function requestSpans(endpoint: string): RequestSpans {
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, "")}/v1/traces` })
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ "service.name": "gateway" }),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  })
  const tracer = provider.getTracer("gateway")
  return {
    start({ request, response, about, route }) {
      const { method = "GET", headers } = request
      const attributes = {
        "http.request.method": method,
        "http.route": route,
        "url.scheme": "http",
      }
      const options = { kind: SpanKind.SERVER, attributes }
      const span = tracer.startSpan(`${method} ${route}`, options, parentOf(headers.traceparent, about))
      about.traceparent = traceparentOfSpan(span.spanContext())
      response.once("close", () => {
        const { statusCode, writableFinished } = response
        if (writableFinished) span.setAttribute("http.response.status_code", statusCode)
        const failure = writableFinished ? statusCode >= 500 && String(statusCode) : "aborted"
        if (failure) {
          span.setAttribute("error.type", failure)
          span.setStatus({ code: SpanStatusCode.ERROR })
        }
        span.end()
      })
    },
    async stop() {
      const late = new Promise<void>((resolve) => setTimeout(resolve, STOP_MS).unref())
      await Promise.race([provider.shutdown().catch(() => {}), late])
    },
  }
}

/** The caller's own trace context; none where the gateway itself has made one up for a caller without. */
function parentOf(received: unknown, { traceparent }: Occasion) {
  if (received !== traceparent) return ROOT_CONTEXT
  const [, traceId = "", spanId = "", flags = "00"] = traceparent.split("-")
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16),
    isRemote: true,
  })
}

const traceparentOfSpan = (of: { traceId: string; spanId: string; traceFlags: number }): string =>
  `00-${of.traceId}-${of.spanId}-${of.traceFlags.toString(16).padStart(2, "0")}`
