import type { LogRecord, Resource, Span } from "../otlp/records.ts"
import { telemetryStore } from "../store/store.ts"

export const ORDER = "0198c2b1-7c3e-7d7a-9b1a-2f0d5c1e4a01"
export const OTHER_ORDER = "0198c2b1-7c3e-7d7a-9b1a-2f0d5c1e4a02"

const resourceOf = (service: string): Resource => ({ service, instance: "", attributes: {} })
const hex = (text: string, length: number) => Buffer.from(text).toString("hex").padStart(length, "0")

/** A span of the trace and with the id that the names stand for. */
export function span(
  trace: string,
  id: string,
  { service = "ordering", parent, ...more }: Partial<Span> & { service?: string; parent?: string } = {},
): Span {
  return {
    traceId: traceIdOf(trace),
    spanId: hex(id, 16),
    parentId: parent === undefined ? undefined : hex(parent, 16),
    ...{ name: id, kind: "internal", start: 0, durationMs: 1, isError: false, message: "" },
    ...{ resource: resourceOf(service), attributes: {}, events: [], links: [] },
    ...more,
  }
}

export const traceIdOf = (trace: string): string => hex(trace, 32)

/** A log record of information. */
export function record(
  text: string,
  { service = "ordering", trace, ...more }: Partial<LogRecord> & { service?: string; trace?: string } = {},
): LogRecord {
  return {
    ...{ time: 0, severity: 9, text, resource: resourceOf(service), attributes: {} },
    traceId: trace === undefined ? undefined : traceIdOf(trace),
    spanId: undefined,
    ...more,
  }
}

/** A store with the usual bounds whose clock stands still until it is set. */
export function storeAt(time: number) {
  const clock = { time }
  return { clock, store: telemetryStore(() => clock.time) }
}
