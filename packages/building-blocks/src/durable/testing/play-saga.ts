import { isRefusal, type Refusal } from "@eshop/domain/kernel/refusal"
import type { OrchestrationContext } from "durable-functions"
import { DependencyUnavailableError, isUnavailable } from "../../failure.ts"
import type { ActivityInput, ActivityOutcome } from "../activity.ts"
import { orchestratorOf } from "../orchestrator.ts"
import { OPERATOR, type OperatorWord } from "../position.ts"
import type { SagaInput } from "../report-saga.ts"
import type { Saga } from "../saga.ts"
import { type HistoryRow, historyOf } from "./play-history.ts"

/** What an activity of a play can do besides answering. */
export type Stage = {
  /** Which attempt of this activity with this input it is, from 1. */
  readonly attempt: number
  /** For an undo: what the step answered, if it did. */
  readonly answer?: unknown
  readonly now: Date
  /** Raises an event that reaches the saga so many seconds from now; before the activity's own answer when at once. */
  raise(event: string, data: unknown, afterSeconds?: number): void
  /** An operator's word on a step and its failed attempt. */
  say(word: OperatorWord, afterSeconds?: number): void
}

/** Plays an activity: answers a result or a refusal; throws for a failure, DependencyUnavailableError for an outage. */
export type Actor = (input: never, stage: Stage) => unknown

export type Play = {
  /** By activity: a step's name, or `undo-` and the name. One that is not here does nothing, and answers nothing. */
  readonly actors?: Readonly<Record<string, Actor>>
  /** What reaches the saga from outside, and when. */
  readonly events?: readonly {
    readonly afterSeconds: number
    readonly event: string
    readonly data: unknown
  }[]
  readonly id?: string
  readonly startedAt?: Date
  /** The version of the app that the instance was started with. */
  readonly version?: string
}

export type Played = {
  /** The state that it ended in; absent when it failed. */
  readonly state?: string
  readonly failure?: string
  /** Every activity that was called, in order, and after how many seconds. */
  readonly calls: readonly {
    readonly activity: string
    readonly input: unknown
    readonly atSeconds: number
  }[]
  /** Every custom status, in order. */
  readonly positions: readonly unknown[]
  readonly seconds: number
  /** The history that such an instance has on the platform. */
  readonly history: readonly HistoryRow[]
  readonly log: readonly Record<string, unknown>[]
}

/** An activity that first ends in these ways, one an attempt, and then answers. */
export const after =
  (faults: readonly ("unavailable" | "failed" | Refusal)[], answer: Actor = () => undefined): Actor =>
  (input, stage) => {
    const fault = faults[stage.attempt - 1]
    if (fault === "unavailable") throw new DependencyUnavailableError("a dependency")
    if (fault === "failed") throw new Error("a bug")
    return fault ?? answer(input, stage)
  }

/** More turns than any saga takes in a test; within a second they are over. */
const MOST_TURNS = 5_000

type Wait = { readonly kind: "event"; readonly name: string }
type Timer = { readonly kind: "timer"; readonly at: number; isCanceled: boolean; cancel(): void }
type Call = { readonly kind: "activity"; readonly activity: string; readonly request: ActivityInput }
type Any = { readonly kind: "any"; readonly tasks: readonly PlayedTask[] }
type PlayedTask = (Wait | Timer | Call | Any) & {
  /** Of a timer and a call, once it is scheduled. */
  id?: number
  isCompleted: boolean
  result?: unknown
  given: boolean
}

/**
 * Plays a saga with a virtual clock, as the durable library would: an event goes to the newest open wait of its name,
 * and without one to the next wait; a task that was given to one `Task.any` must not be given to another.
 * @throws what would not work on the platform: a task used twice, a timer that is still running at the end; and for a saga
 *   that takes no end, with the step that it is at and what that one's actor threw
 */
export async function playSaga(saga: Saga, input: unknown, play: Play = {}): Promise<Played> {
  const start = (play.startedAt ?? new Date("2026-01-01T00:00:00Z")).getTime()
  let now = start
  const instanceId = play.id ?? "saga-1"
  const given: SagaInput = { input, traceparent: `00-${"a".repeat(32)}-${"b".repeat(16)}-01` }
  const { version } = play
  const history = historyOf({ saga: saga.name, instanceId, input: given, version }, () => new Date(now))
  const calls: { activity: string; input: unknown; atSeconds: number }[] = []
  const positions: unknown[] = []
  const log: Record<string, unknown>[] = []
  let timers: (Timer & PlayedTask)[] = []
  const open = new Map<string, PlayedTask[]>()
  const unheard = new Map<string, unknown[]>()
  const attempts = new Map<string, number>()
  let last: { readonly activity: string; readonly attempt: number; error?: Error } | undefined
  const coming: { at: number; event: string; data: unknown }[] = []
  const seconds = () => (now - start) / 1_000
  const task = <T extends Wait | Timer | Call | Any>(made: T) => ({
    ...made,
    isCompleted: false,
    given: false,
  })
  const raise = (event: string, data: unknown, afterSeconds = 0) =>
    void coming.push({
      at: now + afterSeconds * 1_000,
      event,
      data: JSON.parse(JSON.stringify(data ?? null)),
    })
  for (const { event, data, afterSeconds } of play.events ?? []) raise(event, data, afterSeconds)

  const df = {
    instanceId,
    version,
    isReplaying: false,
    get currentUtcDateTime() {
      return new Date(now)
    },
    getInput: () => given,
    callActivity: (activity: string, request: ActivityInput) => task({ kind: "activity", activity, request }),
    createTimer(at: Date) {
      if (Number.isNaN(at.getTime())) throw new Error("a timer needs a date")
      const timer = task<Timer>({ kind: "timer", at: at.getTime(), isCanceled: false, cancel: () => {} })
      timer.cancel = () => {
        if (timer.isCompleted) throw new Error("Cannot cancel a completed task.")
        timer.isCanceled = true
      }
      return timer
    },
    waitForExternalEvent: (name: string) => task({ kind: "event", name }),
    Task: { any: (tasks: readonly PlayedTask[]) => task({ kind: "any", tasks }) },
    setCustomStatus: (status: unknown) => void positions.push(status),
  }
  const write = (line: string) => void log.push(JSON.parse(line))
  const context = { df, info: write, warn: write, error: write }

  function deliver(event: string, data: unknown): void {
    history.raised(event, data)
    const wait = open.get(event)?.pop()
    if (wait) Object.assign(wait, { isCompleted: true, result: data })
    else unheard.set(event, [...(unheard.get(event) ?? []), data])
  }

  /** What the library does with a task that is yielded. */
  function schedule(yielded: PlayedTask): void {
    if (yielded.given) throw new Error("a task was given to a second Task.any, or yielded twice")
    yielded.given = true
    if (yielded.kind === "any") for (const one of yielded.tasks) schedule(one)
    if (yielded.kind === "activity") yielded.id = history.scheduled(yielded.activity, yielded.request)
    if (yielded.kind === "timer") {
      yielded.id = history.timer(new Date(yielded.at))
      timers.push(yielded)
    }
    if (yielded.kind !== "event") return
    const early = unheard.get(yielded.name)
    if (early?.length) Object.assign(yielded, { isCompleted: true, result: early.shift() })
    else open.set(yielded.name, [...(open.get(yielded.name) ?? []), yielded])
  }

  const isOver = (yielded: PlayedTask): boolean =>
    yielded.kind === "any" ? yielded.tasks.some(({ isCompleted }) => isCompleted) : yielded.isCompleted

  const running = () => timers.filter(({ isCompleted, isCanceled }) => !isCompleted && !isCanceled)

  /** Lets time pass to the next event or timer. */
  function pass(): void {
    const next = coming.sort((a, b) => a.at - b.at)[0]
    timers = running()
    const timer = timers.sort((a, b) => a.at - b.at)[0]
    if (!next && !timer) throw new Error("the saga waits for something that never comes")
    history.sleep()
    if (next && (!timer || next.at <= timer.at)) {
      coming.shift()
      now = Math.max(now, next.at)
      history.wake()
      deliver(next.event, next.data)
    } else if (timer) {
      now = Math.max(now, timer.at)
      history.wake()
      history.fired(timer.id as number, new Date(timer.at))
      timer.isCompleted = true
    }
  }

  async function act({ activity, request }: Call): Promise<ActivityOutcome> {
    const { input, answer: taken } = JSON.parse(JSON.stringify(request)) as ActivityInput
    calls.push({ activity, input, atSeconds: seconds() })
    const key = `${activity} ${JSON.stringify(input)}`
    const attempt = (attempts.get(key) ?? 0) + 1
    attempts.set(key, attempt)
    last = { activity, attempt }
    try {
      const answer = await play.actors?.[activity]?.(input as never, {
        attempt,
        ...(taken !== undefined && { answer: taken }),
        now: new Date(now),
        raise,
        say: (word, afterSeconds) => raise(OPERATOR, word, afterSeconds),
      })
      const outcome = isRefusal(answer) ? { refused: answer as Refusal } : { done: answer }
      return JSON.parse(JSON.stringify(outcome)) as ActivityOutcome
    } catch (error) {
      last.error = error as Error
      if (error instanceof DependencyUnavailableError) return { unavailable: error.dependency }
      if (isUnavailable(error)) return { unavailable: "a dependency" }
      throw new Error(`${activity} failed; the log says why`)
    } finally {
      for (const early of coming.filter(({ at }) => at <= now)) {
        coming.splice(coming.indexOf(early), 1)
        deliver(early.event, early.data)
      }
    }
  }

  const generator = orchestratorOf(saga)(context as unknown as OrchestrationContext)
  const ended = () => ({ calls, positions, seconds: seconds(), history: history.rows, log })
  let turn = () => generator.next()
  for (let turns = 0; turns < MOST_TURNS; turns++) {
    let result: ReturnType<typeof turn>
    try {
      result = turn()
    } catch (error) {
      const failure = (error as Error).message
      history.end("Failed", failure)
      return { failure, ...ended() }
    }
    if (result.done) {
      if (running().length > 0)
        throw new Error("a timer is still running: the instance would hang until it fires")
      history.end("Completed", result.value)
      return { state: result.value, ...ended() }
    }
    const yielded = result.value as unknown as PlayedTask
    schedule(yielded)
    if (yielded.kind === "activity") {
      history.sleep()
      history.wake()
      turn = await act(yielded).then(
        (outcome) => {
          history.completed(yielded.id as number, outcome)
          return () => generator.next(outcome)
        },
        (error: Error) => {
          history.failed(yielded.id as number, error)
          return () => generator.throw(error)
        },
      )
      continue
    }
    while (!isOver(yielded)) pass()
    const value =
      yielded.kind === "any" ? yielded.tasks.find(({ isCompleted }) => isCompleted) : yielded.result
    turn = () => generator.next(value)
  }
  const at = last ? ` at ${last.activity}, attempt ${last.attempt}` : ""
  const why = last?.error ? `, which threw: ${last.error.message}` : ""
  throw new Error(`the saga takes no end: after ${MOST_TURNS} turns it is still${at}${why}`, {
    cause: last?.error,
  })
}
