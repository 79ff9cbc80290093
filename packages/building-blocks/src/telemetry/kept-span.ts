import { type Attributes, type Span, type SpanKind, SpanStatusCode, type TimeInput } from "@opentelemetry/api"
import { randomHex, spanContextOf } from "./traceparent.ts"

/** A span that is to be made. */
export type SpanOf = {
  readonly name: string
  readonly kind: SpanKind
  /** The trace context of its parent. */
  readonly traceparent: string
  readonly attributes?: Attributes
  /** Trace contexts of what else led to it. */
  readonly links?: readonly string[]
  readonly startTime?: TimeInput
}

/** A span that has ended, as an SDK is told of it. */
export type EndedSpan = SpanOf & {
  readonly spanId: string
  readonly startTime: TimeInput
  readonly endTime: TimeInput
  readonly failed: boolean
}

/** Milliseconds since 1970, with their fractions. */
const now = (): number => performance.timeOrigin + performance.now()

/**
 * A span before there is an SDK: what adapters and the pipeline say of it is kept until it ends. Its sampling flag is its
 * parent's; the SDK decides when it is told.
 * @param end takes it when it has ended
 */
export function keptSpan(about: SpanOf, end: (span: EndedSpan) => void): Span {
  const { traceId, traceFlags } = spanContextOf(about.traceparent)
  const context = { traceId, spanId: randomHex(8), traceFlags }
  const startTime = about.startTime ?? now()
  const attributes = { ...about.attributes }
  let failed = false
  const span: Span = {
    spanContext: () => context,
    isRecording: () => true,
    setAttribute(name, value) {
      attributes[name] = value
      return span
    },
    setAttributes(more) {
      Object.assign(attributes, more)
      return span
    },
    setStatus({ code }) {
      failed = code === SpanStatusCode.ERROR
      return span
    },
    end: (endTime = now()) =>
      end({ ...about, spanId: context.spanId, startTime, endTime, attributes, failed }),
    // What nothing here says of a span.
    addEvent: () => span,
    addLink: () => span,
    addLinks: () => span,
    updateName: () => span,
    recordException: () => {},
  }
  return span
}
