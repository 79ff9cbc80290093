import type { InvocationContext } from "@azure/functions"
import { isRefusal, type Refusal } from "@eshop/domain/kernel/refusal"
import * as z from "zod"
import type { Call } from "../app/call.ts"
import { DependencyUnavailableError, isUnavailable } from "../failure.ts"
import { newId } from "../ids.ts"
import type { BaseStore } from "../store/store.ts"
import { idsOf, observe } from "../telemetry/observe.ts"
import { traceparentOf } from "../telemetry/traceparent.ts"
import type { Saga } from "./saga.ts"
import { type Step, undoName } from "./step.ts"

/** What a step is called with. */
export type ActivityInput = {
  readonly input: unknown
  readonly saga: string
  /** For an undo: what the step answered, if it did. */
  readonly answer?: unknown
  readonly traceparent?: string
}

/**
 * What a step answers. A refusal and a dependency that is out are answers that the saga acts on; anything else that
 * goes wrong is thrown.
 */
export type ActivityOutcome =
  | { readonly done?: unknown }
  | { readonly refused: Refusal }
  | { readonly unavailable: string }

type Run = (ports: never) => (input: never, call: Call, answer?: never) => Promise<unknown>
export type Activity = {
  readonly name: string
  readonly run: (input: ActivityInput, context: InvocationContext) => Promise<ActivityOutcome>
}

/** The activities of the sagas' steps and of what undoes them; a step that two sagas share is one activity. */
export function activitiesOf(
  sagas: readonly Saga[],
  parts: { readonly ports: unknown; readonly store?: BaseStore },
): readonly Activity[] {
  const activity = (step: Step<never>, name: string, run: Run, output: z.ZodType): Activity => {
    const handle = run(parts.ports as never)
    return {
      name,
      async run({ input, saga, answer, traceparent }, context) {
        const parsed = step.input.parse(input)
        const call: Call = {
          now: new Date(),
          newId,
          caller: { kind: "system", id: saga },
          transact: (work) => {
            if (!parts.store) throw new Error(`${name} needs a store, and the app has none`)
            return parts.store.unitOfWork.transaction(work)
          },
        }
        try {
          const result = await observe(
            {
              name,
              trigger: "saga",
              caller: { kind: "system" },
              traceparent: traceparentOf(traceparent, context.traceContext?.traceParent),
              invocation: context,
              about: idsOf(parsed),
            },
            async () => {
              const result = await handle(parsed as never, call, answer as never)
              // What the schema does not know does not enter the history either.
              return isRefusal(result) ? result : output.parse(result)
            },
            (result) => (isRefusal(result) ? (result as Refusal).code : "done"),
          )
          if (isRefusal(result)) return { refused: result as Refusal }
          return result === undefined ? {} : { done: result }
        } catch (error) {
          // The text of an error stays in the log: what is thrown enters the saga's history.
          if (!isUnavailable(error)) throw new Error(`${name} failed; the log says why`)
          return {
            unavailable: error instanceof DependencyUnavailableError ? error.dependency : "a dependency",
          }
        }
      },
    }
  }
  const steps = new Map(sagas.flatMap((saga) => saga.steps.map((step) => [step.name, step] as const)))
  return [...steps.values()].flatMap((step) => [
    activity(step, step.name, step.run, step.output),
    ...(step.undo ? [activity(step, undoName(step), step.undo, z.void())] : []),
  ])
}
