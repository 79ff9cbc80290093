import { type Context, context, type Meter, type Tracer, trace } from "@opentelemetry/api"
import { type Logger, SeverityNumber } from "@opentelemetry/api-logs"
import { OTLPLogExporter as LogsAsJson } from "@opentelemetry/exporter-logs-otlp-http"
import { OTLPLogExporter as LogsAsProtobuf } from "@opentelemetry/exporter-logs-otlp-proto"
import { OTLPMetricExporter as MetricsAsJson } from "@opentelemetry/exporter-metrics-otlp-http"
import { OTLPMetricExporter as MetricsAsProtobuf } from "@opentelemetry/exporter-metrics-otlp-proto"
import { OTLPTraceExporter as TracesAsJson } from "@opentelemetry/exporter-trace-otlp-http"
import { OTLPTraceExporter as TracesAsProtobuf } from "@opentelemetry/exporter-trace-otlp-proto"
import { CompressionAlgorithm } from "@opentelemetry/otlp-exporter-base"
import { resourceFromAttributes } from "@opentelemetry/resources"
import { LoggerProvider, SimpleLogRecordProcessor } from "@opentelemetry/sdk-logs"
import { MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics"
import { BasicTracerProvider, SimpleSpanProcessor, type Span } from "@opentelemetry/sdk-trace-base"

/** How a service sends. */
export interface SenderOptions {
  service: string
  encoding: "json" | "protobuf"
  isCompressed: boolean
}

/** A service with OpenTelemetry's own SDK and exporters. */
export interface Sender {
  readonly tracer: Tracer
  readonly logger: Logger
  readonly meter: Meter
  /** Runs the work under a span, which is the parent of those within. */
  within<T>(name: string, parent: Context, work: (span: Span, context: Context) => T): T
  /** Resolves when all of it has been taken. */
  flush(): Promise<void>
  stop(): Promise<void>
}

export { SeverityNumber }

/** @param url base address of the receiver */
export function sender(url: string, { service, encoding, isCompressed }: SenderOptions): Sender {
  const to = (signal: string) => ({
    url: `${url}/v1/${signal}`,
    compression: isCompressed ? CompressionAlgorithm.GZIP : CompressionAlgorithm.NONE,
  })
  const isJson = encoding === "json"
  const resource = resourceFromAttributes({ "service.name": service, "service.instance.id": `${service}-1` })
  const spanExporter = isJson ? new TracesAsJson(to("traces")) : new TracesAsProtobuf(to("traces"))
  const logExporter = isJson ? new LogsAsJson(to("logs")) : new LogsAsProtobuf(to("logs"))
  const metricExporter = isJson ? new MetricsAsJson(to("metrics")) : new MetricsAsProtobuf(to("metrics"))
  const tracers = new BasicTracerProvider({
    resource,
    spanProcessors: [new SimpleSpanProcessor(spanExporter)],
  })
  const loggers = new LoggerProvider({
    resource,
    processors: [new SimpleLogRecordProcessor({ exporter: logExporter })],
  })
  // It sends when it is flushed; the interval is never reached.
  const reader = new PeriodicExportingMetricReader({
    exporter: metricExporter,
    exportIntervalMillis: 3_600_000,
  })
  const meters = new MeterProvider({ resource, readers: [reader] })
  const providers = [tracers, loggers, meters]
  const tracer = tracers.getTracer("test")
  return {
    tracer,
    logger: loggers.getLogger("test"),
    meter: meters.getMeter("test"),
    within(name, parent, work) {
      const span = tracer.startSpan(name, {}, parent) as Span
      const result = work(span, trace.setSpan(parent, span))
      span.end()
      return result
    },
    async flush() {
      for (const provider of providers) await provider.forceFlush()
    },
    async stop() {
      for (const provider of providers) await provider.shutdown()
    },
  }
}

/** No span is around. */
export const atRoot = context.active()
