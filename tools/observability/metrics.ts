import { type Instrument, instruments } from "@eshop/building-blocks/telemetry/instruments"
import type { Metric, MetricKind } from "./metric.ts"
import { platformMetrics } from "./platform-metrics.ts"

/** A series that a query may name. */
export type Series = {
  readonly kind: MetricKind | "bucket"
  /** Exponents by base unit: `{ s: 1 }`; a mere number has none. */
  readonly unit: Unit
  readonly labels: ReadonlySet<string>
}

export type Unit = Readonly<Record<string, number>>

/** What Prometheus adds to whatever it scrapes from a pod of the shop: see the chart's ServiceMonitor. */
export const targetLabels = ["job", "instance", "namespace", "pod", "container", "component"] as const

/**
 * Prometheus' name of an instrument, as `@opentelemetry/exporter-prometheus` makes it: no suffix for the unit.
 * @param name of the instrument, such as `eshop.outbox.oldest`
 */
export function prometheusName(name: string, { kind }: Pick<Instrument, "kind">): string {
  const plain = name.replace(/[^a-zA-Z0-9_]/g, "_").replace(/_{2,}/g, "_")
  return kind === "counter" ? `${plain}_total` : plain
}

/** An attribute as a label. */
export const labelName = (attribute: string): string => attribute.replace(/[^a-zA-Z0-9_]/g, "_")

/** UCUM as exponents: `s`, `By`, `ms`; `{order}` counts orders, which `1` does not say. */
export function unitOf(ucum: string): Unit {
  if (ucum === "1" || ucum === "") return {}
  return { [ucum.replace(/^\{(.*)\}$/, "$1")]: 1 }
}

function seriesOf(name: string, { kind, unit, labels }: Metric): [string, Series][] {
  const own = new Set<string>([...targetLabels, ...labels])
  if (kind !== "histogram") return [[name, { kind, unit: unitOf(unit), labels: own }]]
  return [
    [`${name}_bucket`, { kind: "bucket", unit: unitOf(unit), labels: new Set([...own, "le"]) }],
    [`${name}_sum`, { kind: "counter", unit: unitOf(unit), labels: own }],
    [`${name}_count`, { kind: "counter", unit: {}, labels: own }],
  ]
}

/** The shop's metrics by Prometheus' name. */
export const shopMetrics: ReadonlyMap<string, Metric> = new Map(
  Object.entries<Instrument>(instruments).map(([name, instrument]) => [
    prometheusName(name, instrument),
    { kind: instrument.kind, unit: instrument.unit, labels: instrument.attributes.map(labelName) },
  ]),
)

/** Every series that a query may name, but for those that rules record. */
export const knownSeries: ReadonlyMap<string, Series> = new Map(
  [...shopMetrics, ...Object.entries<Metric>(platformMetrics)].flatMap(([name, metric]) =>
    seriesOf(name, metric),
  ),
)
