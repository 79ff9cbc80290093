import { randomBytes } from "node:crypto"

const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/

/** The W3C trace context of a call (https://www.w3.org/TR/trace-context/): what came in, or a new one. */
export function traceparentOf(...candidates: (string | null | undefined)[]): string {
  for (const candidate of candidates) {
    const match = candidate && TRACEPARENT.exec(candidate)
    if (match && !/^0+$/.test(match[1] as string)) return candidate
  }
  return `00-${randomBytes(16).toString("hex")}-${randomBytes(8).toString("hex")}-01`
}

/** The 32 hexadecimal digits that name the trace. */
export const traceIdOf = (traceparent: string): string => traceparent.slice(3, 35)
