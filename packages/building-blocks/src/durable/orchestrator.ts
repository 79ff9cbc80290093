import type { Refusal } from "@eshop/domain/kernel/refusal"
import type { OrchestrationContext } from "durable-functions"
import type { z } from "zod"
import { type Attempts, attemptsOf, type Course, type Ended, LedBack, type Trial } from "./attempts.ts"
import type { SagaPosition } from "./position.ts"
import { reportSaga, type SagaInput } from "./report-saga.ts"
import type { Reason, Saga, SagaContext, Steps } from "./saga.ts"
import { sagaTraceparent } from "./saga-span.ts"
import { type Step, undoName } from "./step.ts"

/** The longest pause of a step that is tried until it is done. */
const LONGEST_PAUSE_SECONDS = 3_600

/** The reasons that the engine itself has to lead a saga back; the first two name the step in their data. */
export const STEP_UNAVAILABLE = "step.unavailable"
export const STEP_FAILED = "step.failed"
export const SAGA_FAULTY = "saga.faulty"

const faulty: Reason = { code: SAGA_FAULTY, detail: "The process met a fault of ours." }

type AnyStep = Step<never>
/** A step that was begun, and what it answered if it did. */
type Taken = { readonly step: AnyStep; readonly input: unknown; answer?: unknown }

/**
 * The orchestrator function of a saga. It is deterministic, and imports nothing of the durable library: a test plays
 * it with a plain context.
 * @returns the state that the saga ended in
 * @throws when it can neither go on nor back; its custom status then says "needs attention"
 */
export function orchestratorOf(saga: Saga) {
  return function* orchestrate(context: OrchestrationContext): Steps<string> {
    const { df } = context
    const { input, traceparent } = df.getInput() as SagaInput
    const course: Course = {
      deadline: new Date(df.currentUtcDateTime.getTime() + saga.deadlineMinutes * 60_000),
      interruptible: true,
      pastReturn: false,
      back: false,
      position: undefined,
    }
    const began = df.currentUtcDateTime
    const ownTrace = traceparent && sagaTraceparent(traceparent, df.instanceId, began)
    const attempts = attemptsOf(saga, context, ownTrace, course)
    const undoable: Taken[] = []
    const tools = toolsOf(saga, context, { course, attempts, undoable })
    const report = (outcome: string, told: { began?: Date; error?: unknown }) => {
      // What happens again in a replay was told before.
      if (!df.isReplaying) reportSaga(saga.name, context, { outcome, ...told })
    }
    const show = (position: SagaPosition) => {
      course.position = position
      df.setCustomStatus(position)
    }
    try {
      const state = yield* saga.run(tools as never, input as never)
      report("completed", { began })
      return state
    } catch (error) {
      // A fault of the saga's own code leads back like a refusal does: what it holds must not stay held.
      const reason = error instanceof LedBack ? error.reason : faulty
      if (reason === faulty) report("faulty", { error })
      try {
        if (course.pastReturn) throw error
        course.back = true
        show({ step: "leading-back", says: "takes back what was begun", reason: reason.code })
        for (const taken of undoable.reverse()) yield* attempts.ended(undoing(taken))
        const state = saga.ledBack ? yield* saga.ledBack(tools as never, input as never, reason) : reason.code
        report(reason.code, { began })
        return state
      } catch (failure) {
        report("stranded", { began, error: failure })
        const says = "has ended and can go neither on nor back"
        show({ step: "stranded", says, needsAttention: true, reason: reason.code })
        yield* attempts.note(course.position)
        // A sentence of ours: it enters the saga's history.
        throw new Error("The saga can go neither on nor back; its log line says why.")
      }
    }
  }
}

/** After pauses that double from a second to an hour. */
const doubling = (failures: number): number => Math.min(2 ** (failures - 1), LONGEST_PAUSE_SECONDS)

const undoing = ({ step, input, answer }: Taken): Trial => ({
  activity: undoName(step),
  input,
  answer,
  skippable: step.undoSkippable === true,
  pauseSeconds: doubling,
})

const untilDone = (step: AnyStep, input: unknown): Trial => ({
  activity: step.name,
  input,
  skippable: step.skippable === true,
  pauseSeconds: doubling,
})

/** Within the step's policy and the saga's deadline. */
function withinReason(step: AnyStep, input: unknown, isOver: () => boolean): Trial {
  const { attempts, firstPauseSeconds, longestPauseSeconds } = step.policy
  const data = { step: step.name }
  return {
    ...untilDone(step, input),
    pauseSeconds: (failures) => Math.min(firstPauseSeconds * 2 ** (failures - 1), longestPauseSeconds),
    givesUp(waitsFor, faults) {
      if (waitsFor === undefined)
        return faults < attempts
          ? undefined
          : { code: STEP_FAILED, detail: "A step failed again and again.", data }
      return isOver()
        ? { code: STEP_UNAVAILABLE, detail: "What a step needs did not answer in time.", data }
        : undefined
    },
  }
}

function toolsOf(
  saga: Saga,
  { df }: OrchestrationContext,
  parts: { readonly course: Course; readonly attempts: Attempts; readonly undoable: Taken[] },
) {
  const { course, attempts, undoable } = parts
  const inSeconds = (seconds: number) => new Date(df.currentUtcDateTime.getTime() + seconds * 1_000)

  function* ended(step: AnyStep, trial: Trial): Steps<Ended> {
    const taken: Taken = { step, input: trial.input }
    if (step.undo && !course.pastReturn) undoable.push(taken)
    const outcome = yield* attempts.ended(trial)
    if ("done" in outcome) taken.answer = outcome.done
    return outcome
  }

  return {
    get now() {
      return df.currentUtcDateTime
    },
    id: df.instanceId,
    version: df.version ?? undefined,
    get deadline() {
      return course.deadline
    },
    set deadline(moment: Date) {
      course.deadline = moment
    },
    at(step: string, says?: string, until?: Date) {
      course.position = {
        step,
        ...(says !== undefined && { says }),
        ...(until && { until: until.toISOString() }),
      }
      df.setCustomStatus(course.position)
    },
    *take(step: AnyStep, input: unknown): Steps<unknown> {
      yield* attempts.interrupted()
      const isOver = () => df.currentUtcDateTime >= course.deadline
      const trial = course.pastReturn ? untilDone(step, input) : withinReason(step, input, isOver)
      const outcome = yield* ended(step, trial)
      if ("refused" in outcome) throw new LedBack(reasonOf(outcome.refused))
      return outcome.done
    },
    *untilDone(step: AnyStep, input: unknown): Steps<unknown> {
      const outcome = yield* ended(step, untilDone(step, input))
      return "refused" in outcome ? outcome.refused : outcome.done
    },
    *race(names: readonly string[], minutes: number): Steps<unknown> {
      const schemas = names.map((name) => [name, saga.events[name] as z.ZodType])
      return yield* attempts.wait(Object.fromEntries(schemas), inSeconds(minutes * 60))
    },
    hasHeard: (name: string) => attempts.hasHeard(name),
    *pause(seconds: number): Steps<void> {
      yield* attempts.wait({}, inSeconds(seconds))
    },
    *lastInterruption(): Steps<void> {
      yield* attempts.interrupted()
      course.interruptible = false
    },
    pointOfNoReturn() {
      course.pastReturn = true
      undoable.length = 0
    },
    leadBack(reason: Reason): never {
      throw new LedBack(reason)
    },
  } satisfies Record<keyof SagaContext<never, never>, unknown>
}

const reasonOf = ({ code, detail, data }: Refusal): Reason => ({ code, detail, ...(data && { data }) })
