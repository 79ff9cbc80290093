import type { Refusal } from "@eshop/domain/kernel/refusal"
import type { OrchestrationContext, Task } from "durable-functions"
import * as z from "zod"
import { reportSaga } from "../telemetry/observe.ts"
import type { ActivityInput, ActivityOutcome } from "./activity.ts"
import type { Reason, Saga, SagaContext, Steps } from "./saga.ts"
import { type Step, undoName } from "./step.ts"

/** What an orchestration starts with: the saga's input, and the trace that it belongs to. */
export type SagaInput = { readonly input: unknown; readonly traceparent?: string }

/** The event by which an operator speaks to a step that keeps failing. */
export const OPERATOR = "operator"
/** retry: now. skip: an undo is left out. */
export const OperatorWord = z.object({ step: z.string(), word: z.enum(["retry", "skip"]) })

/** A step that failed this often shows as "needs attention"; it is still tried again. */
const ATTENTION_AFTER = 5
const LONGEST_PAUSE_SECONDS = 3_600

/** Thrown within a saga to lead it back; never leaves the orchestrator. */
class LedBack extends Error {
  readonly reason: Reason
  constructor(reason: Reason) {
    super(reason.code)
    this.reason = reason
  }
}

type AnyStep = Step<never>
/** A step that was begun, and what it answered if it did. */
type Taken = { readonly step: AnyStep; readonly input: unknown; answer?: unknown }
type Attempt = { readonly outcome: ActivityOutcome } | { readonly failed: true }

/**
 * The orchestrator function of a saga. It is deterministic, and imports nothing of the durable library: a test plays
 * it with a plain context.
 * @returns the state that the saga ended in
 * @throws when it can neither go on nor back; its custom status then says "needs attention"
 */
export function orchestratorOf(saga: Saga) {
  return function* orchestrate(context: OrchestrationContext): Steps<string> {
    const { input, traceparent } = context.df.getInput() as SagaInput
    const tools = toolsOf(saga, context, traceparent)
    const report = (outcome: string, error?: unknown) => {
      // What happens again in a replay was told before.
      if (!context.df.isReplaying)
        reportSaga(context, { saga: saga.name, id: context.df.instanceId, outcome, traceparent }, error)
    }
    try {
      const state = yield* saga.run(tools.saga as never, input as never)
      report("completed")
      return state
    } catch (error) {
      // A fault of the saga's own code leads back like a refusal does: what it holds must not stay held.
      const reason = error instanceof LedBack ? error.reason : faulty
      if (reason === faulty) report("faulty", error)
      try {
        if (tools.isPastReturn()) throw error
        context.df.setCustomStatus({ step: "leading-back", reason: reason.code })
        yield* tools.undoAll()
        const state = saga.ledBack
          ? yield* saga.ledBack(tools.saga as never, input as never, reason)
          : reason.code
        report(reason.code)
        return state
      } catch (failure) {
        report("stranded", failure)
        context.df.setCustomStatus({ step: "stranded", needsAttention: true, reason: reason.code })
        // A sentence of ours: it enters the saga's history.
        throw new Error("The saga can go neither on nor back; its log line says why.")
      }
    }
  }
}

/** The reasons that the engine itself has to lead a saga back; the first two name the step in their data. */
export const STEP_UNAVAILABLE = "step.unavailable"
export const STEP_FAILED = "step.failed"
export const SAGA_FAULTY = "saga.faulty"

const faulty: Reason = { code: SAGA_FAULTY, detail: "The process met a fault of ours." }
const ofStep = ({ name }: AnyStep, code: typeof STEP_UNAVAILABLE | typeof STEP_FAILED): Reason => ({
  code,
  detail:
    code === STEP_FAILED ? "A step failed again and again." : "What a step needs did not answer in time.",
  data: { step: name },
})

function toolsOf(saga: Saga, context: OrchestrationContext, traceparent: string | undefined) {
  const { df } = context
  const now = () => df.currentUtcDateTime
  const inSeconds = (seconds: number) => new Date(now().getTime() + seconds * 1_000)
  const deadline = inSeconds(saga.deadlineMinutes * 60)
  const nextEvent = eventsOf(context)
  const undoable: Taken[] = []
  let pastReturn = false
  let position: unknown

  const register = (step: AnyStep, input: unknown): Taken => {
    const taken: Taken = { step, input }
    if (step.undo && !pastReturn) undoable.push(taken)
    return taken
  }

  function* attempt(activity: string, input: unknown, answer?: unknown): Steps<Attempt> {
    const request: ActivityInput = {
      input,
      saga: saga.name,
      ...(answer !== undefined && { answer }),
      ...(traceparent && { traceparent }),
    }
    try {
      return { outcome: (yield df.callActivity(activity, request)) as ActivityOutcome }
    } catch {
      // The activity has logged what it was: no text of an error enters the saga's history again.
      return { failed: true }
    }
  }

  /** Tries until the activity answers. @returns its answer, or undefined when an operator skipped it */
  function* untilDone(
    activity: string,
    input: unknown,
    undoing?: { readonly answer?: unknown },
  ): Steps<Extract<ActivityOutcome, { done?: unknown } | { refused: unknown }> | undefined> {
    for (let failures = 1; ; failures++) {
      const tried = yield* attempt(activity, input, undoing?.answer)
      if ("outcome" in tried && !("unavailable" in tried.outcome)) {
        if (failures > ATTENTION_AFTER) df.setCustomStatus(position)
        return tried.outcome
      }
      const seconds = Math.min(2 ** (failures - 1), LONGEST_PAUSE_SECONDS)
      if (failures < ATTENTION_AFTER) yield df.createTimer(inSeconds(seconds))
      else {
        df.setCustomStatus({ step: activity, needsAttention: true, failures })
        const word = yield* operatorWithin(seconds, activity)
        if (word === "skip" && undoing) return undefined
      }
    }
  }

  /** A pause that an operator's word on this activity ends early. */
  function* operatorWithin(seconds: number, activity: string) {
    const until = inSeconds(seconds)
    for (;;) {
      const spoken = yield* nextEvent({ [OPERATOR]: OperatorWord }, until)
      if (!spoken) return undefined
      const { step, word } = spoken.data as z.infer<typeof OperatorWord>
      if (step === activity) return word
    }
  }

  function* take(step: AnyStep, input: unknown): Steps<unknown> {
    const taken = register(step, input)
    const { attempts, firstPauseSeconds, longestPauseSeconds } = step.policy
    let failures = 0
    for (let pause = firstPauseSeconds; ; pause = Math.min(pause * 2, longestPauseSeconds)) {
      const tried = yield* attempt(step.name, input)
      if ("outcome" in tried) {
        const { outcome } = tried
        if ("refused" in outcome) throw new LedBack(reasonOf(outcome.refused))
        if (!("unavailable" in outcome)) {
          taken.answer = outcome.done
          return outcome.done
        }
        if (now() >= deadline) throw new LedBack(ofStep(step, STEP_UNAVAILABLE))
      } else if (++failures >= attempts) throw new LedBack(ofStep(step, STEP_FAILED))
      yield df.createTimer(inSeconds(pause))
    }
  }

  return {
    isPastReturn: () => pastReturn,
    *undoAll(): Steps<void> {
      position = { step: "leading-back" }
      for (const { step, input, answer } of undoable.reverse())
        yield* untilDone(undoName(step), input, { answer })
    },
    saga: {
      get now() {
        return now()
      },
      id: df.instanceId,
      at(step: string) {
        position = { step }
        df.setCustomStatus(position)
      },
      take,
      *untilDone(step: AnyStep, input: unknown): Steps<unknown> {
        const taken = register(step, input)
        const outcome = yield* untilDone(step.name, input)
        if (outcome && "done" in outcome) taken.answer = outcome.done
        return outcome && "refused" in outcome ? outcome.refused : outcome?.done
      },
      *race(names: readonly string[], minutes: number): Steps<unknown> {
        const schemas = names.map((name) => [name, saga.events[name] as z.ZodType])
        return yield* nextEvent(Object.fromEntries(schemas), inSeconds(minutes * 60))
      },
      *pause(seconds: number): Steps<void> {
        yield df.createTimer(inSeconds(seconds))
      },
      pointOfNoReturn() {
        pastReturn = true
        undoable.length = 0
      },
      leadBack(reason: Reason): never {
        throw new LedBack(reason)
      },
    } satisfies Record<keyof SagaContext<never, never>, unknown>,
  }
}

/**
 * Waits for the first of some events. A task may be given to one `Task.any` only, so every wait is a new one. The
 * library gives an event to the newest open wait of its name: one that comes while nobody waits lands in a wait which
 * an earlier race has left open, and is found there by the next one.
 */
function eventsOf(context: OrchestrationContext) {
  const { df } = context
  const left = new Map<string, Task[]>()

  function arrivedAt(names: readonly string[]): { name: string; task: Task } | undefined {
    for (const name of names) {
      const waits = left.get(name) ?? []
      const index = waits.findLastIndex(({ isCompleted }) => isCompleted)
      if (index >= 0) return { name, task: waits.splice(index, 1)[0] as Task }
    }
    return undefined
  }

  /** @returns undefined when the moment comes first */
  return function* nextEvent(
    schemas: Readonly<Record<string, z.ZodType>>,
    until: Date,
  ): Steps<{ event: string; data: unknown } | undefined> {
    const names = Object.keys(schemas)
    for (;;) {
      let arrived = arrivedAt(names)
      if (!arrived) {
        const ends = df.createTimer(until)
        const waits = names.map((name) => ({ name, task: df.waitForExternalEvent(name) }))
        const winner = (yield df.Task.any([...waits.map(({ task }) => task), ends])) as Task
        for (const { name, task } of waits)
          if (task !== winner) left.set(name, [...(left.get(name) ?? []), task])
        if (winner === ends) return undefined
        // A timer that is left running keeps the instance from its end.
        ends.cancel()
        arrived = waits.find(({ task }) => task === winner) as { name: string; task: Task }
      }
      const { success, data } = (schemas[arrived.name] as z.ZodType).safeParse(arrived.task.result)
      if (success) return { event: arrived.name, data }
      if (!df.isReplaying) context.warn(`saga ${df.instanceId}: an event '${arrived.name}' is malformed`)
    }
  }
}

const reasonOf = ({ code, detail, data }: Refusal): Reason => ({ code, detail, ...(data && { data }) })
