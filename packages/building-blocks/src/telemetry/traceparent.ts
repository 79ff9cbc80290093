import { randomBytes } from "node:crypto"

const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/

/** The W3C trace context of a call (https://www.w3.org/TR/trace-context/): what came in, or a new one. */
export function traceparentOf(...candidates: (string | null | undefined)[]): string {
  for (const candidate of candidates) {
    if (candidate && TRACEPARENT.test(candidate)) return candidate
  }
  return `00-${randomBytes(16).toString("hex")}-${randomBytes(8).toString("hex")}-01`
}

/** The parts of a trace context: OpenTelemetry's span context. */
export const spanContextOf = (traceparent: string) => ({
  traceId: traceparent.slice(3, 35),
  spanId: traceparent.slice(36, 52),
  traceFlags: Number.parseInt(traceparent.slice(53), 16),
})

/** The 32 hexadecimal digits that name the trace. */
export const traceIdOf = (traceparent: string): string => traceparent.slice(3, 35)

/** The trace context that a call made from within this one carries: the same trace, a span of its own. */
export const childOf = (traceparent: string): string =>
  `${traceparent.slice(0, 36)}${randomBytes(8).toString("hex")}${traceparent.slice(52)}`
