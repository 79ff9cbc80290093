export type MetricKind = "counter" | "gauge" | "histogram"

/** A metric as its exporter names it, before Prometheus makes series of it. */
export type Metric = {
  readonly kind: MetricKind
  /** UCUM. */
  readonly unit: string
  readonly labels: readonly string[]
}
