import type { Attributes } from "../otlp/records.ts"
import type { Metric, Point, Series } from "../store/metrics.ts"
import type { TelemetryStore } from "../store/store.ts"
import { readText } from "./query.ts"

export interface MetricSummary {
  readonly name: string
  readonly description: string
  readonly unit: string
  readonly kind: Metric["kind"]
  readonly services: readonly string[]
  readonly series: number
}

/** What one reading tells, to be drawn; times are milliseconds since 1970. */
export type Sample = { readonly time: number } & (
  | { readonly value: number }
  | { readonly value: number; readonly perSecond: number }
  | {
      /** Since the reading before. */
      readonly count: number
      readonly perSecond: number
      /** Null where nothing was counted since the reading before. */
      readonly mean: number | null
      readonly p50: number | null
      readonly p95: number | null
    }
)

export interface SeriesView {
  readonly service: string
  readonly instance: string
  readonly attributes: Attributes
  /** Since the sender's start, where it counts. */
  readonly total: number | null
  readonly samples: readonly Sample[]
}

export interface MetricView extends MetricSummary {
  readonly seriesOf: readonly SeriesView[]
}

/** What was counted in a sender's first moments would look like a flood. */
const LEAST_INTERVAL_MS = 1_000

/** All metrics, by name. */
export function listMetrics({ metrics }: TelemetryStore): { metrics: MetricSummary[] } {
  const summaries = [...metrics.metrics()].map(summaryOf)
  return { metrics: summaries.sort((a, b) => (a.name < b.name ? -1 : 1)) }
}

function summaryOf({ name, description, unit, kind, series }: Metric): MetricSummary {
  const services = [...new Set([...series.values()].map(({ service }) => service))].sort()
  return { name, description, unit, kind, services, series: series.size }
}

/** One metric with the samples of its series; undefined when none of it is here. @param query `service` */
export function readMetric({ metrics }: TelemetryStore, name: string, query: URLSearchParams) {
  const metric = metrics.metric(name)
  if (!metric) return undefined
  const service = readText(query, "service")
  const wanted = [...metric.series.values()].filter((series) => service === "" || series.service === service)
  return {
    ...summaryOf(metric),
    seriesOf: wanted.map((series) => seriesOf(metric, series)),
  } satisfies MetricView
}

function seriesOf({ kind }: Metric, series: Series): SeriesView {
  const { service, instance, attributes, points, bounds } = series
  const last = points.at(-1)
  const total = last && kind !== "gauge" ? ("count" in last ? last.count : last.value) : null
  const samples = points.flatMap((point, index) => samplesOf(kind, point, points[index - 1], bounds))
  return { service, instance, attributes, total, samples }
}

/** A sum tells nothing until there is one before it; after a restart of the sender it begins at 0 again. */
function samplesOf(
  kind: Metric["kind"],
  point: Point,
  previous: Point | undefined,
  bounds: readonly number[],
): Sample[] {
  const { time } = point
  if (kind === "gauge") return "value" in point ? [{ time, value: point.value }] : []
  const isRestarted =
    previous !== undefined && (point.start > previous.start || countOf(point) < countOf(previous))
  // A sender that has just begun counted from 0.
  const since = previous?.time ?? point.start
  const before = isRestarted ? undefined : previous
  const seconds = Math.max(time - since, LEAST_INTERVAL_MS) / 1_000
  if ("value" in point) {
    const more = point.value - (before && "value" in before ? before.value : 0)
    return [{ time, value: point.value, perSecond: more / seconds }]
  }
  const base = before && "count" in before ? before : { count: 0, sum: 0, buckets: [] as number[] }
  const count = point.count - base.count
  const buckets = point.buckets.map((value, index) => value - (base.buckets[index] ?? 0))
  const mean = count > 0 ? (point.sum - base.sum) / count : null
  const quantile = (share: number) => (count > 0 ? quantileOf(buckets, bounds, share) : null)
  return [{ time, count, perSecond: count / seconds, mean, p50: quantile(0.5), p95: quantile(0.95) }]
}

const countOf = (point: Point) => ("count" in point ? point.count : point.value)

/**
 * The quantile as Prometheus' `histogram_quantile` estimates it: evenly spread within its bucket, the highest bound for
 * what lies above all of them.
 */
export function quantileOf(
  buckets: readonly number[],
  bounds: readonly number[],
  share: number,
): number | null {
  const wanted = buckets.reduce((sum, count) => sum + count, 0) * share
  let below = 0
  for (const [index, count] of buckets.entries()) {
    if (count > 0 && below + count >= wanted) {
      const upper = bounds[index]
      const lower = index === 0 ? Math.min(0, upper ?? 0) : (bounds[index - 1] as number)
      return upper === undefined
        ? (bounds.at(-1) ?? null)
        : lower + ((upper - lower) * (wanted - below)) / count
    }
    below += count
  }
  return null
}
