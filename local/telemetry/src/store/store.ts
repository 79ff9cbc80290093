import type { Bounds } from "./bounded-queue.ts"
import { type LogStore, logStore } from "./logs.ts"
import { type MetricStore, metricStore } from "./metrics.ts"
import { type SpanStore, spanStore } from "./spans.ts"

/** All that is kept, in memory only. */
export interface TelemetryStore {
  readonly spans: SpanStore
  readonly logs: LogStore
  readonly metrics: MetricStore
  readonly now: () => number
}

const HOUR_MS = 3_600_000
const MIB = 1_048_576

/** How much of each kind is kept, estimated; the oldest goes first. An order's way makes about 0.2 MiB. */
export const defaultBounds = {
  spans: { maxBytes: 64 * MIB, maxAgeMs: HOUR_MS },
  logs: { maxBytes: 24 * MIB, maxAgeMs: HOUR_MS },
  metrics: { maxBytes: 24 * MIB, maxAgeMs: HOUR_MS },
} as const satisfies Record<string, Bounds>

/** @param now milliseconds since 1970 */
export function telemetryStore(
  now: () => number,
  bounds: Readonly<Record<keyof typeof defaultBounds, Bounds>> = defaultBounds,
): TelemetryStore {
  return {
    spans: spanStore(bounds.spans, now),
    logs: logStore(bounds.logs, now),
    metrics: metricStore(bounds.metrics, now),
    now,
  }
}
