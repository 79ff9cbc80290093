import { createHash } from "node:crypto"
import { SpanKind } from "@opentelemetry/api"
import { recordNamedSpan } from "../telemetry/spans.ts"
import { spanContextOf } from "../telemetry/traceparent.ts"

/**
 * The trace context of an orchestration's own span, the same in every replay: its steps are children of a span that is
 * made at its end, weeks later perhaps, by whichever process it ends in.
 * @param traceparent of what started it
 * @param began when it started: an instance may be started again under its id
 */
export function sagaTraceparent(traceparent: string, instanceId: string, began: Date): string {
  const digest = createHash("sha256").update(`${instanceId} ${began.toISOString()}`).digest("hex")
  return `${traceparent.slice(0, 36)}${digest.slice(0, 16)}${traceparent.slice(52)}`
}

/** An orchestration that has ended. */
export type EndedSaga = {
  readonly name: string
  readonly instanceId: string
  readonly began: Date
  readonly ended: Date
  readonly outcome: string
  /** Of what started it. */
  readonly traceparent: string
  readonly isStranded: boolean
}

/** Records the span of an orchestration, from its start to its end. A turn that ends it twice records it twice, under one id. */
export function recordSagaSpan(saga: EndedSaga): void {
  const { name, instanceId, began, ended, outcome, traceparent, isStranded } = saga
  const { spanId } = spanContextOf(sagaTraceparent(traceparent, instanceId, began))
  const attributes = { "eshop.saga": name, "eshop.saga.id": instanceId, "eshop.outcome": outcome }
  recordNamedSpan(
    spanId,
    { name, kind: SpanKind.INTERNAL, traceparent, attributes, startTime: began },
    ended,
    isStranded ? outcome : undefined,
  )
}
