import type { TelemetryStore } from "../store/store.ts"

/** How much is here. */
export interface Overview {
  /** Those that have sent something, by name. */
  readonly services: readonly string[]
  readonly kept: Readonly<
    Record<"spans" | "logs" | "metrics", { readonly size: number; readonly bytes: number }>
  >
  /** When it was asked, in milliseconds since 1970. */
  readonly now: number
}

export function readOverview({ spans, logs, metrics, now }: TelemetryStore): Overview {
  const services = new Set<string>()
  for (const [, trace] of spans.traces())
    for (const { resource } of trace.values()) services.add(resource.service)
  for (const { resource } of logs.newestFirst()) services.add(resource.service)
  for (const { series } of metrics.metrics()) for (const { service } of series.values()) services.add(service)
  const amount = ({ size, bytes }: { size: number; bytes: number }) => ({ size, bytes })
  const kept = { spans: amount(spans.kept), logs: amount(logs.kept), metrics: amount(metrics.kept) }
  return { services: [...services].sort(), kept, now: now() }
}
