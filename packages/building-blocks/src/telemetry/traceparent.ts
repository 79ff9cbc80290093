import { randomFillSync } from "node:crypto"

const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/

const pool = Buffer.alloc(4_096)
let used = pool.length

/** Random bytes as hexadecimal digits, drawn from the system many at a time: one draw costs more than all else of a span's name. */
export function randomHex(bytes: number): string {
  if (used + bytes > pool.length) {
    randomFillSync(pool)
    used = 0
  }
  const hex = pool.toString("hex", used, used + bytes)
  used += bytes
  return hex
}

/** The W3C trace context of a call (https://www.w3.org/TR/trace-context/): what came in, or a new one. */
export function traceparentOf(...candidates: (string | null | undefined)[]): string {
  for (const candidate of candidates) {
    if (candidate && TRACEPARENT.test(candidate)) return candidate
  }
  return `00-${randomHex(16)}-${randomHex(8)}-01`
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
  `${traceparent.slice(0, 36)}${randomHex(8)}${traceparent.slice(52)}`
