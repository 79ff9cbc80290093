// A chunk of its own, loaded when a setting asks for telemetry: it imports nothing of ours that has a state.
import { type Attributes, metrics, trace } from "@opentelemetry/api"
import { logs } from "@opentelemetry/api-logs"
import {
  defaultResource,
  detectResources,
  envDetector,
  type Resource,
  resourceFromAttributes,
} from "@opentelemetry/resources"
import { BatchLogRecordProcessor, LoggerProvider, type LogRecordExporter } from "@opentelemetry/sdk-logs"
import {
  type IMetricReader,
  MeterProvider,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
} from "@opentelemetry/sdk-metrics"
import { BasicTracerProvider, BatchSpanProcessor, type SpanExporter } from "@opentelemetry/sdk-trace-base"

/** Where one receiver takes the three signals. */
export type Exporters = {
  readonly spans: SpanExporter
  readonly metrics: PushMetricExporter
  readonly logs: LogRecordExporter
}

export type SdkOptions = {
  /** Who sends; what OTEL_RESOURCE_ATTRIBUTES says goes before it. */
  readonly resource: Attributes
  readonly exporters: readonly Exporters[]
  /** Takes the metrics in place of the exporters. */
  readonly reader?: IMetricReader
  /** Between two exports of the metrics. */
  readonly metricIntervalMs: number
  /** After which an export is given up. */
  readonly timeoutMs: number
}

/** An SDK that is the process's own from now on. */
export type Sdk = {
  /** Sends what has been collected. */
  flush(): Promise<unknown>
  /** Sends it, and ends. */
  shutdown(): Promise<unknown>
}

export const resourceOf = (attributes: Attributes): Resource =>
  defaultResource()
    .merge(resourceFromAttributes(attributes))
    .merge(detectResources({ detectors: [envDetector] }))

/** Queues to the exporters. They are bounded (2,048 spans, 2,048 log records) and drop what is too much. */
export const processorsOf = ({ exporters }: SdkOptions) => ({
  spans: exporters.map(({ spans }) => new BatchSpanProcessor(spans)),
  logs: exporters.map(({ logs }) => new BatchLogRecordProcessor({ exporter: logs })),
})

export const readersOf = ({ exporters, metricIntervalMs, timeoutMs }: SdkOptions) =>
  exporters.map(
    ({ metrics }) =>
      new PeriodicExportingMetricReader({
        exporter: metrics,
        exportIntervalMillis: metricIntervalMs,
        exportTimeoutMillis: Math.min(timeoutMs, metricIntervalMs),
      }),
  )

/**
 * Registers the SDK's three providers. Spans are sampled as OTEL_TRACES_SAMPLER says, otherwise as their parents are, and
 * all without one.
 */
export function openTelemetrySdk(options: SdkOptions): Sdk {
  const { exporters, reader } = options
  const resource = resourceOf(options.resource)
  const processors = processorsOf(options)
  const tracers = new BasicTracerProvider({ resource, spanProcessors: processors.spans })
  const meters = new MeterProvider({ resource, readers: reader ? [reader] : readersOf(options) })
  const loggers = new LoggerProvider({ resource, processors: processors.logs })
  // Spans and log records that nobody takes are not made either.
  if (exporters.length > 0) {
    trace.setGlobalTracerProvider(tracers)
    logs.setGlobalLoggerProvider(loggers)
  }
  metrics.setGlobalMeterProvider(meters)
  const providers = [tracers, meters, loggers]
  return {
    flush: () => Promise.all(providers.map((provider) => provider.forceFlush())),
    shutdown: () => Promise.all(providers.map((provider) => provider.shutdown())),
  }
}
