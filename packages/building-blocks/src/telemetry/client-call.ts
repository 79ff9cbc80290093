import { type Attributes, type Span, SpanKind } from "@opentelemetry/api"
import { ambient, within } from "./ambient.ts"
import { isTelling } from "./running.ts"
import { failSpan, startSpan, traceparentOfSpan } from "./spans.ts"

/** A call of something outside of the process. */
export type ClientCall = {
  readonly name: string
  readonly attributes: Attributes
  /** Whether what runs in it looks for the trace context, to send it on. */
  readonly sendsTrace?: boolean
  /** Records the metric of the call. */
  readonly measure: (
    seconds: number,
    outcome: { readonly status?: number; readonly errorType?: string },
  ) => void
}

/** What is told of a call that is under way. */
export type RunningCall = {
  /** The status that it was answered with, and what else the answer says. */
  answered(status: number, attributes?: Attributes): void
  /** It was answered with an error. */
  failed(type: string): void
}

const unobserved: RunningCall = { answered: () => {}, failed: () => {} }

/**
 * Runs a call under a CLIENT span below the ambient one, and measures it. What belongs to no call of ours, or to a trace
 * that is not sampled, gets no span. Without an SDK it is the call and nothing else.
 * @param describe is asked only where somebody listens
 */
export const clientCall = <T>(
  describe: () => ClientCall,
  work: (call: RunningCall) => Promise<T>,
): Promise<T> => (isTelling() ? observed(describe(), work) : work(unobserved))

async function observed<T>(call: ClientCall, work: (call: RunningCall) => Promise<T>): Promise<T> {
  const surroundings = ambient()
  const span = surroundings?.span && startChild(call, surroundings.traceparent)
  const started = performance.now()
  let status: number | undefined
  let errorType: string | undefined
  const running: RunningCall = {
    answered(code, attributes) {
      status = code
      if (attributes) span?.setAttributes(attributes)
    },
    failed(type) {
      errorType = type
    },
  }
  try {
    if (!span || !call.sendsTrace) return await work(running)
    return await within({ ...surroundings, span, traceparent: traceparentOfSpan(span) }, () => work(running))
  } catch (error) {
    errorType ??= errorTypeOf(error)
    throw error
  } finally {
    end(span, errorType)
    const seconds = (performance.now() - started) / 1_000
    call.measure(seconds, {
      ...(status !== undefined && { status }),
      ...(errorType !== undefined && { errorType }),
    })
  }
}

const startChild = ({ name, attributes }: ClientCall, traceparent: string): Span =>
  startSpan({ name, attributes, kind: SpanKind.CLIENT, traceparent })

function end(span: Span | undefined, errorType: string | undefined): void {
  if (!span) return
  if (errorType !== undefined) failSpan(span, errorType)
  span.end()
}

/** The code of an error, or its class: never its text, which may hold values. */
export function errorTypeOf(error: unknown): string {
  const { code, name } = error as { code?: unknown; name?: unknown }
  // A status of HTTP; the numbers of a DOMException are none.
  if (typeof code === "string" || (typeof code === "number" && code >= 100)) return String(code)
  return typeof name === "string" ? name : "_OTHER"
}
