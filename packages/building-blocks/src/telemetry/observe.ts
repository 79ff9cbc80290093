import type { InvocationContext } from "@azure/functions"
import { metrics, SpanKind } from "@opentelemetry/api"
import { isUnavailable } from "../failure.ts"
import { ambient } from "./ambient.ts"
import { inSpan } from "./spans.ts"
import { traceIdOf } from "./traceparent.ts"

/** What set a use case going. */
export type Trigger = "http" | "event" | "timer" | "saga"

export type Observed = {
  readonly name: string
  readonly trigger: Trigger
  /** The kind of caller; never who it is. */
  readonly caller: string
  readonly traceparent: string
  readonly invocation?: InvocationContext
  /** The ids that the call is about, for its log line. */
  readonly about: Readonly<Record<string, string>>
}

/** Members whose values name what a call is about; none of them is personal. */
const ABOUT = ["id", "orderId", "checkoutId", "holdId", "paymentId", "productId", "sku"] as const

/** The ids among an input's members. */
export const idsOf = (input: unknown): Record<string, string> => {
  if (typeof input !== "object" || input === null) return {}
  const members = input as Record<string, unknown>
  return Object.fromEntries(
    ABOUT.flatMap((name) => (typeof members[name] === "string" ? [[name, members[name]]] : [])),
  )
}

const spanKinds: Record<Trigger, SpanKind> = {
  http: SpanKind.SERVER,
  event: SpanKind.CONSUMER,
  timer: SpanKind.INTERNAL,
  saga: SpanKind.INTERNAL,
}

/** One line of `key=value`, as log stores take it apart. */
const line = (members: Record<string, string | number>): string =>
  Object.entries(members)
    .map(([key, value]) => `${key}=${/[\s"=]/.test(String(value)) ? JSON.stringify(value) : value}`)
    .join(" ")

type Log = Pick<InvocationContext, "info" | "warn" | "error">

const told = new WeakSet<object>()
/** Whether an error is in the log already. */
export const isReported = (error: unknown): boolean =>
  typeof error === "object" && error !== null && told.has(error)

function tellError(log: Log, error: unknown): void {
  if (isReported(error)) return
  log.error((error as Error).stack ?? String(error))
  if (typeof error === "object" && error !== null) told.add(error)
}

/**
 * Runs a use case under its own span, and tells of it in one log line and one metric. Spans and metrics go to whatever
 * OpenTelemetry SDK the app has registered; without one they cost nothing.
 * @param outcomeOf names how it ended: `done`, or a refusal's code
 */
export async function observe<T>(
  observed: Observed,
  work: () => Promise<T>,
  outcomeOf: (result: T) => string,
): Promise<T> {
  const { name, trigger, caller, invocation } = observed
  const started = performance.now()
  const log = invocation ?? console
  return await inSpan({ ...observed, kind: spanKinds[trigger] }, async (span) => {
    const report = (outcome: string, level: "info" | "warn" | "error") => {
      const milliseconds = performance.now() - started
      span.set({ "eshop.outcome": outcome, "enduser.kind": caller })
      if (level !== "info") span.fail(outcome)
      metrics
        .getMeter("eshop")
        .createHistogram("eshop.use_case.duration", { unit: "s" })
        .record(milliseconds / 1_000, { "eshop.use_case": name, "eshop.outcome": outcome })
      const members = {
        useCase: name,
        outcome,
        ms: Math.round(milliseconds),
        trigger,
        caller,
        ...observed.about,
        trace: traceIdOf(span.traceparent),
      }
      log[level](line(members))
    }
    try {
      const result = await work()
      report(outcomeOf(result), "info")
      return result
    } catch (error) {
      if (isUnavailable(error)) {
        report("unavailable", "warn")
        log.warn((error as Error).message)
      } else {
        report((error as Error).name, "error")
        tellError(log, error)
      }
      throw error
    }
  })
}

/**
 * Tells how a saga ended, or that it met a fault, in one log line and one metric.
 * @param about.outcome `completed`, `faulty`, `stranded`, or the code of the reason for which it was led back
 */
export function reportSaga(
  log: Log,
  about: { saga: string; id: string; outcome: string; traceparent: string | undefined },
  error?: unknown,
): void {
  const { saga, id, outcome, traceparent } = about
  metrics
    .getMeter("eshop")
    .createCounter("eshop.saga.outcomes")
    .add(1, { "eshop.saga": saga, "eshop.outcome": outcome })
  const members = { saga, id, outcome, ...(traceparent && { trace: traceIdOf(traceparent) }) }
  log[error === undefined ? "info" : "error"](line(members))
  if (error !== undefined) tellError(log, error)
}

/** A warning about the call that is under way, or about the app outside of one. */
export const warn = (message: string): void => {
  const invocation = ambient()?.invocation
  if (invocation) invocation.warn(message)
  else console.warn(message)
}

/** Something that a person must know: an error line, and a count by its name. */
export function alarm(name: string, message: string): void {
  metrics.getMeter("eshop").createCounter("eshop.alarms").add(1, { "eshop.alarm": name })
  const log = ambient()?.invocation ?? console
  log.error(`${name}: ${message}`)
}
