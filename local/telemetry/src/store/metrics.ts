import type { Attributes, Reading } from "../otlp/records.ts"
import { type BoundedQueue, type Bounds, boundedQueue } from "./bounded-queue.ts"

/** One value of a series, sums since the start of the sender. */
export type Point = { readonly time: number; readonly start: number } & (
  | { readonly value: number }
  | { readonly count: number; readonly sum: number; readonly buckets: readonly number[] }
)

/** The values of one metric of one sender with the same attributes, in the order of their times. */
export interface Series {
  readonly service: string
  readonly instance: string
  readonly attributes: Attributes
  /** Of a histogram. */
  readonly bounds: readonly number[]
  readonly points: readonly Point[]
}

export interface Metric {
  readonly name: string
  readonly description: string
  readonly unit: string
  readonly kind: Reading["kind"]
  readonly series: ReadonlyMap<string, Series>
}

/** The readings of metrics of the last hour. */
export interface MetricStore {
  add(reading: Reading): void
  expire(): void
  metrics(): Iterable<Metric>
  metric(name: string): Metric | undefined
  readonly kept: Pick<BoundedQueue<unknown>, "size" | "bytes">
}

type OpenSeries = Omit<Series, "points"> & { readonly points: Point[] }
type OpenMetric = Omit<Metric, "series"> & { readonly series: Map<string, OpenSeries> }

/** A point with its place in the queue and in its series. */
const POINT_BYTES = 200
const BUCKET_BYTES = 8

/** @param now milliseconds since 1970 */
export function metricStore(bounds: Bounds, now: () => number): MetricStore {
  const metrics = new Map<string, OpenMetric>()

  const queue = boundedQueue<{ metric: OpenMetric; key: string }>(bounds, now, ({ metric, key }) => {
    const series = metric.series.get(key)
    series?.points.shift()
    if (series?.points.length === 0) metric.series.delete(key)
    if (metric.series.size === 0 && metrics.get(metric.name) === metric) metrics.delete(metric.name)
  })

  return {
    add(reading) {
      const { name, description, unit, kind } = reading
      let metric = metrics.get(name)
      if (metric?.kind !== kind) {
        metric = { name, description, unit, kind, series: new Map() }
        metrics.set(name, metric)
      }
      const { service, instance } = reading.resource
      const key = JSON.stringify([service, instance, Object.entries(reading.attributes).sort(byName)])
      const bounds = reading.kind === "histogram" ? reading.bounds : []
      const { attributes } = reading
      const series = metric.series.get(key) ?? { service, instance, attributes, bounds, points: [] }
      const last = series.points.at(-1)
      // An export that is repeated because its answer was lost brings the same reading again.
      if (last && reading.time <= last.time) return
      metric.series.set(key, series)
      const point = pointOf(reading, last)
      series.points.push(point)
      const buckets = "buckets" in point ? point.buckets.length * BUCKET_BYTES : 0
      queue.push({ metric, key }, POINT_BYTES + buckets)
    },
    expire: queue.expire,
    metrics: () => metrics.values(),
    metric: (name) => metrics.get(name),
    kept: queue,
  }
}

const byName = ([a]: [string, unknown], [b]: [string, unknown]) => (a < b ? -1 : a > b ? 1 : 0)

/** The reading as it is kept: what tells only the difference to the one before is added to it. */
function pointOf(reading: Reading, last: Point | undefined): Point {
  const { time, start, isDelta } = reading
  const before = isDelta ? last : undefined
  const since = before?.start ?? start
  if (reading.kind !== "histogram") {
    const base = before && "value" in before ? before.value : 0
    return { time, start: since, value: base + reading.value }
  }
  const base = before && "count" in before ? before : { count: 0, sum: 0, buckets: [] }
  return {
    time,
    start: since,
    count: base.count + reading.count,
    sum: base.sum + reading.sum,
    buckets: reading.buckets.map((count, index) => count + (base.buckets[index] ?? 0)),
  }
}
