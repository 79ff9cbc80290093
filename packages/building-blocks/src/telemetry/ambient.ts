import { AsyncLocalStorage } from "node:async_hooks"
import type { InvocationContext } from "@azure/functions"

/** What surrounds a call without being its input. An orchestrator never reads it: it is not there on a replay. */
export type Ambient = {
  /** W3C trace context of the call's own span: what goes out from here carries it on. */
  readonly traceparent: string
  /** The trigger's invocation; absent outside of the Functions host. */
  readonly invocation?: InvocationContext
}

const storage = new AsyncLocalStorage<Ambient>()

/** Runs the work, and all that it awaits, within these surroundings. */
export const within = <T>(ambient: Ambient, work: () => T): T => storage.run(ambient, work)

export const ambient = (): Ambient | undefined => storage.getStore()

/** The trace context to send on, as the member that messages and requests carry; empty outside of a call. */
export const traceMember = (): { traceparent?: string } => {
  const traceparent = storage.getStore()?.traceparent
  return traceparent ? { traceparent } : {}
}
