import type { InvocationContext } from "@azure/functions"
import { type Attributes, context, type Span, type SpanKind, SpanStatusCode, trace } from "@opentelemetry/api"
import { within } from "./ambient.ts"
import { childOf, spanContextOf } from "./traceparent.ts"

/** The span that a piece of work runs under. */
export type RunningSpan = {
  /** The trace context that goes out from within the work. */
  readonly traceparent: string
  set(attributes: Attributes): void
  fail(message: string): void
}

/** The trace context to send on: the span's own where an SDK made one, a new child of what came in otherwise. */
function traceparentFor(span: Span, incoming: string): string {
  const { traceId, spanId, traceFlags } = span.spanContext()
  if (spanId === spanContextOf(incoming).spanId || !trace.isSpanContextValid(span.spanContext()))
    return childOf(incoming)
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, "0")}`
}

/**
 * Runs the work under a span of its own, whose parent is the trace context that came in; all that the work awaits finds
 * its surroundings. Without an OpenTelemetry SDK it costs nothing. The span ends with the work.
 */
export async function inSpan<T>(
  about: {
    readonly name: string
    readonly kind: SpanKind
    /** Of what came in. */
    readonly traceparent: string
    readonly invocation?: InvocationContext
  },
  work: (span: RunningSpan) => Promise<T>,
): Promise<T> {
  const { name, kind, invocation } = about
  const remote = { ...spanContextOf(about.traceparent), isRemote: true }
  const parent = trace.setSpanContext(context.active(), remote)
  const span = trace.getTracer("eshop").startSpan(name, { kind }, parent)
  const traceparent = traceparentFor(span, about.traceparent)
  const running: RunningSpan = {
    traceparent,
    set: (attributes) => void span.setAttributes(attributes),
    fail: (message) => void span.setStatus({ code: SpanStatusCode.ERROR, message }),
  }
  const surroundings = { traceparent, ...(invocation && { invocation }) }
  try {
    return await context.with(trace.setSpan(parent, span), () => within(surroundings, () => work(running)))
  } finally {
    span.end()
  }
}
