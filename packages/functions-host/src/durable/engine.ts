/**
 * Runs orchestrations: collects the events of an instance, runs an episode on the worker, commits what came of it
 * in one transaction, and only then lets the effects out. All state that matters is in the store; what is held
 * here is a cache of the instances that are moving.
 */

import { randomUUID } from "node:crypto"
import { setTimeout as delay } from "node:timers/promises"
import { type HostRuntime, WorkerGoneError } from "../contract.ts"
import { type ActivityTask, runActivity } from "./activity.ts"
import type { Command } from "./command.ts"
import type { DurableConfig } from "./config.ts"
import { concludeEpisode, type EpisodeOutcome, terminated } from "./episode.ts"
import { completedTaskId, EventType, type HistoryEvent, historyEvent, playedText } from "./events.ts"
import type { DurableFunctions } from "./functions.ts"
import { createInstanceTimers } from "./instance-timers.ts"
import {
  type Arrived,
  accepts,
  episodeHead,
  flightKey,
  hasWork,
  isControl,
  isFinished,
  isTaskResult,
  type Live,
  newLive,
} from "./live.ts"
import { concludeMessages, storeMessage, tellParent } from "./messages.ts"
import { invokeOrchestrator } from "./orchestrator-call.ts"
import { originalExecution } from "./rewind.ts"
import { createSlots } from "./slots.ts"
import type { Instance, RuntimeStatus, Store } from "./store.ts"
import { createWaiters } from "./waiters.ts"

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
  const timers = createInstanceTimers()
  const orchestrators = createSlots(config.maxConcurrentOrchestratorFunctions)
  const activities = createSlots(config.maxConcurrentActivityFunctions)
  const waiters = createWaiters()
  const running = new Set<Promise<void>>()
  const inFlight = new Set<string>()
  let evictedAt = 0
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
    if (lives.size <= maxIdleInstances || Date.now() - evictedAt < 1000) return
    evictedAt = Date.now()
    for (const [id, live] of lives) {
      if (live.busy || live.activities > 0 || hasWork(live) || live.inbox.length > 0) continue
      lives.delete(id)
      if (lives.size <= maxIdleInstances) return
    }
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
    const state = await invokeOrchestrator(host, config, live, fn, texts, () => draining)
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
    const committed = store.commit((writer) => {
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
        parent: outcome.kind === "ended" ? tellParent(writer, outcome, statusOf) : undefined,
      }
    })
    const sent = await committed.catch((error: unknown) => {
      for (const { live: child } of children.started) lives.delete(child.instance.id)
      throw error
    })
    for (const { live: child } of children.started) {
      child.busy = false
      kick(child)
    }
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
      timers.cancel(instance.id)
    } else {
      live.history.push(...appended)
      live.played += (live.played && ",") + playedText(appendedTexts)
      live.parts++
      live.actionsStarted = outcome.actionsStarted
    }
    for (const command of outcome.commands) release(live, outcome, command)
    if (outcome.kind !== "ended") return
    finish(outcome.instance)
    // What came while the end was being written; a rewind may want it.
    for (const late of live.inbox) {
      if (!rest.includes(late) && late.messageId === undefined && isTaskResult(late.event)) {
        track(deliverResult(instance.id, late))
      }
    }
  }

  /** Lets an effect out after its commit. */
  function release(live: Live, outcome: Ended, command: Command): void {
    if (command.kind === "entityMessage") options.wakeEntity(command.target)
    if (outcome.kind !== "waiting") return
    if (command.kind === "activity") startActivity(live, command.id, command.name, command.input)
    else if (command.kind === "timer") armTimer(live, command.id, command.fireAt)
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
      // Busy until it is durable.
      live.busy = true
      lives.set(id, live)
      started.push({ live, replaces: existing !== undefined })
    }
    return { started, conflicts }
  }

  async function terminateInstance(live: Live, termination: Arrived): Promise<void> {
    const { timestamp, events } = episodeHead(live, [termination])
    const ended = terminated(live.instance, timestamp, termination.event.Input ?? null)
    const texts = [...events, ...ended.events].map((event) => JSON.stringify(event))
    const parent = await store.commit((writer) => {
      writer.updateInstance(ended.instance)
      writer.appendHistory(live.instance.id, live.parts, texts.join(","))
      writer.deleteMessages(live.instance.id)
      return tellParent(writer, ended, statusOf)
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
    timers.cancel(instance.id)
    waiters.wake(instance)
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
    timers.arm(instanceId, eventId, fireAt, () => {
      const current = lives.get(instanceId)
      if (!current) {
        // Reading the instance arms the timer again, and this time the instance is there.
        obtain(instanceId)
        return
      }
      const event = historyEvent(EventType.TimerFired, new Date().toISOString(), {
        TimerId: eventId,
        FireAt: new Date(fireAt).toISOString(),
      })
      push(current, { event, executionId })
    })
  }

  const statusOf = (id: string): RuntimeStatus | undefined => instanceOf(id)?.status

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
      timers.cancel(given.id)
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
      return timeout <= 0 ? undefined : await waiters.wait(id, timeout, signal)
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
      waiters.clear()
    },
  }
}
