/**
 * Runs orchestrations: collects the events of an instance, runs an episode on the worker, commits what came of it
 * in one transaction, and only then lets the effects out. All state that matters is in the store; what is held
 * here is a cache of the instances that are moving.
 */

import { randomUUID } from "node:crypto"
import { setTimeout as delay } from "node:timers/promises"
import {
  FunctionFailedError,
  type HostRuntime,
  type RegisteredFunction,
  WorkerGoneError,
} from "../contract.ts"
import type { OrchestratorState } from "./actions.ts"
import { type ActivityTask, runActivity } from "./activity.ts"
import type { DurableConfig } from "./config.ts"
import { concludeEpisode, type EpisodeOutcome, terminated } from "./episode.ts"
import {
  completedTaskId,
  EventType,
  type HistoryEvent,
  historyEvent,
  isSchedulingEvent,
  playedText,
} from "./events.ts"
import type { DurableFunctions } from "./functions.ts"
import { failureOf } from "./orchestrator-result.ts"
import type { Command } from "./replay.ts"
import { originalExecution } from "./rewind.ts"
import { createSlots } from "./slots.ts"
import type { Instance, RuntimeStatus, Store, Writer } from "./store.ts"
import { createTimerQueue } from "./timer-queue.ts"

/** An event that waits for the next episode of its instance. */
type Arrived = {
  event: HistoryEvent
  /** The execution it belongs to; external events and control messages belong to whichever runs. */
  executionId?: string
  /** Set when the event is in the store. */
  messageId?: number
}

type Live = {
  /** As committed. */
  instance: Instance
  history: HistoryEvent[]
  /** JSON text of `history`, marked as played; appended to, never rebuilt. */
  played: string
  parts: number
  actionsStarted: number | undefined
  inbox: Arrived[]
  busy: boolean
  /** The orchestrator has to run though no event came: at its start, after a rewind. */
  mustRun: boolean
  oneEvent: boolean
  activities: number
}

type Ended = Exclude<EpisodeOutcome, { kind: "ambiguous" }>

/** Idle instances kept in memory; more of them are read again from the store when something happens to them. */
const maxIdleInstances = 2000

/** A start under an id that is in use. */
export class InstanceExistsError extends Error {
  override readonly name = "OrchestrationAlreadyExistsException"
}

export type Engine = ReturnType<typeof createEngine>

/** The engine of one task hub. Call `recover` before anything else. */
export function createEngine(options: {
  host: HostRuntime
  config: DurableConfig
  store: Store
  functions: DurableFunctions
  /** Called after messages for an entity were committed. */
  wakeEntity(id: string): void
}) {
  const { host, config, store, functions } = options
  const lives = new Map<string, Live>()
  const armed = new Map<string, Map<number, () => void>>()
  const timers = createTimerQueue()
  const orchestrators = createSlots(config.maxConcurrentOrchestratorFunctions)
  const activities = createSlots(config.maxConcurrentActivityFunctions)
  const waiters = new Map<string, Set<(instance: Instance) => void>>()
  const running = new Set<Promise<void>>()
  const inFlight = new Set<string>()
  /** No step begins any more; what runs may still commit. */
  let draining = false
  /** Nothing is committed any more. */
  let stopped = false

  const isCurrent = (live: Live): boolean => lives.get(live.instance.id) === live

  function track(work: Promise<void>): void {
    const done = work
      .catch((error: unknown) => {
        if (!stopped) host.log.log("error", `Durable Functions: ${(error as Error).stack}`)
      })
      .finally(() => running.delete(done))
    running.add(done)
  }

  function newLive(instance: Instance): Live {
    return {
      instance,
      history: [],
      played: "",
      parts: 0,
      actionsStarted: undefined,
      inbox: [],
      busy: false,
      mustRun: true,
      oneEvent: false,
      activities: 0,
    }
  }

  /** The instance in memory, read from the store when needed; undefined when it does not exist or has ended. */
  function obtain(id: string): Live | undefined {
    const known = lives.get(id)
    if (known) return known
    const instance = store.instance(id)
    if (!instance || isFinished(instance.status)) return undefined
    const { events, parts } = store.history(id)
    const live = newLive(instance)
    live.history = JSON.parse(`[${events}]`) as HistoryEvent[]
    live.played = playedText(live.history.map((event) => JSON.stringify(event)))
    live.parts = parts
    live.actionsStarted = live.history.findLast((event) => event.ActionsStarted !== undefined)?.ActionsStarted
    live.mustRun = live.actionsStarted === undefined
    for (const { id: messageId, body } of store.messages(id)) {
      const stored = JSON.parse(body) as Arrived
      const arrived = { ...stored, messageId }
      if (accepts(live, arrived)) live.inbox.push(arrived)
    }
    lives.set(id, live)
    dispatchOutstanding(live)
    return live
  }

  /** Activities and timers that the history scheduled and that have no result yet. */
  function dispatchOutstanding(live: Live): void {
    const done = new Set<number>()
    for (const event of [...live.history, ...live.inbox.map((arrived) => arrived.event)]) {
      const id = completedTaskId(event)
      if (id !== undefined) done.add(id)
    }
    for (const event of live.history) {
      if (done.has(event.EventId)) continue
      if (event.EventType === EventType.TaskScheduled) {
        // After a rewind it may still be running from before.
        if (!inFlight.has(flightKey(live.instance, event.EventId)))
          startActivity(live, event.EventId, event.Name as string, event.Input as string)
      } else if (event.EventType === EventType.TimerCreated) {
        armTimer(live, event.EventId, Date.parse(event.FireAt as string))
      }
    }
  }

  function evictIdle(): void {
    if (lives.size <= maxIdleInstances) return
    for (const [id, live] of lives) {
      if (live.busy || live.activities > 0 || hasWork(live) || live.inbox.length > 0) continue
      lives.delete(id)
      if (lives.size <= maxIdleInstances) return
    }
  }

  function hasWork(live: Live): boolean {
    if (live.instance.status === "Suspended") return live.inbox.some(({ event }) => isControl(event))
    return live.mustRun || live.inbox.length > 0
  }

  function kick(live: Live): void {
    if (draining || live.busy || !isCurrent(live) || !hasWork(live)) return
    live.busy = true
    track(orchestrators.run(() => work(live)))
  }

  async function work(live: Live): Promise<void> {
    try {
      while (!draining && isCurrent(live) && hasWork(live)) await step(live)
    } catch (error) {
      if (draining) return
      // Nothing of the step was committed. Forget what is in memory and begin again from the store.
      host.log.log(
        "error",
        `Durable Functions: instance '${live.instance.id}' is tried again: ${(error as Error).stack}`,
      )
      if (isCurrent(live)) lives.delete(live.instance.id)
      await delay(1000)
      const again = draining ? undefined : obtain(live.instance.id)
      if (again) kick(again)
      return
    } finally {
      live.busy = false
    }
    if (isCurrent(live)) kick(live)
    evictIdle()
  }

  async function step(live: Live): Promise<void> {
    const termination = live.inbox.find(({ event }) => event.EventType === EventType.ExecutionTerminated)
    if (termination) return await terminateInstance(live, termination)
    if (live.inbox.some(({ event }) => isControl(event))) return await applyControl(live)
    return await runEpisode(live)
  }

  /** OrchestratorStarted and, in the first episode, ExecutionStarted; the clock of an instance never goes back. */
  function episodeHead(
    live: Live,
    arrived: readonly Arrived[],
  ): { timestamp: string; events: HistoryEvent[] } {
    const last = live.history.findLast((event) => event.EventType === EventType.OrchestratorStarted)
    const due = arrived.map(({ event }) => (event.FireAt ? Date.parse(event.FireAt) : 0))
    const timestamp = new Date(
      Math.max(Date.now(), last ? Date.parse(last.Timestamp) : 0, ...due),
    ).toISOString()
    const events = [historyEvent(EventType.OrchestratorStarted, timestamp)]
    if (live.history.length === 0) {
      events.push(
        historyEvent(EventType.ExecutionStarted, timestamp, {
          Name: live.instance.name,
          Version: live.instance.version,
          Input: live.instance.input,
        }),
      )
    }
    for (const { event } of arrived) events.push(event)
    return { timestamp, events }
  }

  async function runEpisode(live: Live): Promise<void> {
    const { instance } = live
    const fn = functions.orchestrator(instance.name)
    if (!fn) {
      host.log.log(
        "warning",
        `Durable Functions: instance '${instance.id}' waits for its orchestrator function '${instance.name}', which is not there.`,
      )
      lives.delete(instance.id)
      return
    }
    const taken = live.oneEvent ? live.inbox.slice(0, 1) : [...live.inbox]
    const { timestamp, events } = episodeHead(live, taken)
    const texts = events.map((event) => JSON.stringify(event))
    const state = await invokeOrchestrator(live, fn, texts)
    if (stopped || !isCurrent(live)) return
    const outcome = concludeEpisode({
      instance,
      history: [...live.history, ...events],
      state,
      timestamp,
      httpPollingInterval: config.httpPollingInterval,
      newGuid: randomUUID,
      requireFunction: (kind, name) => functions.require(kind, name),
    })
    if (outcome.kind === "ambiguous") {
      live.oneEvent = true
      return
    }
    const children = newChildren(outcome.commands, instance, timestamp)
    const rest = live.inbox.slice(taken.length)
    const appended = [...events, ...outcome.events]
    const appendedTexts = [...texts, ...outcome.events.map((event) => JSON.stringify(event))]
    const sent = await store.commit((writer) => {
      for (const { messageId } of taken) if (messageId !== undefined) writer.deleteMessage(messageId)
      for (const { live: child, replaces } of children.started)
        writer.createInstance(child.instance, replaces)
      const conflicts = children.conflicts.map((arrived) => storeMessage(writer, instance.id, arrived))
      if (outcome.kind === "continued") writer.continueInstance(outcome.instance)
      else {
        writer.updateInstance(outcome.instance)
        writer.appendHistory(instance.id, live.parts, appendedTexts.join(","))
      }
      const carried = outcome.carriedEvents.map((event) => storeMessage(writer, instance.id, { event }))
      for (const command of outcome.commands) {
        if (command.kind === "entityMessage") {
          writer.addMessage(
            command.target,
            JSON.stringify({ name: command.eventName, message: command.message }),
          )
        }
      }
      if (outcome.kind === "ended") concludeMessages(writer, outcome.instance, rest)
      return {
        conflicts,
        carried,
        parent: outcome.kind === "ended" ? tellParent(writer, outcome) : undefined,
      }
    })
    for (const { live: child } of children.started) kick(child)
    if (sent.parent) deliverStored(sent.parent.instanceId, sent.parent.arrived)
    if (!isCurrent(live)) return
    live.instance = outcome.instance
    live.inbox.splice(0, taken.length)
    live.inbox.push(...sent.conflicts)
    live.mustRun = false
    live.oneEvent = false
    if (outcome.kind === "continued") {
      const rest = live.inbox.filter((arrived) => arrived.executionId === undefined)
      Object.assign(live, newLive(outcome.instance), {
        busy: true,
        inbox: [...sent.carried, ...rest],
        activities: live.activities,
      })
      cancelTimers(instance.id)
    } else {
      live.history.push(...appended)
      live.played += (live.played && ",") + playedText(appendedTexts)
      live.parts++
      live.actionsStarted = outcome.actionsStarted
    }
    for (const command of outcome.commands) release(live, outcome, command)
    if (outcome.kind === "ended") finish(outcome.instance)
  }

  /** Lets an effect out after its commit. */
  function release(live: Live, outcome: Ended, command: Command): void {
    if (command.kind === "entityMessage") options.wakeEntity(command.target)
    if (outcome.kind !== "waiting") return
    if (command.kind === "activity") startActivity(live, command.id, command.name, command.input)
    else if (command.kind === "timer") armTimer(live, command.id, command.fireAt)
  }

  async function invokeOrchestrator(
    live: Live,
    fn: RegisteredFunction,
    newTexts: readonly string[],
  ): Promise<OrchestratorState> {
    const { instance, played } = live
    const trigger = `{"history":[${played}${played && ","}${newTexts.join(",")}],"input":${instance.input ?? "null"},"instanceId":${JSON.stringify(instance.id)},"isReplaying":${live.parts > 0},"parentInstanceId":${JSON.stringify(instance.parent?.instanceId ?? null)},"upperSchemaVersion":1,"upperSchemaVersionNew":3,"longRunningTimerIntervalDuration":"3.00:00:00","maximumShortTimerDuration":"6.00:00:00","defaultHttpAsyncRequestSleepTimeMillseconds":${config.httpPollingInterval}}`
    for (;;) {
      try {
        const { returnValue } = await host.invoke({
          function: fn,
          triggerValue: { string: trigger },
          reason: "(null)",
          quiet: live.parts > 0,
        })
        const state = JSON.parse(
          returnValue?.json ?? returnValue?.string ?? "null",
        ) as OrchestratorState | null
        return state?.actions ? state : failureOf("Out of proc orchestrators must return a valid JSON schema")
      } catch (error) {
        if (error instanceof FunctionFailedError) return failureOf(error.exception.message)
        if (!(error instanceof WorkerGoneError) || draining) throw error
        await delay(100)
      }
    }
  }

  /** Instances for the sub-orchestrations to start, known at once so that nobody takes their ids meanwhile. */
  function newChildren(
    commands: readonly Command[],
    parent: Instance,
    timestamp: string,
  ): { started: { live: Live; replaces: boolean }[]; conflicts: Arrived[] } {
    const started: { live: Live; replaces: boolean }[] = []
    const conflicts: Arrived[] = []
    for (const command of commands) {
      if (command.kind !== "subOrchestration") continue
      const id = command.instanceId as string
      const existing = instanceOf(id)
      if (existing && !isFinished(existing.status) && !config.overridesRunningInstances) {
        conflicts.push({
          executionId: parent.executionId,
          event: historyEvent(EventType.SubOrchestrationInstanceFailed, timestamp, {
            TaskScheduledId: command.id,
            Reason: `An Orchestration instance with the status ${existing.status} already exists.`,
            Details: "",
          }),
        })
        continue
      }
      const live = newLive({
        id,
        executionId: randomUUID(),
        name: command.name,
        version: command.version ?? config.defaultVersion,
        status: "Pending",
        input: command.input,
        output: null,
        customStatus: null,
        createdAt: Date.parse(timestamp),
        updatedAt: Date.parse(timestamp),
        parent: {
          instanceId: parent.id,
          executionId: parent.executionId,
          eventId: command.id,
          name: parent.name,
        },
      })
      lives.set(id, live)
      started.push({ live, replaces: existing !== undefined })
    }
    return { started, conflicts }
  }

  /** Stores an event as a message, inside a transaction. */
  function storeMessage(writer: Writer, target: string, arrived: Arrived): Arrived {
    const { messageId: _, ...body } = arrived
    return { ...body, messageId: writer.addMessage(target, JSON.stringify(body)) }
  }

  /** What an ended instance has not read: results stay for a rewind if it failed, everything else goes. */
  function concludeMessages(writer: Writer, instance: Instance, rest: readonly Arrived[]): void {
    if (instance.status !== "Failed") {
      writer.deleteMessages(instance.id)
      return
    }
    for (const arrived of rest) {
      if (arrived.messageId === undefined && isTaskResult(arrived.event))
        storeMessage(writer, instance.id, arrived)
    }
  }

  function tellParent(
    writer: Writer,
    outcome: { instance: Instance; failure?: Ended["failure"] },
  ): { instanceId: string; arrived: Arrived } | undefined {
    const { instance, failure } = outcome
    const { parent } = instance
    if (!parent) return undefined
    const status = instanceOf(parent.instanceId)?.status
    if (status === undefined || status === "Completed" || status === "Terminated") return undefined
    const timestamp = new Date(instance.updatedAt).toISOString()
    const event =
      instance.status === "Completed"
        ? historyEvent(EventType.SubOrchestrationInstanceCompleted, timestamp, {
            TaskScheduledId: parent.eventId,
            Result: instance.output,
          })
        : historyEvent(EventType.SubOrchestrationInstanceFailed, timestamp, {
            TaskScheduledId: parent.eventId,
            Reason: instance.output ?? "",
            Details: failure?.details ?? "",
            ...(failure?.failureDetails ? { FailureDetails: failure.failureDetails } : {}),
          })
    const arrived = storeMessage(writer, parent.instanceId, { event, executionId: parent.executionId })
    return { instanceId: parent.instanceId, arrived }
  }

  async function terminateInstance(live: Live, termination: Arrived): Promise<void> {
    const { timestamp, events } = episodeHead(live, [termination])
    const ended = terminated(live.instance, timestamp, termination.event.Input ?? null)
    const texts = [...events, ...ended.events].map((event) => JSON.stringify(event))
    const parent = await store.commit((writer) => {
      writer.updateInstance(ended.instance)
      writer.appendHistory(live.instance.id, live.parts, texts.join(","))
      writer.deleteMessages(live.instance.id)
      return tellParent(writer, ended)
    })
    if (isCurrent(live)) finish(ended.instance)
    if (parent) deliverStored(parent.instanceId, parent.arrived)
  }

  /** Suspends or resumes. While suspended, results are stored, because no episode takes them. */
  async function applyControl(live: Live): Promise<void> {
    const taken = live.inbox.filter(({ event }) => isControl(event))
    const { timestamp, events } = episodeHead(live, taken)
    const last = (taken.at(-1) as Arrived).event.EventType
    const status: RuntimeStatus =
      last === EventType.ExecutionSuspended
        ? "Suspended"
        : live.actionsStarted === undefined
          ? "Pending"
          : "Running"
    const instance = { ...live.instance, status, updatedAt: Date.parse(timestamp) }
    const fields = live.actionsStarted === undefined ? {} : { ActionsStarted: live.actionsStarted }
    const appended = [...events, historyEvent(EventType.OrchestratorCompleted, timestamp, fields)]
    const texts = appended.map((event) => JSON.stringify(event))
    const unsaved = live.inbox.filter(
      ({ event, messageId }) => messageId === undefined && isTaskResult(event),
    )
    await store.commit((writer) => {
      writer.updateInstance(instance)
      writer.appendHistory(instance.id, live.parts, texts.join(","))
      for (const { messageId } of taken) if (messageId !== undefined) writer.deleteMessage(messageId)
      if (status === "Suspended") {
        for (const arrived of unsaved)
          arrived.messageId = storeMessage(writer, instance.id, arrived).messageId as number
      }
    })
    live.instance = instance
    live.inbox = live.inbox.filter((arrived) => !taken.includes(arrived))
    live.history.push(...appended)
    live.played += (live.played && ",") + playedText(texts)
    live.parts++
    if (status === "Suspended") for (const arrived of live.inbox) saveUnread(live, arrived)
  }

  /** Stores a result that no episode takes soon. */
  function saveUnread(live: Live, arrived: Arrived): void {
    if (arrived.messageId !== undefined || !isTaskResult(arrived.event)) return
    track(
      store.commit((writer) => {
        arrived.messageId = storeMessage(writer, live.instance.id, arrived).messageId as number
      }),
    )
  }

  function finish(instance: Instance): void {
    lives.delete(instance.id)
    cancelTimers(instance.id)
    const waiting = waiters.get(instance.id)
    waiters.delete(instance.id)
    for (const wake of waiting ?? []) wake(instance)
  }

  function startActivity(live: Live, eventId: number, name: string, input: string): void {
    const { id: instanceId, executionId } = live.instance
    live.activities++
    const flight = flightKey(live.instance, eventId)
    inFlight.add(flight)
    const task: ActivityTask = { instanceId, eventId, name, input }
    const done = activities.run(async () => {
      while (!draining) {
        try {
          return await runActivity(host, functions.activity(name), task)
        } catch (error) {
          if (!(error instanceof WorkerGoneError)) throw error
          await delay(100)
        }
      }
      return undefined
    })
    track(
      done.then(async (event) => {
        live.activities--
        if (event && !stopped) await deliverResult(instanceId, { event, executionId })
        inFlight.delete(flight)
      }),
    )
  }

  async function deliverResult(instanceId: string, arrived: Arrived): Promise<void> {
    const live = lives.get(instanceId)
    if (live) {
      push(live, arrived)
      return
    }
    // Not in memory: it failed, and a rewind may want the result, or it was rewound this very moment.
    const instance = store.instance(instanceId)
    if (!instance || instance.status === "Completed" || instance.status === "Terminated") return
    if (originalExecution(instance.executionId) !== originalExecution(arrived.executionId as string)) return
    deliverStored(instanceId, await store.commit((writer) => storeMessage(writer, instanceId, arrived)))
  }

  /** An event that is in the store already: an instance that is not in memory finds it there. */
  function deliverStored(instanceId: string, arrived: Arrived): void {
    if (draining) return
    const live = lives.get(instanceId)
    if (live) push(live, arrived)
    else {
      const loaded = obtain(instanceId)
      if (loaded) kick(loaded)
    }
  }

  function push(live: Live, arrived: Arrived): void {
    if (!accepts(live, arrived)) return
    live.inbox.push(arrived)
    if (live.instance.status === "Suspended" || draining) saveUnread(live, arrived)
    kick(live)
  }

  function armTimer(live: Live, eventId: number, fireAt: number): void {
    const { id: instanceId, executionId } = live.instance
    const own = armed.get(instanceId) ?? new Map<number, () => void>()
    armed.set(instanceId, own)
    if (own.has(eventId)) return
    const fire = (): void => {
      own.delete(eventId)
      const current = lives.get(instanceId)
      if (current) {
        const event = historyEvent(EventType.TimerFired, new Date().toISOString(), {
          TimerId: eventId,
          FireAt: new Date(fireAt).toISOString(),
        })
        push(current, { event, executionId })
      } else {
        // Reading the instance arms the timer again, and this time the instance is there.
        obtain(instanceId)
      }
    }
    own.set(eventId, timers.add(fireAt, fire))
  }

  function cancelTimers(instanceId: string): void {
    for (const cancel of armed.get(instanceId)?.values() ?? []) cancel()
    armed.delete(instanceId)
  }

  /** The instance as last committed (a new one also shortly before). */
  function instanceOf(id: string): Instance | undefined {
    return lives.get(id)?.instance ?? store.instance(id)
  }

  return {
    instance: instanceOf,

    /** Whether the instance has something to do right now, as opposed to waiting for a timer or an event. */
    isMoving(id: string): boolean {
      const live = lives.get(id)
      return live !== undefined && (live.busy || live.activities > 0 || hasWork(live))
    },

    /** All events of the current execution. */
    history(id: string): HistoryEvent[] {
      return JSON.parse(`[${store.history(id).events}]`) as HistoryEvent[]
    },

    /**
     * Creates an instance and starts it. Resolves when that is durable.
     * @throws InstanceExistsError when the id is in use by an instance that must not be replaced
     */
    async create(given: Pick<Instance, "id" | "name" | "version" | "input">): Promise<Instance> {
      const existing = instanceOf(given.id)
      if (existing && !isFinished(existing.status) && !config.overridesRunningInstances) {
        throw new InstanceExistsError(
          `An Orchestration instance with the status ${existing.status} already exists.`,
        )
      }
      const now = Date.now()
      const instance: Instance = {
        ...given,
        executionId: randomUUID(),
        status: "Pending",
        output: null,
        customStatus: null,
        createdAt: now,
        updatedAt: now,
        parent: null,
      }
      const live = newLive(instance)
      // Busy until durable: nothing may run before the caller can be told.
      live.busy = true
      cancelTimers(given.id)
      lives.set(given.id, live)
      try {
        await store.commit((writer) => writer.createInstance(instance, existing !== undefined))
      } catch (error) {
        if (isCurrent(live)) lives.delete(given.id)
        throw error
      }
      live.busy = false
      kick(live)
      return instance
    },

    /** Stores an external event or control message for a running instance. Resolves when that is durable. */
    async send(id: string, event: HistoryEvent): Promise<void> {
      const arrived = await store.commit((writer) => storeMessage(writer, id, { event }))
      deliverStored(id, arrived)
    },

    /** Hands an event to an instance that a transaction of the caller has stored for it already. */
    deliver(id: string, event: HistoryEvent, messageId: number): void {
      deliverStored(id, { event, messageId })
    },

    /** Reads an instance that something else wrote into the store (a rewind), and lets it go on. */
    wake(id: string): void {
      if (draining) return
      const live = obtain(id)
      if (live) kick(live)
    },

    /** Resolves with the ended instance, or with undefined after the time (milliseconds) or when aborted. */
    async waitForEnd(id: string, timeout: number, signal?: AbortSignal): Promise<Instance | undefined> {
      const instance = instanceOf(id)
      if (!instance || isFinished(instance.status)) return instance
      if (timeout <= 0) return undefined
      const { promise, resolve } = Promise.withResolvers<Instance | undefined>()
      const set = waiters.get(id) ?? new Set()
      waiters.set(id, set.add(resolve))
      const giveUp = (): void => resolve(undefined)
      const timer = setTimeout(giveUp, Math.min(timeout, 2 ** 31 - 1))
      signal?.addEventListener("abort", giveUp, { once: true })
      try {
        return await promise
      } finally {
        clearTimeout(timer)
        signal?.removeEventListener("abort", giveUp)
        set.delete(resolve)
        if (set.size === 0 && waiters.get(id) === set) waiters.delete(id)
      }
    },

    /** Takes up everything that is unfinished in the store. */
    async recover(): Promise<void> {
      let count = 0
      for (const id of store.unfinishedInstances()) {
        if (draining) return
        const live = obtain(id)
        if (live) kick(live)
        if (++count % 200 === 0) await new Promise((resolve) => setImmediate(resolve))
        evictIdle()
      }
    },

    /** Begins nothing new; waits at most `grace` milliseconds for what runs. Its results are not lost: it runs again. */
    async stop(grace: number): Promise<void> {
      draining = true
      await Promise.race([Promise.allSettled([...running]), delay(grace, undefined, { ref: false })])
      stopped = true
      timers.clear()
      for (const set of waiters.values()) for (const wake of set) wake(undefined as never)
      waiters.clear()
    },
  }
}

/** Completed, Failed and Terminated instances run no more. */
export function isFinished(status: RuntimeStatus): boolean {
  return status === "Completed" || status === "Failed" || status === "Terminated"
}

function flightKey({ id, executionId }: Instance, eventId: number): string {
  return `${id}|${originalExecution(executionId)}|${eventId}`
}

/** Whether the event belongs to the running execution, or to what a rewind left of the one before. */
function accepts(live: Live, { event, executionId }: Arrived): boolean {
  const current = live.instance.executionId
  if (executionId === undefined || executionId === current) return true
  if (originalExecution(executionId) !== originalExecution(current)) return false
  const id = completedTaskId(event)
  const rewound = live.history.findLastIndex(({ EventType: type }) => type === EventType.GenericEvent)
  const kept = rewound < 0 ? live.history : live.history.slice(0, rewound)
  return kept.some((past) => isSchedulingEvent(past) && past.EventId === id)
}

function isControl(event: HistoryEvent): boolean {
  return (
    event.EventType === EventType.ExecutionTerminated ||
    event.EventType === EventType.ExecutionSuspended ||
    event.EventType === EventType.ExecutionResumed
  )
}

function isTaskResult(event: HistoryEvent): boolean {
  return event.EventType === EventType.TaskCompleted || event.EventType === EventType.TaskFailed
}
