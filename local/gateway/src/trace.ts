import { randomBytes } from "node:crypto"

const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/

/** The W3C trace context of a request (https://www.w3.org/TR/trace-context/): the caller's, or a new one. */
export function traceparentOf(received: string | undefined): string {
  const traceId = TRACEPARENT.exec(received ?? "")?.[1]
  if (received !== undefined && traceId !== undefined && !/^0+$/.test(traceId)) return received
  return `00-${randomBytes(16).toString("hex")}-${randomBytes(8).toString("hex")}-01`
}

/** The 32 hexadecimal digits that name the trace. */
export const traceIdOf = (traceparent: string): string => traceparent.slice(3, 35)
