// A chunk of its own, loaded when APPLICATIONINSIGHTS_CONNECTION_STRING is set: it imports nothing of ours that has a state.
import { metrics } from "@opentelemetry/api"
import { MeterProvider } from "@opentelemetry/sdk-metrics"
import { flushAzureMonitor, shutdownAzureMonitor, useAzureMonitor } from "applicationinsights"
import { processorsOf, readersOf, resourceOf, type Sdk, type SdkOptions } from "./opentelemetry-sdk.ts"

type Options = NonNullable<Parameters<typeof useAzureMonitor>[0]>
type Credential = NonNullable<Options["azureMonitorExporterOptions"]>["credential"]

/** They hook into modules, which does not work in a bundle; ours are made by hand. */
const noInstrumentations = Object.fromEntries(
  [
    ...["http", "azureSdk", "mongoDb", "mySql", "postgreSql", "redis", "redis4"],
    ...["bunyan", "console", "winston"],
  ].map((name) => [name, { enabled: false }]),
)

/**
 * Samplers whose names are others with `applicationinsights` than in OpenTelemetry's specification. The one by the trace's id is
 * Azure's own: its rows say for how many they stand (`ItemCount`).
 */
const itsNames: Readonly<Record<string, string>> = {
  traceidratio: "microsoft.fixed_percentage",
  parentbased_traceidratio: "parentbased_trace_id_ratio",
}

/** Does what reads OTEL_TRACES_SAMPLER with the name that `applicationinsights` has for it. Without one it takes five traces a second. */
function withItsSampler(work: () => void): void {
  const { OTEL_TRACES_SAMPLER: name } = process.env
  process.env.OTEL_TRACES_SAMPLER = name ? (itsNames[name] ?? name) : "parentbased_always_on"
  try {
    work()
  } finally {
    if (name === undefined) delete process.env.OTEL_TRACES_SAMPLER
    else process.env.OTEL_TRACES_SAMPLER = name
  }
}

/**
 * Registers the providers of `applicationinsights`, with all that it would collect by itself switched off: spans, metrics and
 * log records are ours. Nothing is kept on the disk: what cannot be sent is dropped.
 * @param azure.credential for a resource that takes no telemetry by its key
 */
export function azureMonitorSdk(
  options: SdkOptions,
  azure: { readonly connectionString: string; readonly credential: Credential },
): Sdk {
  const { connectionString, credential } = azure
  const resource = resourceOf(options.resource)
  const processors = processorsOf(options)
  withItsSampler(() =>
    useAzureMonitor({
      azureMonitorExporterOptions: {
        connectionString,
        disableOfflineStorage: true,
        ...(credential && { credential }),
      },
      resource,
      instrumentationOptions: noInstrumentations,
      spanProcessors: processors.spans,
      logRecordProcessors: processors.logs,
      metricReaders: readersOf(options),
      enableLiveMetrics: false,
      enableStandardMetrics: false,
      enablePerformanceCounters: false,
      enableAutoCollectExceptions: false,
    }),
  )
  const scraped = options.reader && new MeterProvider({ resource, readers: [options.reader] })
  if (scraped) {
    metrics.disable()
    metrics.setGlobalMeterProvider(scraped)
  }
  return {
    flush: () => flushAzureMonitor(),
    shutdown: () => Promise.all([shutdownAzureMonitor(), scraped?.shutdown()]),
  }
}
