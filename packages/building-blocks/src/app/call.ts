import type { Refusal } from "@eshop/domain/kernel/refusal"

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

/** Who calls: nobody known, a customer (with or without an account), another service, or the app itself. */
export type Caller =
  | { readonly kind: "anonymous" }
  | { readonly kind: "guest"; readonly id: string }
  /** Whoever shows an order's token: its customer for this one order, and nobody beyond it. */
  | { readonly kind: "order-holder"; readonly orderId: string }
  | {
      readonly kind: "customer"
      readonly id: string
      readonly roles: readonly string[]
      /** Those that have prices and discounts of their own; absent for none. */
      readonly customerGroups?: readonly string[]
      /** The guest that they were before they signed in, where they prove it. */
      readonly guest?: string
    }
  | { readonly kind: "service"; readonly id: string; readonly roles: readonly string[] }
  /** A timer or a saga, by its name. */
  | { readonly kind: "system"; readonly id: string }

/** What a use case gets besides its input. Time and ids come from here so that a test can fix them. */
export type Call = {
  readonly now: Date
  readonly newId: () => string
  readonly caller: Caller
  /** The versions that If-Match accepts, when the client sent one. */
  readonly ifMatch?: readonly string[]
  /** When the event that is consumed happened: before now, by the time that its message took. */
  readonly happenedAt?: string
  /** Of work that follows commits: aborted when the process stops. What takes long ends then, and is gone on with elsewhere. */
  readonly signal?: AbortSignal
  /** A transaction whose effect may happen again when the call is repeated. */
  transact<T>(work: (tx: Tx) => Promise<T>): Promise<T>
}

declare const committed: unique symbol
/** A result that was committed together with the effect and with the key that recognises a repetition. */
export type Committed<T> = { readonly [committed]: T }

/** The call of a command. */
export type CommandCall = Call & {
  /**
   * The command's one transaction: its effect, its answer and the idempotency key or message id commit together. When
   * the message was handled before, the work is not done again; what follows the commit is, and so must be idempotent.
   */
  commit<T>(work: (tx: Tx) => Promise<T>): Promise<Committed<Exclude<T, Refusal>> | Extract<T, Refusal>>
}

/** The customer or guest behind the call; for routes that admit customers alone. */
export function customerOf({ caller }: Call): string {
  if (caller.kind !== "customer" && caller.kind !== "guest") throw new Error("this use case needs a customer")
  return caller.id
}

/** What tells a caller from others of their kind; undefined for nobody known. */
export function idOfCaller(caller: Caller): string | undefined {
  if (caller.kind === "anonymous") return undefined
  return caller.kind === "order-holder" ? caller.orderId : caller.id
}

/** The groups whose prices and discounts the caller gets. */
export const customerGroupsOf = (caller: Caller): readonly string[] =>
  (caller.kind === "customer" && caller.customerGroups) || []

export const hasRole = (caller: Caller, role: string): boolean =>
  (caller.kind === "customer" || caller.kind === "service") && caller.roles.includes(role)

/** Whether If-Match was sent and names another version (RFC 9110 section 13.1.1). */
export const isStale = ({ ifMatch }: Call, version: number): boolean =>
  ifMatch !== undefined && !ifMatch.includes("*") && !ifMatch.includes(String(version))
