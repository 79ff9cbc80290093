/**
 * The event-id simulation against the real library: random orchestrators, random orders of completion. The
 * library keeps the id of every task on the task itself, so both counts can be compared one by one.
 */

import fc from "fast-check"
import { expect, test } from "vitest"
import { type Action, ActionType, type OrchestratorState } from "../protocol/actions.ts"
import { EventType, type HistoryEvent, historyEvent } from "../protocol/events.ts"
import { loadLibrary } from "../testing/library.ts"
import type { Command } from "./command.ts"
import { type ReplayResult, replay } from "./replay.ts"

const day = 24 * 60 * 60 * 1000

type Leaf =
  | { kind: "activity"; tag: string; fails: boolean }
  | { kind: "retry"; tag: string; failures: number; attempts: number }
  | { kind: "timer"; tag: string; delay: number }
  | { kind: "event"; tag: string }
  | { kind: "sub"; tag: string; fails: boolean }
  | { kind: "subRetry"; tag: string; failures: number; attempts: number }
  | { kind: "entity"; tag: string; fails: boolean }
type Step =
  | Leaf
  | { kind: "all" | "any"; of: Step[] }
  | { kind: "drain" | "race"; of: Leaf[] }
  | { kind: "signal" }

type LibraryTask = {
  id: number | string | false
  result?: unknown
  isCompleted: boolean
  isFaulted: boolean
  hasResult: boolean
  children?: LibraryTask[]
  cancel?(): void
}

const library = loadLibrary()
const { df } = library

/** What the orchestrator of the current run saw: the library's ids, and every result that was not the expected one. */
let seen = { ids: new Set<number>(), wrong: [] as string[], tasks: [] as LibraryTask[] }

function noteIds(task: LibraryTask): void {
  if (typeof task.id === "number") seen.ids.add(task.id)
  for (const child of task.children ?? []) noteIds(child)
}

function leafTask(context: DurableContext, leaf: Leaf): LibraryTask {
  const entityId = new df.EntityId("counter", leaf.tag)
  switch (leaf.kind) {
    case "activity":
      return context.callActivity("work", leaf)
    case "retry":
      return context.callActivityWithRetry("work", new df.RetryOptions(1000, leaf.attempts), leaf)
    case "timer":
      return context.createTimer(new Date(context.currentUtcDateTime.getTime() + leaf.delay))
    case "event":
      return context.waitForExternalEvent(leaf.tag)
    case "sub":
      return context.callSubOrchestrator("child", leaf)
    case "subRetry":
      return context.callSubOrchestratorWithRetry("child", new df.RetryOptions(1000, leaf.attempts), leaf)
    case "entity":
      return context.callEntity(entityId, "op", leaf)
  }
}

type DurableContext = {
  currentUtcDateTime: Date
  callActivity(name: string, input: unknown): LibraryTask
  callActivityWithRetry(name: string, retry: unknown, input: unknown): LibraryTask
  callSubOrchestrator(name: string, input: unknown): LibraryTask
  callSubOrchestratorWithRetry(name: string, retry: unknown, input: unknown): LibraryTask
  callEntity(id: unknown, operation: string, input: unknown): LibraryTask
  signalEntity(id: unknown, operation: string): void
  createTimer(at: Date): LibraryTask
  waitForExternalEvent(name: string): LibraryTask
  getInput(): Step[]
  Task: { all(tasks: LibraryTask[]): LibraryTask; any(tasks: LibraryTask[]): LibraryTask }
}

/** Tasks with the leaf they stand for, to check results. */
const leafOf = new WeakMap<object, Step>()

function build(context: DurableContext, step: Step): LibraryTask {
  let task: LibraryTask
  if (step.kind === "all") task = context.Task.all(step.of.map((child) => build(context, child)))
  else if (step.kind === "any") task = context.Task.any(step.of.map((child) => build(context, child)))
  else task = leafTask(context, step as Leaf)
  leafOf.set(task, step)
  seen.tasks.push(task)
  return task
}

function expectedToFail(step: Step): boolean {
  if (step.kind === "retry" || step.kind === "subRetry") return step.failures >= step.attempts
  if (step.kind === "all") return step.of.some(expectedToFail)
  return "fails" in step && step.fails
}

function tagsOf(step: Step): string[] {
  return "of" in step ? step.of.flatMap(tagsOf) : "tag" in step ? [step.tag] : []
}

function check(task: LibraryTask): void {
  const step = leafOf.get(task) as Step
  if (task.isFaulted !== expectedToFail(step))
    seen.wrong.push(`${JSON.stringify(step)} faulted: ${task.isFaulted}`)
  if (task.isFaulted) {
    const message = (task.result as Error).message
    const named = tagsOf(step).some((tag) => message.includes(`<${tag}>`))
    if (!named) seen.wrong.push(`${JSON.stringify(step)} failed with ${message}`)
    return
  }
  if (step.kind === "any") check(task.result as LibraryTask)
  else if (step.kind === "all") for (const child of task.children ?? []) check(child)
  else if ("tag" in step && step.kind !== "timer" && step.kind !== "retry" && step.kind !== "subRetry") {
    if (task.result !== `<${step.tag}>`)
      seen.wrong.push(`${JSON.stringify(step)} gave ${JSON.stringify(task.result)}`)
  } else if (step.kind === "retry" || step.kind === "subRetry") {
    if (task.result !== `<${step.tag}>`)
      seen.wrong.push(`${JSON.stringify(step)} gave ${JSON.stringify(task.result)}`)
  }
}

function* runStep(context: DurableContext, step: Step): Generator<unknown, void, unknown> {
  if (step.kind === "signal") {
    context.signalEntity(new df.EntityId("counter", "signalled"), "add")
    return
  }
  if (step.kind === "drain" || step.kind === "race") {
    let pending = step.of.map((leaf) => build(context, leaf))
    const all = pending
    if (step.kind === "race") {
      yield context.Task.any(pending)
      // The rest one by one: each was scheduled before, so the list of actions shows nothing of these waits.
      for (const task of pending) {
        if (!task.hasResult) yield* settled(task)
      }
    } else {
      while (pending.length > 0) {
        const winner = (yield context.Task.any(pending)) as LibraryTask
        check(winner)
        pending = pending.filter((task) => !task.hasResult)
      }
    }
    for (const task of all) check(task)
    return
  }
  const task = build(context, step)
  yield* settled(task)
  check(task)
  if ("of" in step) {
    for (const child of task.children ?? []) {
      if (!child.hasResult && "cancel" in child) child.cancel?.()
    }
  }
}

function* settled(task: LibraryTask): Generator<unknown, void, unknown> {
  try {
    yield task
  } catch {
    // The task itself tells.
  }
}

df.app.orchestration("random", function* (context) {
  const durable = context.df as unknown as DurableContext
  seen = { ids: new Set(), wrong: [], tasks: [] }
  for (const step of durable.getInput()) yield* runStep(durable, step) as Generator<never>
  return "done"
})

/** A host in miniature: no storage, the caller decides what ends when. */
class Run {
  readonly history: HistoryEvent[] = []
  private readonly program: Step[]
  private readonly executionId = "execution"
  private clock = Date.parse("2026-01-01T00:00:00Z")
  private readonly failuresLeft = new Map<string, number>()
  readonly hostIds = new Set<number>()
  /** Ids of tasks, which the library knows as well: it takes one for a signal too, but keeps no task that names it. */
  private readonly taskIds = new Set<number>()
  pending: { label: string; event: () => HistoryEvent; notBefore: number }[] = []
  private guids = 0

  constructor(program: Step[]) {
    this.program = program
    for (const tag of program.flatMap((step) => eventTags(step))) {
      this.pending.push({
        label: `raise ${tag}`,
        notBefore: 0,
        event: () =>
          historyEvent(EventType.EventRaised, this.now(), { Name: tag, Input: JSON.stringify(`<${tag}>`) }),
      })
    }
  }

  private now(): string {
    return new Date(this.clock).toISOString()
  }

  /** One episode; the events that it could not take are pending again. */
  async episode(chosen: Run["pending"]): Promise<OrchestratorState> {
    const clock = this.clock
    const before = this.history.length
    this.clock = Math.max(this.clock + 1000, ...chosen.map((item) => item.notBefore))
    this.history.push(historyEvent(EventType.OrchestratorStarted, this.now()))
    if (before === 0)
      this.history.push(historyEvent(EventType.ExecutionStarted, this.now(), { Name: "random", Input: null }))
    for (const item of chosen) this.history.push(item.event())
    const state = await this.call()
    const { commands, actionsStarted, ambiguous } = this.replayed(state)
    if (ambiguous) {
      expect(chosen.length).toBeGreaterThan(1)
      this.history.length = before
      this.clock = clock
      this.pending.push(...chosen.slice(1))
      return this.episode(chosen.slice(0, 1))
    }
    const idsBefore = [...this.taskIds]
    for (const command of commands) this.schedule(command)
    for (const task of seen.tasks) noteIds(task)
    if (!state.isDone || chosen.length < 2) expect(sorted(seen.ids)).toEqual(sorted(this.taskIds))
    // Where the orchestrator returned at the first of several events, an abandoned task may have gone on at the
    // next: the library counts what that began, and nobody schedules it.
    else expect(idsBefore.filter((id) => !seen.ids.has(id))).toEqual([])
    this.history.push(
      historyEvent(EventType.OrchestratorCompleted, this.now(), { ActionsStarted: actionsStarted }),
    )
    return state
  }

  call(): Promise<OrchestratorState> {
    return library.runOrchestrator(
      "random",
      JSON.stringify({
        history: this.history,
        input: this.program,
        instanceId: "instance",
        isReplaying: false,
        parentInstanceId: null,
        upperSchemaVersion: 1,
        upperSchemaVersionNew: 3,
        longRunningTimerIntervalDuration: "3.00:00:00",
        maximumShortTimerDuration: "6.00:00:00",
        defaultHttpAsyncRequestSleepTimeMillseconds: 30000,
      }),
    )
  }

  replayed(state: OrchestratorState): ReplayResult {
    return replay({
      history: this.history,
      actions: state.actions[0] ?? [],
      ended: state.isDone,
      instanceId: "instance",
      executionId: this.executionId,
      httpPollingInterval: 30000,
      newGuid: () => `request-${this.guids++}`,
    })
  }

  private schedule(command: Command): void {
    expect(this.hostIds.has(command.id)).toBe(false)
    this.hostIds.add(command.id)
    if (command.kind !== "entityMessage" || !command.message.signal) this.taskIds.add(command.id)
    const at = this.now()
    const ended = (label: string, event: () => HistoryEvent, notBefore = 0): void => {
      this.pending.push({ label, event, notBefore })
    }
    if (command.kind === "timer") {
      const FireAt = new Date(command.fireAt).toISOString()
      this.history.push(historyEvent(EventType.TimerCreated, at, { FireAt }, command.id))
      ended(
        "timer",
        () => historyEvent(EventType.TimerFired, this.now(), { TimerId: command.id, FireAt }),
        command.fireAt,
      )
    } else if (command.kind === "activity" || command.kind === "subOrchestration") {
      const activity = command.kind === "activity"
      const leaf = (activity ? JSON.parse(command.input)[0] : JSON.parse(command.input)) as Leaf
      this.history.push(
        historyEvent(
          activity ? EventType.TaskScheduled : EventType.SubOrchestrationInstanceCreated,
          at,
          { Name: command.name, Input: command.input },
          command.id,
        ),
      )
      const fails = this.attemptFails(leaf)
      const failed = activity ? EventType.TaskFailed : EventType.SubOrchestrationInstanceFailed
      const completed = activity ? EventType.TaskCompleted : EventType.SubOrchestrationInstanceCompleted
      ended(leaf.tag, () =>
        fails
          ? historyEvent(failed, this.now(), {
              TaskScheduledId: command.id,
              Reason: `<${leaf.tag}>`,
              Details: "",
            })
          : historyEvent(completed, this.now(), {
              TaskScheduledId: command.id,
              Result: JSON.stringify(`<${leaf.tag}>`),
            }),
      )
    } else {
      this.history.push(
        historyEvent(
          EventType.EventSent,
          at,
          { InstanceId: command.target, Name: command.eventName, Input: JSON.stringify(command.message) },
          command.id,
        ),
      )
      if (command.message.signal) return
      const leaf = JSON.parse(command.message.input as string) as Leaf & { fails: boolean }
      const result = JSON.stringify(`<${leaf.tag}>`)
      ended(leaf.tag, () =>
        historyEvent(EventType.EventRaised, this.now(), {
          Name: command.message.id,
          Input: JSON.stringify(leaf.fails ? { result, exceptionType: "Error" } : { result }),
        }),
      )
    }
  }

  private attemptFails(leaf: Leaf): boolean {
    if (leaf.kind === "retry" || leaf.kind === "subRetry") {
      const left = this.failuresLeft.get(leaf.tag) ?? leaf.failures
      this.failuresLeft.set(leaf.tag, left - 1)
      return left > 0
    }
    return "fails" in leaf && leaf.fails
  }
}

function sorted(ids: Iterable<number>): number[] {
  return [...ids].sort((a, b) => a - b)
}

function eventTags(step: Step): string[] {
  if ("of" in step) return step.of.flatMap((child) => eventTags(child))
  return step.kind === "event" ? [step.tag] : []
}

let tags = 0
const tag = fc.constant(null).map(() => `t${tags++}`)
const retryOf = (kind: "retry" | "subRetry") =>
  fc.record({ kind: fc.constant(kind), tag, failures: fc.nat(3), attempts: fc.integer({ min: 1, max: 3 }) })
const scheduledLeaf: fc.Arbitrary<Leaf> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("activity" as const), tag, fails: fc.boolean() }) },
  { weight: 2, arbitrary: retryOf("retry") },
  fc.record({ kind: fc.constant("timer" as const), tag, delay: fc.constantFrom(5000, 5 * day) }),
  fc.record({ kind: fc.constant("timer" as const), tag, delay: fc.constantFrom(7 * day, 20 * day) }),
  fc.record({ kind: fc.constant("sub" as const), tag, fails: fc.boolean() }),
  retryOf("subRetry"),
)
const leaf: fc.Arbitrary<Leaf> = fc.oneof(
  { weight: 5, arbitrary: scheduledLeaf },
  fc.record({ kind: fc.constant("event" as const), tag }),
  fc.record({ kind: fc.constant("entity" as const), tag, fails: fc.boolean() }),
)
const { step } = fc.letrec<{ step: Step }>((tie) => ({
  step: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    { weight: 4, arbitrary: leaf },
    { weight: 1, arbitrary: fc.constant<Step>({ kind: "signal" }) },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constantFrom("all" as const, "any" as const),
        of: fc.array(tie("step").filter(yieldable), { minLength: 1, maxLength: 4 }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constantFrom("drain" as const, "race" as const),
        of: fc.array(scheduledLeaf, { minLength: 1, maxLength: 4 }),
      }),
    },
  ),
}))

function yieldable(candidate: Step): boolean {
  return candidate.kind !== "signal" && candidate.kind !== "drain" && candidate.kind !== "race"
}

/** A shrunk or repeated program must not use a tag twice. */
function retag(steps: Step[]): Step[] {
  let next = 0
  const walk = (given: Step): Step => {
    if ("of" in given) return { ...given, of: given.of.map(walk) } as Step
    return "tag" in given ? { ...given, tag: `t${next++}` } : given
  }
  return steps.map(walk)
}

test("host ids equal library ids, every run ends, results reach their task", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 5 }).map(retag),
      fc.infiniteStream(fc.nat(1000)),
      async (program, choices) => {
        const run = new Run(program)
        let state = await run.episode([])
        while (!state.isDone && state.error === undefined) {
          expect(run.pending.length, "the orchestration waits for nothing: a hang").toBeGreaterThan(0)
          const count = 1 + ((choices.next().value as number) % Math.min(3, run.pending.length))
          const chosen: Run["pending"] = []
          for (let i = 0; i < count; i++) {
            const index = (choices.next().value as number) % run.pending.length
            chosen.push(...run.pending.splice(index, 1))
          }
          state = await run.episode(chosen)
        }
        expect(state.error).toBeUndefined()
        expect(state.output).toBe("done")
        expect(seen.wrong).toEqual([])
        expect(sorted(run.hostIds)).toEqual([...Array(run.hostIds.size).keys()])

        const again = await run.call()
        expect(again).toEqual(state)
        expect(run.replayed(again).commands).toEqual([])
      },
    ),
    { numRuns: Number(process.env.FC_RUNS ?? 200) },
  )
}, 60_000)

test("continueAsNew after a repeated any keeps the ids right", async () => {
  const actions: Action[] = [
    {
      actionType: ActionType.WhenAny,
      compoundActions: [
        { actionType: 0, functionName: "a" },
        { actionType: 0, functionName: "b" },
      ],
    },
    {
      actionType: ActionType.WhenAny,
      compoundActions: [
        { actionType: 0, repeats: 2 },
        { actionType: 0, functionName: "c" },
      ],
    },
  ]
  const at = "2026-01-01T00:00:00.000Z"
  const history = [
    historyEvent(EventType.OrchestratorStarted, at),
    historyEvent(EventType.ExecutionStarted, at, { Name: "x" }),
    historyEvent(EventType.TaskScheduled, at, { Name: "a" }, 0),
    historyEvent(EventType.TaskScheduled, at, { Name: "b" }, 1),
    historyEvent(EventType.OrchestratorStarted, at),
    historyEvent(EventType.TaskCompleted, at, { TaskScheduledId: 0, Result: "1" }),
  ]
  const { commands } = replay({
    history,
    actions,
    ended: false,
    instanceId: "i",
    executionId: "e",
    httpPollingInterval: 1,
    newGuid: () => "g",
  })
  expect(commands).toEqual([{ kind: "activity", id: 2, name: "c", input: "[null]" }])
})
