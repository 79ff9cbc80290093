/**
 * A rule of the domain said no. Deciders return refusals, they never throw them; the edge of an app maps the kind
 * to its protocol (an HTTP status, a cancelled order).
 */
export type Refusal = {
  readonly refused: true
  /** Stable and machine-readable, e.g. `stock.insufficient`; part of the public contract. */
  readonly code: string
  readonly kind: RefusalKind
  /** One sentence for a person. */
  readonly detail: string
  /** Facts that a client can act on, e.g. the new total. */
  readonly data?: Record<string, unknown>
}

/** not-found: also what belongs to somebody else. conflict: the state does not allow it. stale: version moved on. */
export type RefusalKind = "not-found" | "conflict" | "stale" | "rule" | "forbidden" | "unavailable"

/** Builds a refusal; see {@link Refusal} for the members. */
export const refuse = (
  kind: RefusalKind,
  code: string,
  detail: string,
  data?: Record<string, unknown>,
): Refusal => ({ refused: true, code, kind, detail, ...(data && { data }) })

/** True when a decider's answer is a refusal. */
export const isRefusal = (value: unknown): value is Refusal =>
  typeof value === "object" && value !== null && (value as { refused?: unknown }).refused === true
