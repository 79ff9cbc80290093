import { setTimeout as sleep } from "node:timers/promises"
import { DiagLogLevel, diag } from "@opentelemetry/api"
import * as z from "zod"
import { azureCredential } from "../../identity/azure-credential.ts"
import { withoutAmbient } from "../ambient.ts"
import { log } from "../log.ts"
import { showGauges } from "../metrics.ts"
import { telemetryComes, telemetryEnds, telemetryRuns } from "../running.ts"
import type { Exporters, Sdk, SdkOptions } from "./opentelemetry-sdk.ts"
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
  const scraped = isScraped(settings)
    ? (await import("./opentelemetry-prometheus.ts")).prometheusReader()
    : undefined
  const sdk = await sdkOf(settings, {
    resource: resourceOf({ ...service, name: settings.OTEL_SERVICE_NAME ?? service.name }, process.env),
    exporters: await otlpOf(settings),
    ...(scraped && { reader: scraped.reader }),
    metricIntervalMs: settings.OTEL_METRIC_EXPORT_INTERVAL,
    timeoutMs: settings.OTEL_EXPORTER_OTLP_TIMEOUT,
  })
  // Only now: what is set before it, Azure Monitor's SDK forgets.
  const logger = { error: complain, warn: complain, info: ignore, debug: ignore, verbose: ignore }
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true })
  telemetryRuns()
  return {
    flush: () => inTime(sdk.flush(), complain),
    async stop() {
      await inTime(sdk.shutdown(), complain)
      telemetryEnds()
    },
    ...(scraped && { metricsText: scraped.text }),
  }
}

/** A first request is answered by then; its SDK takes a third of a second to load, in which a process does nothing else. */
const LOAD_AFTER_MS = 2_000

/**
 * Starts OpenTelemetry's SDK where a setting asks for it, but not before the app has had the time to answer its first
 * request. What is told until then is kept, and handed on. Who asks for the metrics, and who stops, has it loaded at once.
 * @returns undefined where no setting asks: then no code of it is loaded
 */
export function startTelemetrySoon(settings: TelemetrySettings, service: Service): Telemetry | undefined {
  if (!isWanted(settings)) return undefined
  telemetryComes()
  let loading: Promise<Telemetry | undefined> | undefined
  const load = () => {
    loading ??= withoutAmbient(() => loadTelemetry(settings, service))
    return loading
  }
  setTimeout(load, LOAD_AFTER_MS).unref()
  return {
    flush: async () => await (await load())?.flush(),
    stop: async () => await (await load())?.stop(),
    ...(isScraped(settings) && { metricsText: async () => (await (await load())?.metricsText?.()) ?? "" }),
  }
}

/** The app runs without it as well. */
async function loadTelemetry(settings: TelemetrySettings, service: Service): Promise<Telemetry | undefined> {
  try {
    const telemetry = await startTelemetry(settings, service)
    showGauges()
    return telemetry
  } catch (error) {
    telemetryEnds()
    log.error("telemetry does not run", { error })
    return undefined
  }
}

async function sdkOf(settings: TelemetrySettings, options: SdkOptions): Promise<Sdk> {
  const { APPLICATIONINSIGHTS_CONNECTION_STRING: connectionString } = settings
  if (!connectionString) return (await import("./opentelemetry-sdk.ts")).openTelemetrySdk(options)
  const withIdentity = /\bAuthorization=AAD\b/i.test(settings.APPLICATIONINSIGHTS_AUTHENTICATION_STRING ?? "")
  const credential = withIdentity ? azureCredential() : undefined
  const { azureMonitorSdk } = await import("./azure-monitor.ts")
  return azureMonitorSdk(options, { connectionString, credential })
}

async function otlpOf(settings: TelemetrySettings): Promise<Exporters[]> {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_HEADERS: headers } = settings
  if (!endpoint) return []
  const { otlpExporters } = await import("./opentelemetry-otlp.ts")
  return [otlpExporters(endpoint, headersOf(headers), settings.OTEL_EXPORTER_OTLP_TIMEOUT)]
}

/** `name=value,…`, percent-encoded (W3C Baggage, without its metadata). */
const headersOf = (text = ""): Record<string, string> =>
  Object.fromEntries(
    text.split(",").flatMap((pair) => {
      const [name, ...value] = pair.split("=")
      return name?.trim() ? [[name.trim(), decodeURIComponent(value.join("=").trim())]] : []
    }),
  )

/** Waits for it, whatever becomes of it, but not for long. */
async function inTime(work: Promise<unknown>, complain: (message: string) => void): Promise<void> {
  const late = new AbortController()
  await Promise.race([
    work.catch((error) => complain(messageOf(error))),
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
