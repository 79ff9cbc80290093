import type { InvocationContext } from "@azure/functions"
import { type Attributes, SpanKind } from "@opentelemetry/api"
import { isUnavailable } from "../failure.ts"
import { type Ambient, ambient, type Told, within } from "./ambient.ts"
import { type FaasTrigger, faasAttributes } from "./faas.ts"
import { log, type Members } from "./log.ts"
import { count, record } from "./metrics.ts"
import { pseudonymOf } from "./pseudonym.ts"
import { inSharedSpan } from "./spans.ts"

/** What set a use case going. */
export type Trigger = "http" | "event" | "timer" | "follow-up" | "saga"

export type Observed = {
  readonly name: string
  readonly trigger: Trigger
  readonly caller: {
    readonly kind: string
    /** Of a customer or a guest: lines say a pseudonym of it. */
    readonly customerId?: string | undefined
  }
  readonly traceparent: string
  /** Of the other traces that it serves. */
  readonly others?: readonly string[]
  readonly invocation?: InvocationContext
  /** The ids that the call is about, for its log lines. */
  readonly about: Readonly<Record<string, string>>
}

/** Members whose values name what a call is about, and what lines call them; none of them is personal. */
const ABOUT = {
  ...{ id: "id", orderId: "orderId", checkoutId: "orderId", holdId: "holdId", paymentId: "paymentId" },
  ...{ refundId: "refundId", returnId: "returnId", shipmentId: "shipmentId", withdrawalId: "withdrawalId" },
  ...{ instanceId: "sagaId", deliveryId: "deliveryId", productId: "productId", sku: "sku" },
} as const

/**
 * The ids among an input's members, by the names that log lines have for them.
 * @param idOf what its `id` is one of: `order` makes it an `orderId`
 */
export function idsOf(input: unknown, idOf?: string): Record<string, string> {
  if (typeof input !== "object" || input === null) return {}
  const members = input as Record<string, unknown>
  const ids: Record<string, string> = {}
  for (const [name, called] of Object.entries(ABOUT)) {
    const value = members[name]
    if (typeof value === "string") ids[name === "id" && idOf ? `${idOf}Id` : called] = value
  }
  return ids
}

/** What the call that is under way turns out to be about: from here on its log lines name it. */
export function nameInLog(ids: Readonly<Record<string, string>>): void {
  Object.assign(ambient()?.told?.members ?? {}, ids)
}

/** A use case that the host calls itself; a request or a message has a span around it. */
const entries: Partial<Record<Trigger, FaasTrigger>> = { timer: "timer", saga: "other" }

/** What its span says of a use case: `orderId` is `eshop.order.id`. */
function attributesOf({ trigger, caller, about, invocation }: Observed): Attributes {
  const ids = Object.entries(about).map(([name, id]) => [
    `eshop.${name.replace(/(?<=[a-z])Id$/, ".id").toLowerCase()}`,
    id,
  ])
  const entry = entries[trigger]
  return {
    ...Object.fromEntries(ids),
    "eshop.caller": caller.kind,
    ...(entry && invocation && faasAttributes(entry, invocation)),
  }
}

const reported = new WeakSet<object>()
/** Whether an error is in the log already. */
export const isReported = (error: unknown): boolean =>
  typeof error === "object" && error !== null && reported.has(error)

/** @returns the error for a line, the first time; nothing from then on */
export function unreported(error: unknown): { error?: unknown } {
  if (isReported(error)) return {}
  if (typeof error === "object" && error !== null) reported.add(error)
  return { error }
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
  const { name, trigger, caller } = observed
  const started = performance.now()
  const told: Told = { members: { ...ambient()?.told?.members, useCase: name, ...observed.about } }
  if (caller.customerId !== undefined) told.members.customer = pseudonymOf(caller.customerId)
  const attributes = attributesOf(observed)
  const about = { ...observed, kind: SpanKind.INTERNAL, attributes }
  return await inSharedSpan(about, observed.others ?? [], async (span) => {
    const report = (outcome: string, level: "info" | "warn" | "error", error: object = {}) => {
      const milliseconds = performance.now() - started
      span.set({ "eshop.outcome": outcome })
      if (level !== "info") span.fail(outcome)
      record("eshop.use_case.duration", milliseconds / 1_000, {
        "eshop.use_case": name,
        "eshop.trigger": trigger,
        "eshop.outcome": outcome,
      })
      const ms = Math.round(milliseconds)
      // Follow-ups run with every commit that asks: which did what shows in its trace.
      const line = level === "info" && trigger === "follow-up" ? "debug" : level
      log[line](`${name}: ${outcome}`, { outcome, ms, trigger, caller: caller.kind, ...error })
    }
    return await within({ ...(ambient() as Ambient), told }, async () => {
      try {
        const result = await work()
        report(outcomeOf(result), "info")
        return result
      } catch (error) {
        if (isUnavailable(error)) report("unavailable", "warn", { error })
        else report((error as Error).name, "error", unreported(error))
        throw error
      } finally {
        told.hasEnded = true
      }
    })
  })
}

/** Something that a person must know: an error line, and a count by its name. */
export function alarm(name: string, message: string, members: Members = {}): void {
  count("eshop.alarms", 1, { "eshop.alarm": name })
  log.error(message, { ...members, alarm: name })
}
