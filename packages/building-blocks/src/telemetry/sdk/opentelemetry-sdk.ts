// A chunk of its own, loaded when a setting asks for telemetry: it imports nothing of ours that has a state.
import type { Attributes } from "@opentelemetry/api"
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from "@opentelemetry/resources"
import { BatchLogRecordProcessor, LoggerProvider, type LogRecordExporter } from "@opentelemetry/sdk-logs"
import {
  type IMetricReader,
  MeterProvider,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
} from "@opentelemetry/sdk-metrics"
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  RandomIdGenerator,
  type SpanExporter,
} from "@opentelemetry/sdk-trace-base"

/** Where one receiver takes the three signals. */
export type Exporters = {
  readonly spans: SpanExporter
  readonly metrics: PushMetricExporter
  readonly logs: LogRecordExporter
}

/**
 * The SDK's three providers. Queues are bounded (2,048 spans, 2,048 log records) and drop what is too much; spans are
 * sampled as OTEL_TRACES_SAMPLER says, otherwise as their parents are, and all without one.
 * @param options.resource what OTEL_RESOURCE_ATTRIBUTES says goes before it
 * @param options.reader takes the metrics in place of the exporters
 * @param options.metricIntervalMs between two exports of the metrics
 * @param options.timeoutMs after which an export is given up
 */
export function openTelemetrySdk(options: {
  resource: Attributes
  exporters: readonly Exporters[]
  reader?: IMetricReader
  metricIntervalMs: number
  timeoutMs: number
}) {
  const { exporters, metricIntervalMs, timeoutMs } = options
  const resource = defaultResource()
    .merge(resourceFromAttributes(options.resource))
    .merge(detectResources({ detectors: [envDetector] }))
  const ids = nameableSpans()
  const spanProcessors = exporters.map(({ spans }) => new BatchSpanProcessor(spans))
  const tracers = new BasicTracerProvider({ resource, spanProcessors, idGenerator: ids })
  const readers = options.reader
    ? [options.reader]
    : exporters.map(
        ({ metrics }) =>
          new PeriodicExportingMetricReader({
            exporter: metrics,
            exportIntervalMillis: metricIntervalMs,
            exportTimeoutMillis: Math.min(timeoutMs, metricIntervalMs),
          }),
      )
  const meters = new MeterProvider({ resource, readers })
  const processors = exporters.map(({ logs }) => new BatchLogRecordProcessor({ exporter: logs }))
  const loggers = new LoggerProvider({ resource, processors })
  return { tracers, meters, loggers, nameNextSpan: ids.nameNext }
}

/** Random ids, but for a span whose id was told to others before it was made. */
function nameableSpans() {
  const random = new RandomIdGenerator()
  let next: string | undefined
  return {
    generateTraceId: () => random.generateTraceId(),
    generateSpanId() {
      const id = next ?? random.generateSpanId()
      next = undefined
      return id
    },
    nameNext(spanId: string) {
      next = spanId
    },
  }
}
