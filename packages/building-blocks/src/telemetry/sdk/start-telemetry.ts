import { setTimeout as sleep } from "node:timers/promises"
import { DiagLogLevel, diag, metrics, trace } from "@opentelemetry/api"
import { logs } from "@opentelemetry/api-logs"
import * as z from "zod"
import { azureCredential } from "../../identity/azure-credential.ts"
import { log } from "../log.ts"
import { telemetryRuns } from "../running.ts"
import { resourceOf, type Service } from "./resource.ts"

/** Empty counts as not set (https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/). */
const optional = z
  .string()
  .optional()
  .transform((text) => text?.trim() || undefined)

/**
 * Where an app's traces, metrics and logs go, by the standard names. With none of them set nothing is loaded. What else
 * OpenTelemetry's SDK reads from the environment (samplers, limits of its queues) it reads itself.
 */
export const TelemetrySettings = z.object({
  /** An OTLP receiver's base address (HTTP): `http://localhost:4318`. */
  OTEL_EXPORTER_OTLP_ENDPOINT: optional,
  /** `name=value,…`, sent with every export. */
  OTEL_EXPORTER_OTLP_HEADERS: optional,
  /** Milliseconds after which an export is given up. */
  OTEL_EXPORTER_OTLP_TIMEOUT: z.coerce.number().int().positive().default(4_000),
  /** The app's name where it is not set. */
  OTEL_SERVICE_NAME: optional,
  /** `prometheus`: metrics are not sent, but served at `GET /metrics`. */
  OTEL_METRICS_EXPORTER: optional,
  /** Milliseconds between two exports of the metrics. */
  OTEL_METRIC_EXPORT_INTERVAL: z.coerce.number().int().positive().default(60_000),
  APPLICATIONINSIGHTS_CONNECTION_STRING: optional,
  /** With `Authorization=AAD` in it telemetry is sent with the app's identity. */
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: optional,
})
export type TelemetrySettings = z.infer<typeof TelemetrySettings>

/** The SDK that runs in this process. */
export type Telemetry = {
  /** Sends what has been collected; resolves after 5 s at the latest, and never rejects. */
  flush(): Promise<void>
  /** Flushes and ends; resolves after 5 s at the latest, and never rejects. */
  stop(): Promise<void>
  /** All metrics in Prometheus' text format; absent where they are sent instead. */
  metricsText?(): Promise<string>
}

/** How long a flush or a stop waits for a receiver. */
const PATIENCE_MS = 5_000
/** A receiver that is away is worth a line now and then. */
const COMPLAINT_PAUSE_MS = 60_000

/** Whether a setting asks for telemetry. */
export const isWanted = (settings: TelemetrySettings): boolean =>
  settings.OTEL_EXPORTER_OTLP_ENDPOINT !== undefined ||
  settings.APPLICATIONINSIGHTS_CONNECTION_STRING !== undefined ||
  isScraped(settings)

/** Whether the app serves its metrics. */
export const isScraped = ({ OTEL_METRICS_EXPORTER }: TelemetrySettings): boolean =>
  OTEL_METRICS_EXPORTER === "prometheus"

/**
 * Starts OpenTelemetry's SDK where a setting asks for it, and registers it as the process's. A receiver that is away
 * harms nothing: queues are bounded, what is too much is dropped, and a line a minute says so.
 * @returns undefined where no setting asks: then no code of it is loaded
 */
export async function startTelemetry(
  settings: TelemetrySettings,
  service: Service,
): Promise<Telemetry | undefined> {
  if (!isWanted(settings)) return undefined
  const complain = complainNowAndThen()
  const logger = { error: complain, warn: complain, info: ignore, debug: ignore, verbose: ignore }
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true })
  const { openTelemetrySdk } = await import("./opentelemetry-sdk.ts")
  const exporters = await exportersOf(settings)
  const scraped = isScraped(settings)
    ? (await import("./opentelemetry-prometheus.ts")).prometheusReader()
    : undefined
  const { tracers, meters, loggers, nameNextSpan } = openTelemetrySdk({
    resource: resourceOf({ ...service, name: settings.OTEL_SERVICE_NAME ?? service.name }, process.env),
    exporters,
    ...(scraped && { reader: scraped.reader }),
    metricIntervalMs: settings.OTEL_METRIC_EXPORT_INTERVAL,
    timeoutMs: settings.OTEL_EXPORTER_OTLP_TIMEOUT,
  })
  // Spans and log records that nobody takes are not made either.
  if (exporters.length > 0) {
    trace.setGlobalTracerProvider(tracers)
    logs.setGlobalLoggerProvider(loggers)
  }
  metrics.setGlobalMeterProvider(meters)
  telemetryRuns({ nameNextSpan })
  const providers = [tracers, meters, loggers]
  return {
    flush: () =>
      inTime(
        providers.map((provider) => provider.forceFlush()),
        complain,
      ),
    async stop() {
      await inTime(
        providers.map((provider) => provider.shutdown()),
        complain,
      )
      telemetryRuns(undefined)
    },
    ...(scraped && { metricsText: scraped.text }),
  }
}

async function exportersOf(settings: TelemetrySettings) {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_HEADERS: headers } = settings
  const { APPLICATIONINSIGHTS_CONNECTION_STRING: connectionString } = settings
  const withIdentity = /\bAuthorization=AAD\b/i.test(settings.APPLICATIONINSIGHTS_AUTHENTICATION_STRING ?? "")
  const [otlp, azureMonitor] = await Promise.all([
    endpoint && import("./opentelemetry-otlp.ts"),
    connectionString && import("./azure-monitor.ts"),
  ])
  return [
    ...(otlp && endpoint
      ? [otlp.otlpExporters(endpoint, headersOf(headers), settings.OTEL_EXPORTER_OTLP_TIMEOUT)]
      : []),
    ...(azureMonitor && connectionString
      ? [azureMonitor.azureMonitorExporters(connectionString, withIdentity ? azureCredential() : undefined)]
      : []),
  ]
}

/** `name=value,…`, percent-encoded (W3C Baggage, without its metadata). */
const headersOf = (text = ""): Record<string, string> =>
  Object.fromEntries(
    text.split(",").flatMap((pair) => {
      const [name, ...value] = pair.split("=")
      return name?.trim() ? [[name.trim(), decodeURIComponent(value.join("=").trim())]] : []
    }),
  )

/** Waits for all of them, whatever becomes of each, but not for long. */
async function inTime(all: readonly Promise<void>[], complain: (message: string) => void): Promise<void> {
  const late = new AbortController()
  await Promise.race([
    Promise.all(all.map((one) => one.catch((error) => complain(messageOf(error))))),
    sleep(PATIENCE_MS, undefined, { signal: late.signal }).catch(() => {}),
  ])
  late.abort()
}

const ignore = () => {}

/** Some of the SDK's promises are rejected with a list of errors. */
function messageOf(error: unknown): string {
  const [first] = [error].flat()
  return first instanceof Error ? first.message : String(first)
}

/** Writes what the SDK complains about, one line a minute, without what it was about to send. */
function complainNowAndThen(): (message: string) => void {
  let last = Number.NEGATIVE_INFINITY
  return (message) => {
    if (performance.now() - last < COMPLAINT_PAUSE_MS) return
    last = performance.now()
    log.warn("telemetry could not be sent", { reason: reasonOf(message) })
  }
}

/** An error reaches the SDK's log as JSON, with its stack. */
function reasonOf(message: string): string {
  try {
    return String((JSON.parse(message) as { message?: unknown }).message)
  } catch {
    return message.split("\n", 1)[0] as string
  }
}
