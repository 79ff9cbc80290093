import type { OrchestrationContext } from "durable-functions"
import type { ActivityInput, ActivityOutcome } from "./activity.ts"
import type { AttentionNote } from "./attention.ts"
import { failingPosition, OPERATOR, OperatorWord, type SagaPosition, type Word } from "./position.ts"
import type { Reason, Saga, Steps } from "./saga.ts"
import { type Arrived, type Schemas, type Waits, waitsOf } from "./waits.ts"

/** From this failure on a step shows as "needs attention"; it is still tried again. */
const ATTENTION_AFTER = 5
/** One that has failed for so long is noted down: an outage that passes before is nobody's work. */
const NOTED_AFTER_SECONDS = 60

/** Thrown within a saga to lead it back; never leaves the orchestrator. */
export class LedBack extends Error {
  readonly reason: Reason
  constructor(reason: Reason) {
    super(reason.code)
    this.reason = reason
  }
}

/** The reason of a saga that an operator led back. */
export const OPERATOR_COMPENSATED = "operator.compensated"
const compensated: Reason = { code: OPERATOR_COMPENSATED, detail: "An operator has ended the process." }

/** How far a saga has come: what decides whether it can be interrupted, led back, spoken to. */
export type Course = {
  deadline: Date
  /** Whether the events that interrupt are heard. */
  interruptible: boolean
  /** Past its point of no return. */
  pastReturn: boolean
  /** Led back. */
  back: boolean
  position: SagaPosition | undefined
}

/** An activity that is tried until it ends. */
export type Trial = {
  readonly activity: string
  readonly input: unknown
  /** For an undo: what the step answered, if it did. */
  readonly answer?: unknown
  readonly skippable: boolean
  /** Before the next attempt. @param failures from 1 */
  readonly pauseSeconds: (failures: number) => number
  /**
   * Why it is given up, if it is.
   * @param waitsFor the dependency that is out, if the last attempt found one out
   * @param faults how often it failed for another reason
   */
  readonly givesUp?: (waitsFor: string | undefined, faults: number) => Reason | undefined
}

/** How an activity ended; it has neither member when an operator skipped it. */
export type Ended = Exclude<ActivityOutcome, { readonly unavailable: string }>

export type Attempts = {
  /**
   * Tries an activity until it answers or is skipped.
   * @throws LedBack when it is given up, interrupted, or an operator says so
   */
  ended(trial: Trial): Steps<Ended>
  /** Waits; an event that interrupts leads back. */
  wait(schemas: Schemas, until: Date): Steps<Arrived | undefined>
  /** Leads back if an event that interrupts has come. */
  interrupted(): Steps<void>
  /** Whether this event has come. */
  hasHeard(name: string): Steps<boolean>
  /** Notes down where the saga is stuck, or that it is not, as well as that can be done now. */
  note(position?: SagaPosition): Steps<boolean>
}

/** What a saga does with activities and waits. */
export function attemptsOf(
  saga: Saga,
  context: OrchestrationContext,
  traceparent: string | undefined,
  course: Course,
): Attempts {
  const { df } = context
  const waits = waitsOf(saga.name, context)
  const { interrupted, wait } = interruptionsOf(saga, waits, course)
  const { attempt, note } = callsOf(saga, context, traceparent)

  /** A pause that an operator's word on this attempt ends early. */
  function* operatorUntil(until: Date, step: string, attempt: number, hears: readonly Word[]) {
    for (;;) {
      const spoken = yield* wait({ [OPERATOR]: OperatorWord }, until)
      if (!spoken) return undefined
      const said = spoken.data as OperatorWord
      if (said.step === step && said.attempt === attempt && hears.includes(said.word)) return said.word
    }
  }

  const hearsOf = ({ skippable }: Trial): Word[] => [
    "retry",
    ...(skippable ? (["skip"] as const) : []),
    ...(course.back || course.pastReturn ? [] : (["compensate"] as const)),
  ]

  function* tried(trial: Trial, stuck: { shown: boolean; noted: boolean }): Steps<Ended> {
    const { activity, input, answer } = trial
    let faults = 0
    let since: Date | undefined
    for (let failures = 1; ; failures++) {
      const outcome = yield* attempt(activity, input, answer)
      if (outcome && !("unavailable" in outcome)) return outcome
      const now = df.currentUtcDateTime
      since ??= now
      if (!outcome) faults++
      const reason = trial.givesUp?.(outcome?.unavailable, faults)
      if (reason) throw new LedBack(reason)
      const until = new Date(now.getTime() + trial.pauseSeconds(failures) * 1_000)
      if (failures < ATTENTION_AFTER) {
        yield* wait({}, until)
        continue
      }
      const hears = hearsOf(trial)
      const waitsFor = outcome && { waitsFor: outcome.unavailable }
      const failing = { step: activity, attempt: failures, since, until, hears, ...waitsFor }
      const position = failingPosition(failing, now)
      df.setCustomStatus(position)
      stuck.shown = true
      if (!stuck.noted && now.getTime() - since.getTime() >= NOTED_AFTER_SECONDS * 1_000)
        stuck.noted = yield* note(position)
      const word = yield* operatorUntil(until, activity, failures, hears)
      if (word === "skip") return {}
      if (word === "compensate") throw new LedBack(compensated)
    }
  }

  return {
    *ended(trial) {
      const stuck = { shown: false, noted: false }
      try {
        return yield* tried(trial, stuck)
      } finally {
        if (stuck.shown) df.setCustomStatus(course.position)
        if (stuck.noted) yield* note()
      }
    },
    wait,
    interrupted,
    *hasHeard(name) {
      return (yield* waits.heard({ [name]: saga.events[name] as Schemas[string] })) !== undefined
    },
    note,
  }
}

/** The calls of activities: one attempt each. */
function callsOf(saga: Saga, { df }: OrchestrationContext, traceparent: string | undefined) {
  /** @returns undefined when it failed */
  function* attempt(activity: string, input: unknown, answer?: unknown): Steps<ActivityOutcome | undefined> {
    const request: ActivityInput = {
      input,
      saga: saga.name,
      ...(answer !== undefined && { answer }),
      ...(traceparent && { traceparent }),
    }
    try {
      return (yield df.callActivity(activity, request)) as ActivityOutcome
    } catch {
      // The activity has logged what it was: no text of an error enters the saga's history again.
      return undefined
    }
  }

  function* note(position?: SagaPosition): Steps<boolean> {
    if (!saga.attention) return false
    const input: AttentionNote = { instanceId: df.instanceId, saga: saga.name, ...(position && { position }) }
    const outcome = yield* attempt(saga.attention.name, input)
    return outcome !== undefined && !("unavailable" in outcome)
  }
  return { attempt, note }
}

/** Waits that the saga's interrupting events end by leading it back. */
function interruptionsOf(saga: Saga, waits: Waits, course: Course): Pick<Attempts, "wait" | "interrupted"> {
  const names = Object.keys(saga.interrupts)
  const all: Schemas = Object.fromEntries(names.map((name) => [name, saga.events[name] as Schemas[string]]))
  const open = (): Schemas => (course.interruptible && !course.back && !course.pastReturn ? all : {})
  const leadBack = ({ event }: Arrived): never => {
    throw new LedBack(saga.interrupts[event] as Reason)
  }
  return {
    *interrupted() {
      const schemas = open()
      const arrived = Object.keys(schemas).length > 0 ? yield* waits.heard(schemas) : undefined
      if (arrived) leadBack(arrived)
    },
    *wait(schemas, until) {
      const interrupting = open()
      const arrived = yield* waits.next({ ...interrupting, ...schemas }, until)
      if (arrived && arrived.event in interrupting && !(arrived.event in schemas)) leadBack(arrived)
      return arrived
    },
  }
}
