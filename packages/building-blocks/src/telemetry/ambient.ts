import { AsyncLocalStorage } from "node:async_hooks"
import type { InvocationContext } from "@azure/functions"
import type { Span } from "@opentelemetry/api"

/** What surrounds a call without being its input. An orchestrator never reads it: it is not there on a replay. */
export type Ambient = {
  /** W3C trace context of the call's own span: what goes out from here carries it on. */
  readonly traceparent: string
  /** The call's own span, where one is recorded. */
  readonly span?: Span
  /** The trigger's invocation; absent outside of the Functions host. */
  readonly invocation?: InvocationContext
  /** What every log line of the call says besides its text. */
  readonly told?: Told
}

/** Grows while a call finds out what it is about. */
export type Told = {
  readonly members: Record<string, string>
  /** Set once the call has ended: the host takes no line for its invocation any more. */
  hasEnded?: boolean
}

const storage = new AsyncLocalStorage<Ambient>()

/** Runs the work, and all that it awaits, within these surroundings. */
export const within = <T>(ambient: Ambient, work: () => T): T => storage.run(ambient, work)

/** Runs work that belongs to no single call, such as what a timer of ours does for many, without surroundings. */
export const withoutAmbient = <T>(work: () => T): T => storage.exit(work)

export const ambient = (): Ambient | undefined => storage.getStore()

/** The trace context to send on, as the member that messages and requests carry; empty outside of a call. */
export const traceMember = (): { traceparent?: string } => {
  const traceparent = storage.getStore()?.traceparent
  return traceparent ? { traceparent } : {}
}
