import type { RefusalOf, RefusalType } from "@eshop/domain/kernel/refusal"
import type { z } from "zod"
import type { Call } from "../app/call.ts"

/** How a step is tried again within the saga's deadline. */
export type Policy = {
  readonly firstPauseSeconds: number
  readonly longestPauseSeconds: number
  /** Failures of the step's own (not a dependency that is out) before the saga is led back. */
  readonly attempts: number
}

/** Waits for what is out, and bears with a fault that passes. */
export const patient: Policy = { firstPauseSeconds: 0.5, longestPauseSeconds: 30, attempts: 6 }

/** One effect of a saga, run as a durable activity, with what takes it back. Both are idempotent. */
export type Step<
  Ports = never,
  Name extends string = string,
  In extends z.ZodType = z.ZodType,
  Out extends z.ZodType = z.ZodType,
  Refusals extends readonly RefusalType[] = readonly RefusalType[],
> = {
  /** The activity's name. */
  readonly name: Name
  readonly input: In
  readonly output: Out
  readonly refusals: Refusals
  readonly policy: Policy
  readonly run: (ports: Ports) => (input: never, call: Call) => Promise<unknown>
  readonly undo?: (ports: Ports) => (input: never, call: Call, answer?: never) => Promise<void>
  /** Whether an operator may leave it out. */
  readonly skippable?: boolean
  /** Whether an operator may leave its undo out. */
  readonly undoSkippable?: boolean
}

/** The activity that takes a step back. */
export const undoName = ({ name }: { readonly name: string }): string => `undo-${name}`

/**
 * Declares a step.
 * @param definition.undo takes the step back; also when it was never taken, or only half. It gets what the step
 * answered, if it did
 * @param definition.skippable whether an operator may leave it out when it keeps failing: only where it answers nothing
 * and a person can mend what is missing
 * @param definition.undoSkippable the same of its undo
 */
export const step = <
  const Name extends string,
  In extends z.ZodType,
  Out extends z.ZodType,
  Ports,
  const Refusals extends readonly RefusalType[] = readonly [],
>(
  name: Name,
  definition: {
    readonly input: In
    readonly output: Out
    readonly refusals?: Refusals
    readonly policy?: Policy
    readonly run: (
      ports: Ports,
    ) => (input: z.output<In>, call: Call) => Promise<z.input<Out> | RefusalOf<Refusals>>
    readonly undo?: (
      ports: Ports,
    ) => (input: z.output<In>, call: Call, answer?: z.output<Out>) => Promise<void>
    readonly skippable?: undefined extends z.output<Out> ? boolean : never
    readonly undoSkippable?: boolean
  },
): Step<Ports, Name, In, Out, Refusals> => ({
  name,
  refusals: [] as unknown as Refusals,
  policy: patient,
  ...definition,
})

/** The activities of steps and of what undoes them; a step that two sagas share is one activity. */
export const activityNamesOf = (steps: readonly Step<never>[]): string[] => [
  ...new Set(steps.flatMap((step) => (step.undo ? [step.name, undoName(step)] : [step.name]))),
]
