import type { InvocationContext } from "@azure/functions"
import {
  type Attributes,
  INVALID_SPANID,
  ROOT_CONTEXT,
  type Span,
  SpanStatusCode,
  type TimeInput,
  type Tracer,
  type TracerProvider,
  trace,
} from "@opentelemetry/api"
import { ambient, within } from "./ambient.ts"
import { type EndedSpan, keptSpan, type SpanOf } from "./kept-span.ts"
import { isComing, isTelling, later } from "./running.ts"
import { ATTR_ERROR_TYPE } from "./semantic-conventions.ts"
import { childOf, spanContextOf } from "./traceparent.ts"

/** The span that a piece of work runs under. */
export type RunningSpan = {
  /** The trace context that goes out from within the work. */
  readonly traceparent: string
  set(attributes: Attributes): void
  /** @param type the error's class or code; never a text that may hold a value */
  fail(type: string): void
}

/** Starts a span; one that nobody takes, or that is not sampled, costs next to nothing. */
export const startSpan = (about: SpanOf): Span =>
  isComing() ? keptSpan(about, tellOfEnded) : startWithSdk(about)

let tracer: Tracer | undefined
let tracersOf: TracerProvider | undefined

/** The tracer of today's SDK: asking for one costs as much as a span's name. */
function currentTracer(): Tracer {
  const provider = trace.getTracerProvider()
  if (!tracer || provider !== tracersOf) {
    tracersOf = provider
    tracer = provider.getTracer("eshop")
  }
  return tracer
}

function startWithSdk({ name, kind, traceparent, attributes, links, startTime }: SpanOf): Span {
  const parent = trace.setSpanContext(ROOT_CONTEXT, { ...spanContextOf(traceparent), isRemote: true })
  const options = {
    kind,
    ...(attributes && { attributes }),
    ...(links && { links: links.map((link) => ({ context: spanContextOf(link) })) }),
    ...(startTime !== undefined && { startTime }),
  }
  return currentTracer().startSpan(name, options, parent)
}

/** A span as a trace context: what its children name as their parent. */
export function traceparentOfSpan(span: Span): string {
  const { traceId, spanId, traceFlags } = span.spanContext()
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, "0")}`
}

/** Says that what the span is of has failed. @param type the error's class or code */
export function failSpan(span: Span, type: string): void {
  span.setAttribute(ATTR_ERROR_TYPE, type)
  span.setStatus({ code: SpanStatusCode.ERROR })
}

/** The trace context to send on: the span's own where an SDK made one, a new child of what came in otherwise. */
function traceparentFor(span: Span, incoming: string): string {
  const { spanId } = span.spanContext()
  const isOwn = spanId !== INVALID_SPANID && spanId !== spanContextOf(incoming).spanId
  return isOwn ? traceparentOfSpan(span) : childOf(incoming)
}

/**
 * Runs the work under a span of its own, whose parent is the trace context that came in; all that the work awaits finds
 * its surroundings. Without an OpenTelemetry SDK it costs nothing. The span ends with the work.
 */
export async function inSpan<T>(
  about: SpanOf & { readonly invocation?: InvocationContext },
  work: (span: RunningSpan) => Promise<T>,
): Promise<T> {
  const { invocation } = about
  const span = startSpan(about)
  const traceparent = traceparentFor(span, about.traceparent)
  const running: RunningSpan = {
    traceparent,
    set: (attributes) => void span.setAttributes(attributes),
    fail: (type) => failSpan(span, type),
  }
  const { span: _, ...outer } = ambient() ?? {}
  const surroundings = {
    ...outer,
    traceparent,
    ...(span.isRecording() && { span }),
    ...(invocation && { invocation }),
  }
  try {
    return await within(surroundings, () => work(running))
  } finally {
    span.end()
  }
}

/**
 * The same for work that serves several traces at once. What it calls is told in its own; each of the others gets a span of it
 * that links to that.
 * @param others trace contexts, one of each other trace
 */
export async function inSharedSpan<T>(
  about: Parameters<typeof inSpan>[0],
  others: readonly string[],
  work: (span: RunningSpan) => Promise<T>,
): Promise<T> {
  return await inSpan(about, async (span) => {
    const { name, kind } = about
    const spans = others.map((other) =>
      startSpan({ name, kind, traceparent: other, links: [span.traceparent] }),
    )
    try {
      return await work(span)
    } catch (error) {
      for (const one of spans) failSpan(one, (error as Error).name)
      throw error
    } finally {
      for (const one of spans) one.end()
    }
  })
}

/** Tells the SDK, now or when it is there, of a span that has ended and whose id others know. */
function tellOfEnded(span: EndedSpan): void {
  if (later(() => tellOfEnded(span))) return
  const told = startWithSdk(span)
  // The only way to name a span with any SDK: Azure Monitor's takes no generator of ids.
  told.spanContext().spanId = span.spanId
  if (span.failed) told.setStatus({ code: SpanStatusCode.ERROR })
  told.end(span.endTime)
}

/**
 * Records a span whose id was told to others before: its children know it while it is still running elsewhere.
 * @param spanId 16 hexadecimal digits
 */
export function recordNamedSpan(
  spanId: string,
  about: SpanOf & { readonly startTime: TimeInput },
  endTime: TimeInput,
  failure?: string,
): void {
  if (!isTelling()) return
  const failed = failure !== undefined
  const attributes = { ...about.attributes, ...(failed && { [ATTR_ERROR_TYPE]: failure }) }
  tellOfEnded({ ...about, spanId, endTime, attributes, failed })
}
