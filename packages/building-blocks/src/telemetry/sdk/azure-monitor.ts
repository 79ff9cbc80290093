// A chunk of its own, loaded when APPLICATIONINSIGHTS_CONNECTION_STRING is set.
import {
  AzureMonitorLogExporter,
  AzureMonitorMetricExporter,
  AzureMonitorTraceExporter,
} from "@azure/monitor-opentelemetry-exporter"
import type { Exporters } from "./opentelemetry-sdk.ts"

type Credential = NonNullable<ConstructorParameters<typeof AzureMonitorTraceExporter>[0]>["credential"]

/**
 * Azure Monitor's exporters, those of the package `applicationinsights`: its instrumentations hook into modules, which
 * does not work in a bundle. Nothing is kept on the disk: what cannot be sent is dropped.
 * @param credential for a resource that takes no telemetry by its key
 */
export function azureMonitorExporters(connectionString: string, credential: Credential): Exporters {
  const options = { connectionString, disableOfflineStorage: true, ...(credential && { credential }) }
  return {
    spans: new AzureMonitorTraceExporter(options),
    metrics: new AzureMonitorMetricExporter(options),
    logs: new AzureMonitorLogExporter(options),
  }
}
