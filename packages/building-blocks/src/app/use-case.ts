import type { RefusalOf, RefusalType } from "@eshop/domain/kernel/refusal"
import type { z } from "zod"
import type { Call, CommandCall, Committed } from "./call.ts"

/** One thing that an app can do, without a word about transport. */
export type UseCase<
  Ports = never,
  In extends z.ZodType = z.ZodType,
  Out extends z.ZodType = z.ZodType,
  Commits extends boolean = boolean,
> = {
  /** `context.verb`, e.g. `catalog.get-product`: names the function, the span, the log line and the idempotency scope. */
  readonly name: string
  readonly input: In
  readonly result: Out
  readonly refusals: readonly RefusalType[]
  /** True for a command and for a change. */
  readonly commits: Commits
  /** True for a change: a repetition is answered with what is so by then. */
  readonly answersAnew?: true
  /** True where the effect is the same however often and whenever it happens again: its events are not recorded. */
  readonly isRepeatable?: true
  /** @returns the result, a {@link Committed} one for a command, or one of the refusals */
  readonly handle: (ports: Ports) => (input: never, call: CommandCall) => Promise<unknown>
}

type Definition<In extends z.ZodType, Out extends z.ZodType, Refusals, Handle> = {
  readonly input: In
  readonly result: Out
  /** Every refusal that the handler may answer with; another one does not compile. */
  readonly refusals?: Refusals
  readonly handle: Handle
}

/** Declares a use case whose answer need not be remembered: a query, or a change that may be repeated. */
export const useCase = <
  In extends z.ZodType,
  Out extends z.ZodType,
  Ports,
  const Refusals extends readonly RefusalType[] = readonly [],
>(
  name: string,
  definition: Definition<
    In,
    Out,
    Refusals,
    (ports: Ports) => (input: z.output<In>, call: Call) => Promise<z.input<Out> | RefusalOf<Refusals>>
  >,
): UseCase<Ports, In, Out, false> => ({ name, refusals: [], ...definition, commits: false })

/**
 * Declares a use case whose effect and answer commit together, so that a repetition has no second effect and gets the
 * first answer: what an event, or a route with an Idempotency-Key, needs.
 * @param definition.isRepeatable the effect is the same however often it happens, and whatever has happened since: the
 * store need not know which events have had it
 */
export const command = <
  In extends z.ZodType,
  Out extends z.ZodType,
  Ports,
  const Refusals extends readonly RefusalType[] = readonly [],
>(
  name: string,
  definition: Definition<
    In,
    Out,
    Refusals,
    (
      ports: Ports,
    ) => (input: z.output<In>, call: CommandCall) => Promise<Committed<z.input<Out>> | RefusalOf<Refusals>>
  > & { readonly isRepeatable?: true },
): UseCase<Ports, In, Out, true> => ({ name, refusals: [], ...definition, commits: true })

/**
 * Declares a use case whose effect commits once, and whose answer is made after it: a repetition has no second effect,
 * and is told how things stand by then. For what is worth more fresh than the same, such as a cart.
 */
export const change = <
  In extends z.ZodType,
  Out extends z.ZodType,
  Ports,
  const Refusals extends readonly RefusalType[] = readonly [],
>(
  name: string,
  definition: Definition<
    In,
    Out,
    Refusals,
    (ports: Ports) => (input: z.output<In>, call: CommandCall) => Promise<z.input<Out> | RefusalOf<Refusals>>
  >,
): UseCase<Ports, In, Out, true> => ({
  name,
  refusals: [],
  ...definition,
  commits: true,
  answersAnew: true,
})
