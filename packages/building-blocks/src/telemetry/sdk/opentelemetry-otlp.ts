// A chunk of its own, loaded when OTEL_EXPORTER_OTLP_ENDPOINT is set.
import { OTLPLogExporter } from "@opentelemetry/exporter-logs-otlp-http"
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-http"
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http"
import type { Exporters } from "./opentelemetry-sdk.ts"

/**
 * OTLP over HTTP, as JSON (https://opentelemetry.io/docs/specs/otlp/#otlphttp).
 * @param endpoint the receiver's base address
 * @param headers sent with every export
 */
export function otlpExporters(
  endpoint: string,
  headers: Record<string, string>,
  timeoutMillis: number,
): Exporters {
  const to = (signal: string) => ({
    url: `${endpoint.replace(/\/$/, "")}/v1/${signal}`,
    headers,
    timeoutMillis,
  })
  return {
    spans: new OTLPTraceExporter(to("traces")),
    metrics: new OTLPMetricExporter(to("metrics")),
    logs: new OTLPLogExporter(to("logs")),
  }
}
