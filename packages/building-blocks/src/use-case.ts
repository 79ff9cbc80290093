import type { Refusal } from "@eshop/domain/refusal"
import type { z } from "zod"

declare const transaction: unique symbol
/** An open transaction, opaque to use cases: only the adapter that made it can look inside. */
export type Tx = { readonly [transaction]: never }

export type UnitOfWork = {
  /**
   * Runs the work in one transaction: commits when it resolves with a result, rolls back when it throws or resolves
   * with a refusal.
   */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>
}

/** Who calls: somebody signed in, a service of ours, or nobody. */
export type Caller =
  | { readonly kind: "anonymous" }
  | { readonly kind: "user"; readonly id: string; readonly roles: readonly string[] }

/** What a use case gets besides its input. Time and ids come from here so that a test can fix them. */
export type CallContext = {
  readonly now: Date
  readonly newId: () => string
  readonly caller: Caller
  /** W3C trace context of the call: goes into every event and every further call. */
  readonly traceparent?: string
  /** The version in If-Match, when the client sent one. */
  readonly ifMatch?: number
  /**
   * The call's one transaction. The idempotency key or the message id commits with it, so its result must be what
   * the use case returns.
   */
  transact<T>(work: (tx: Tx) => Promise<T>): Promise<T>
}

/** One thing that the app can do: its name, its input schema and its handler. Nothing about transport. */
export type UseCase<In extends z.ZodType = z.ZodType, Out = unknown> = {
  /** `context.verb`, e.g. `catalog.reserve-stock`: names the span, the log line and the idempotency scope. */
  readonly name: string
  readonly input: In
  handle(input: z.output<In>, call: CallContext): Promise<Out | Refusal>
}

/** Declares a use case; see {@link UseCase}. */
export const useCase = <In extends z.ZodType, Out>(
  name: string,
  input: In,
  handle: (input: z.output<In>, call: CallContext) => Promise<Out | Refusal>,
): UseCase<In, Out> => ({ name, input, handle })

/** The customer behind the call; use only where the edge admits signed-in callers alone. */
export function customerOf(call: CallContext): string {
  if (call.caller.kind !== "user") throw new Error("this use case needs a signed-in caller")
  return call.caller.id
}

export const hasRole = (caller: Caller, role: string): boolean =>
  caller.kind === "user" && caller.roles.includes(role)
