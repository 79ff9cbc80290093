import type { OrchestrationContext } from "durable-functions"
import type { Ambient } from "../telemetry/ambient.ts"
import { within } from "../telemetry/ambient.ts"
import { log } from "../telemetry/log.ts"
import { record } from "../telemetry/metrics.ts"
import { idsOf, unreported } from "../telemetry/observe.ts"
import { traceparentOf } from "../telemetry/traceparent.ts"
import { recordSagaSpan } from "./saga-span.ts"

/** What an orchestration starts with: the saga's input, and the trace that it belongs to. */
export type SagaInput = { readonly input: unknown; readonly traceparent?: string }

/** An orchestrator reads no surroundings: what it writes brings them along. */
function surroundingsOf(saga: string, context: OrchestrationContext): Ambient {
  const { input, traceparent } = context.df.getInput() as SagaInput
  const members = { saga, sagaId: context.df.instanceId, ...idsOf(input) }
  return { traceparent: traceparentOf(traceparent), invocation: context, told: { members } }
}

/** A warning of a saga's orchestrator. */
export function warnOfSaga(saga: string, context: OrchestrationContext, message: string): void {
  within(surroundingsOf(saga, context), () => log.warn(message))
}

/**
 * Tells how a saga ended, or that it met a fault, in one log line; of an end in one metric and its span as well.
 * @param report.outcome `completed`, `faulty`, `stranded`, or the code of the reason for which it was led back
 * @param report.began when it started; absent while it has not ended
 */
export function reportSaga(
  saga: string,
  context: OrchestrationContext,
  report: { readonly outcome: string; readonly began?: Date; readonly error?: unknown },
): void {
  const { outcome, began, error } = report
  const seconds = began && (context.df.currentUtcDateTime.getTime() - began.getTime()) / 1_000
  if (seconds !== undefined)
    record("eshop.saga.duration", seconds, { "eshop.saga": saga, "eshop.outcome": outcome })
  if (began) recordEnd(saga, context, { outcome, began, isStranded: error !== undefined })
  const members = { outcome, ...(seconds !== undefined && { seconds: Math.round(seconds) }) }
  within(surroundingsOf(saga, context), () => {
    if (error === undefined) log.info(`${saga}: ${outcome}`, members)
    else log.error(`${saga}: ${outcome}`, { ...members, ...unreported(error) })
  })
}

/** One that was started outside of any trace has no span. */
function recordEnd(
  name: string,
  { df }: OrchestrationContext,
  how: { readonly outcome: string; readonly began: Date; readonly isStranded: boolean },
): void {
  const { traceparent } = df.getInput() as SagaInput
  if (!traceparent) return
  recordSagaSpan({ name, instanceId: df.instanceId, ended: df.currentUtcDateTime, traceparent, ...how })
}
