import { ROOT_CONTEXT, trace } from "@opentelemetry/api"
import { type LogAttributes, logs, SeverityNumber } from "@opentelemetry/api-logs"
import pino from "pino"
import * as z from "zod"
import { ambient } from "./ambient.ts"
import { setPseudonymKey } from "./pseudonym.ts"
import { redactedPaths, STRUCK_OUT, scrubbed, type struckOutNames } from "./redaction.ts"
import { later } from "./running.ts"
import { spanContextOf } from "./traceparent.ts"

export const LogLevel = z.enum(["debug", "info", "warn", "error"])
export type LogLevel = z.infer<typeof LogLevel>

export const LogSettings = z.object({
  /** Lines of less weight are not written. */
  LOG_LEVEL: LogLevel.default("info"),
  /** What customers' pseudonyms are made with, the same for all apps; a random one for each process where it is not set. */
  LOG_PSEUDONYM_KEY: z.string().min(16).optional(),
})

/** Beside its text: ids, codes and counts, one deep. What names a person has no place here, and is struck out. */
export type Members = Readonly<Record<string, unknown>> & {
  readonly [Name in (typeof struckOutNames)[number]]?: never
} & {
  /** What was thrown: its type, and its stack with those of its causes. */
  readonly error?: unknown
}

type Say = (text: string, members?: Members) => void

const CAUSES = 5

/** A thrown thing as text: its stack and those of its causes. */
function stackOf(thrown: unknown, causes = CAUSES): string {
  if (!(thrown instanceof Error))
    return typeof thrown === "object" ? Object.prototype.toString.call(thrown) : String(thrown)
  const own = thrown.stack ?? `${thrown.name}: ${thrown.message}`
  const cause = thrown.cause ?? (thrown instanceof AggregateError ? thrown.errors[0] : undefined)
  return cause === undefined || causes === 0 ? own : `${own}\nCaused by: ${stackOf(cause, causes - 1)}`
}

/** Flat, so that nothing hides in it: what is no plain value is not written. */
function plain({ error, ...members }: Record<string, unknown>): Record<string, unknown> {
  for (const [name, value] of Object.entries(members)) {
    if (typeof value === "string") members[name] = scrubbed(value)
    else if (typeof value === "object" && value !== null) members[name] = STRUCK_OUT
  }
  if (error === undefined) return members
  const kind = error instanceof Error ? error.name : typeof error
  return { ...members, error: kind, stack: scrubbed(stackOf(error)) }
}

/** What the surroundings add to each line. */
function surroundings(): object {
  const { traceparent, told } = ambient() ?? {}
  if (!traceparent) return {}
  const { traceId, spanId } = spanContextOf(traceparent)
  return { ...told?.members, trace: traceId, span: spanId }
}

const severities = {
  debug: SeverityNumber.DEBUG,
  info: SeverityNumber.INFO,
  warn: SeverityNumber.WARN,
  error: SeverityNumber.ERROR,
} as const

/** The same line, struck out as it is, as a record of OpenTelemetry. */
function emit(line: string, traceparent: string | undefined): void {
  if (later(() => emit(line, traceparent))) return
  // Asked for anew each time: an SDK brings its own.
  const otel = logs.getLogger("eshop")
  if (!otel.enabled()) return
  const { level, time, msg, service: _, trace: __, span: ___, ...attributes } = JSON.parse(line)
  otel.emit({
    severityNumber: severities[level as LogLevel],
    severityText: level.toUpperCase(),
    timestamp: new Date(time),
    body: msg,
    attributes: attributes as LogAttributes,
    context: traceparent ? trace.setSpanContext(ROOT_CONTEXT, spanContextOf(traceparent)) : ROOT_CONTEXT,
  })
}

/** Takes each line as it is finished. */
const destination = {
  [pino.symbols.needsMetadataGsym]: true,
  lastLevel: 0,
  write(line: string): void {
    const text = line.trimEnd()
    const { invocation, told } = ambient() ?? {}
    const to = invocation && !told?.hasEnded ? invocation : console
    // Which lines are written is decided here: the host, whose levels are its own, takes a debug line for information.
    if (this.lastLevel >= 50) to.error(text)
    else if (this.lastLevel >= 40) to.warn(text)
    else to.info(text)
    emit(text, ambient()?.traceparent)
  },
}

const lines = pino(
  {
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    mixin: surroundings,
    redact: { paths: [...redactedPaths], censor: STRUCK_OUT },
    formatters: { level: (level) => ({ level }), log: plain },
  },
  destination,
)

const say =
  (level: LogLevel): Say =>
  (text, members) => {
    if (lines.isLevelEnabled(level)) lines[level](members ?? {}, scrubbed(text))
  }

/**
 * The log: one line of JSON for each call, with the trace, the span and the ids of the call that is under way. It goes to
 * the log of the invocation, outside of one to the console, and to OpenTelemetry where an SDK runs.
 */
export const log: Readonly<Record<LogLevel, Say>> = {
  debug: say("debug"),
  info: say("info"),
  warn: say("warn"),
  error: say("error"),
}

/** From here on lines of less weight are not written. */
export function setLogLevel(level: LogLevel): void {
  lines.level = level
}

export const logLevel = (): LogLevel => lines.level as LogLevel

/** Names the app in its lines, and sets what the process's settings say. */
export function startLog(service: string, settings: z.output<typeof LogSettings>): void {
  lines.setBindings({ service })
  setLogLevel(settings.LOG_LEVEL)
  setPseudonymKey(settings.LOG_PSEUDONYM_KEY)
}
