import type { z } from "zod"

/**
 * not-found: also what belongs to somebody else. conflict: the state does not allow it. stale: version moved on. too-many:
 * asked for too often; the fact `retryAfterSeconds` says when it counts again.
 */
export type RefusalKind =
  | "not-found"
  | "conflict"
  | "stale"
  | "rule"
  | "forbidden"
  | "too-many"
  | "unavailable"

/**
 * A rule of the domain said no. Deciders return refusals, they never throw them; the edge of an app maps the kind
 * to its protocol (an HTTP status, a cancelled order).
 */
export type Refusal<Code extends string = string> = {
  readonly refused: true
  /** Stable and machine-readable, e.g. `stock.insufficient`; part of the public contract. */
  readonly code: Code
  readonly kind: RefusalKind
  /** One sentence for a person. */
  readonly detail: string
  /** Facts that a client can act on, e.g. the new total. */
  readonly data?: Readonly<Record<string, unknown>>
}

/** A refusal as a value: calling it refuses, and who declares it (a use case, OpenAPI) knows code, kind and facts. */
export type RefusalType<Code extends string = string, Facts extends z.ZodType = z.ZodType> = {
  (...facts: z.input<Facts> extends undefined ? [] : [facts: z.input<Facts>]): Refusal<Code>
  readonly code: Code
  readonly kind: RefusalKind
  /** Of its facts, where it has any. */
  readonly facts?: Facts
}

/** The refusals that a list of {@link RefusalType} can make: none where it is empty. */
export type RefusalOf<Types extends readonly RefusalType[]> = [Types[number]] extends [never]
  ? never
  : Types[number] extends RefusalType<infer Code>
    ? Refusal<Code>
    : never

/**
 * Declares a refusal.
 * @param detail one sentence for a person, or what makes it of the facts
 * @param facts schema of what a client can act on
 */
export function defineRefusal<const Code extends string>(
  code: Code,
  kind: RefusalKind,
  detail: string,
): RefusalType<Code, z.ZodUndefined>
export function defineRefusal<const Code extends string, Facts extends z.ZodObject>(
  code: Code,
  kind: RefusalKind,
  detail: string | ((facts: z.input<Facts>) => string),
  facts: Facts,
): RefusalType<Code, Facts>
export function defineRefusal(
  code: string,
  kind: RefusalKind,
  detail: string | ((facts: never) => string),
  facts?: z.ZodObject,
): RefusalType {
  const refuse = (data?: Record<string, unknown>): Refusal => ({
    refused: true,
    code,
    kind,
    detail: typeof detail === "string" ? detail : detail(data as never),
    ...(data && { data }),
  })
  return Object.assign(refuse, { code, kind, ...(facts && { facts }) }) as RefusalType
}

/** True when a decider's answer is a refusal. */
export const isRefusal = <T>(value: T): value is Extract<T, Refusal> =>
  typeof value === "object" && value !== null && (value as { refused?: unknown }).refused === true
