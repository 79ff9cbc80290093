// A chunk of its own, loaded when OTEL_METRICS_EXPORTER is `prometheus`.
import { PrometheusExporter, PrometheusSerializer } from "@opentelemetry/exporter-prometheus"

/** A reader of metrics that an app serves itself, and what writes down what it reads. */
export function prometheusReader() {
  // The exporter's own server stays off: the app's host has the only port.
  const reader = new PrometheusExporter({ preventServerStart: true })
  const serializer = new PrometheusSerializer()
  return {
    reader,
    /** All metrics in Prometheus' text format. */
    async text(): Promise<string> {
      const { resourceMetrics } = await reader.collect()
      return serializer.serialize(resourceMetrics)
    },
  }
}
