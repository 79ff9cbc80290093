import type { RefusalOf } from "@eshop/domain/kernel/refusal"
import type { Task } from "durable-functions"
import type { z } from "zod"
import type { AttentionStep } from "./attention.ts"
import type { Step } from "./step.ts"

/** Why a saga was led back: a stable code, one sentence of ours, and facts. Never the text of an error. */
export type Reason = {
  readonly code: string
  readonly detail: string
  readonly data?: Readonly<Record<string, unknown>>
}

/** Part of a saga: yields durable tasks, returns T. */
export type Steps<T> = Generator<Task, T, unknown>

type AnyStep = Step<never>
type Events = Readonly<Record<string, z.ZodType>>
type Answer<E extends Events> = {
  [Name in keyof E]: { readonly event: Name; readonly data: z.output<E[Name]> }
}[keyof E]

/** What a saga's code can do. It is deterministic: time comes from here, every effect is a step. */
export type SagaContext<Listed extends AnyStep, E extends Events> = {
  readonly now: Date
  /** The orchestration's id. */
  readonly id: string
  /**
   * The version of the app that the instance was started with (`defaultVersion` in host.json); undefined for one that
   * is older than all. Where a saga's steps change, its code branches on it: an instance goes on as it began.
   */
  readonly version: string | undefined
  /**
   * What an inspector of the saga sees.
   * @param says in words, what it does or waits for
   * @param until when the wait ends by itself
   */
  at(position: string, says?: string, until?: Date): void
  /** Until when what is only unavailable is waited for; `deadlineMinutes` after the start unless it was set. */
  deadline: Date
  /**
   * Takes a step; its undo is registered before it. What is only unavailable is waited for until the saga's deadline.
   * A refusal, or a step that keeps failing, leads the saga back; past the point of no return it is taken until it is
   * done.
   */
  take<S extends Listed>(step: S, input: z.input<S["input"]>): Steps<z.output<S["output"]>>
  /** Takes a step until it is done, whatever time that needs; its undo is registered before it. */
  untilDone<S extends Listed>(
    step: S,
    input: z.input<S["input"]>,
  ): Steps<z.output<S["output"]> | RefusalOf<S["refusals"]>>
  /**
   * Waits for the first of these events, also of those that came before and that no race has answered with; undefined
   * when the deadline comes first. An event that does not fit its schema is passed over.
   */
  race<const Names extends readonly (keyof E & string)[]>(
    names: Names,
    minutes: number,
  ): Steps<Answer<Pick<E, Names[number]>> | undefined>
  /** Whether such an event has come that no race has answered with; waits for nothing. */
  hasHeard(name: keyof E & string): Steps<boolean>
  pause(seconds: number): Steps<void>
  /** The last moment for the events that interrupt: leads back if one has come, and is deaf to them from here on. */
  lastInterruption(): Steps<void>
  /** From here on there is only forward: nothing is undone any more, and what then breaks off needs attention. */
  pointOfNoReturn(): void
  /** Leads the saga back. */
  leadBack(reason: Reason): never
}

/** What a saga can do once it was led back: it can neither be led back again nor wait for a refusal to do so. */
export type LedBackContext<Listed extends AnyStep, E extends Events> = Omit<
  SagaContext<Listed, E>,
  "take" | "lastInterruption" | "pointOfNoReturn" | "leadBack"
>

/** A saga as data: an orchestration, its steps and the events that reach it. */
export type Saga<Ports = never> = {
  readonly name: string
  readonly needs?: (ports: Ports) => void
  readonly input: z.ZodType
  readonly steps: readonly AnyStep[]
  readonly events: Events
  readonly interrupts: Readonly<Record<string, Reason>>
  readonly attention?: AttentionStep<never>
  readonly deadlineMinutes: number
  readonly run: (saga: SagaContext<never, never>, input: never) => Steps<string>
  readonly ledBack?: (saga: LedBackContext<never, never>, input: never, reason: Reason) => Steps<string>
}

// A union of functions infers its parameter as the intersection of theirs.
type PortsOfSteps<S extends AnyStep> = [S] extends [{ readonly run: (ports: infer Ports) => unknown }]
  ? Ports
  : never

/**
 * Declares a saga.
 * @param definition.steps every step that it may take; another one does not compile
 * @param definition.interrupts events that lead it back, each with its reason: at once while it waits, else before its
 * next step; never past {@link SagaContext.lastInterruption} or the point of no return
 * @param definition.attention keeps, outside of the task hub, which sagas need attention
 * @param definition.deadlineMinutes from its start on, how long it waits for what is unavailable before it turns back
 * @param definition.run the way forward; @returns the state that the saga ended in
 * @param definition.ledBack what remains to be done once every step that was taken is undone; @returns the state that
 * the saga ended in, otherwise the reason's code
 */
export const saga = <
  In extends z.ZodType,
  const Listed extends readonly AnyStep[],
  const E extends Events = Readonly<Record<never, never>>,
  Attention extends AnyStep = never,
>(
  name: string,
  definition: {
    readonly input: In
    readonly steps: Listed
    readonly events?: E
    readonly interrupts?: { readonly [Name in keyof E]?: Reason }
    readonly attention?: Attention & AttentionStep<never>
    readonly deadlineMinutes: number
    run(saga: SagaContext<Listed[number], E>, input: z.output<In>): Steps<string>
    ledBack?(saga: LedBackContext<Listed[number], E>, input: z.output<In>, reason: Reason): Steps<string>
  },
): Saga<PortsOfSteps<Listed[number] | Attention>> =>
  ({
    events: {},
    interrupts: {},
    ...definition,
    steps: [...definition.steps, ...(definition.attention ? [definition.attention] : [])],
    name,
  }) as unknown as Saga<PortsOfSteps<Listed[number] | Attention>>
