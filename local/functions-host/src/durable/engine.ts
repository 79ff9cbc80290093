/**
 * Runs orchestrations: collects the events of an instance, runs an episode on the worker, commits what came of it
 * in one transaction, and only then lets the effects out. All state that matters is in the store; what is held
 * here is a cache of the instances that are moving.
 */

import { randomUUID } from "node:crypto"
import { setTimeout as delay } from "node:timers/promises"
import type { HostRuntime } from "../contract.ts"
import type { Command } from "./command.ts"
import { commitControl, commitEpisode, commitTermination } from "./commits.ts"
import type { DurableConfig } from "./config.ts"
import { concludeEpisode, type EpisodeEnd } from "./episode.ts"
import { EventType, type HistoryEvent, historyEvent, playedText } from "./events.ts"
import type { DurableFunctions } from "./functions.ts"
import {
  type Arrived,
  accepts,
  episodeHead,
  hasWork,
  idConflict,
  isControl,
  isFinished,
  isTaskResult,
  type Live,
  newLive,
} from "./live.ts"
import { createLiveInstances } from "./live-instances.ts"
import { storeMessage } from "./messages.ts"
import { invokeOrchestrator } from "./orchestrator-call.ts"
import { createOutstandingTasks } from "./outstanding-tasks.ts"
import { originalExecution } from "./rewind.ts"
import { createSlots } from "./slots.ts"
import type { Instance, RuntimeStatus, Store } from "./store.ts"
import { addSubOrchestrations } from "./sub-orchestrations.ts"
import { createWaiters } from "./waiters.ts"

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
  const lives = createLiveInstances(store, (live) => tasks.startOutstanding(live))
  const tasks = createOutstandingTasks({
    host,
    config,
    functions,
    draining: () => draining,
    stopped: () => stopped,
    track,
    deliverResult,
    fire,
  })
  const orchestrators = createSlots(config.maxConcurrentOrchestratorFunctions)
  const waiters = createWaiters()
  const running = new Set<Promise<void>>()
  /** No step begins any more; what runs may still commit. */
  let draining = false
  /** Nothing is committed any more. */
  let stopped = false

  function track(work: Promise<void>): void {
    const done = work
      .catch((error: unknown) => {
        if (!stopped) host.log.log("error", `Durable Functions: ${(error as Error).stack}`)
      })
      .finally(() => running.delete(done))
    running.add(done)
  }

  function kick(live: Live): void {
    if (draining || live.busy || !lives.isCurrent(live) || !hasWork(live)) return
    live.busy = true
    track(orchestrators.run(() => work(live)))
  }

  async function work(live: Live): Promise<void> {
    try {
      while (!draining && lives.isCurrent(live) && hasWork(live)) await step(live)
    } catch (error) {
      if (draining) return
      // Nothing of the step was committed. Forget what is in memory and begin again from the store.
      host.log.log(
        "error",
        `Durable Functions: instance '${live.instance.id}' is tried again: ${(error as Error).stack}`,
      )
      if (lives.isCurrent(live)) lives.remove(live.instance.id)
      await delay(1000)
      const again = draining ? undefined : lives.obtain(live.instance.id)
      if (again) kick(again)
      return
    } finally {
      live.busy = false
    }
    if (lives.isCurrent(live)) kick(live)
    lives.evictIdle()
  }

  async function step(live: Live): Promise<void> {
    const termination = live.inbox.find(({ event }) => event.EventType === EventType.ExecutionTerminated)
    if (termination) return await terminate(live, termination)
    if (live.inbox.some(({ event }) => isControl(event))) {
      return await commitControl(store, live, (arrived) => saveUnread(live, arrived))
    }
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
      lives.remove(instance.id)
      return
    }
    const taken = live.oneEvent ? live.inbox.slice(0, 1) : [...live.inbox]
    const { timestamp, events } = episodeHead(live, taken)
    const texts = events.map((event) => JSON.stringify(event))
    const state = await invokeOrchestrator(host, config, live, fn, texts, () => draining)
    if (stopped || !lives.isCurrent(live)) return
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
    const children = addSubOrchestrations(lives, config, outcome.commands, instance, timestamp)
    const rest = live.inbox.slice(taken.length)
    const appended = [...events, ...outcome.events]
    const appendedTexts = [...texts, ...outcome.events.map((event) => JSON.stringify(event))]
    const committed = commitEpisode(
      store,
      live,
      { outcome, taken, rest, children, texts: appendedTexts },
      statusOf,
    )
    const sent = await committed.catch((error: unknown) => {
      for (const { live: child } of children.started) lives.remove(child.instance.id)
      throw error
    })
    for (const { live: child } of children.started) {
      child.busy = false
      kick(child)
    }
    if (sent.parent) deliverStored(sent.parent.instanceId, sent.parent.arrived)
    if (!lives.isCurrent(live)) return
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
      tasks.cancelTimers(instance.id)
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
  function release(live: Live, outcome: EpisodeEnd, command: Command): void {
    if (command.kind === "entityMessage") options.wakeEntity(command.target)
    if (outcome.kind !== "waiting") return
    if (command.kind === "activity") tasks.startActivity(live, command.id, command.name, command.input)
    else if (command.kind === "timer") tasks.armTimer(live, command.id, command.fireAt)
  }

  async function terminate(live: Live, termination: Arrived): Promise<void> {
    const { instance, parent } = await commitTermination(store, live, termination, statusOf)
    if (lives.isCurrent(live)) finish(instance)
    if (parent) deliverStored(parent.instanceId, parent.arrived)
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
    lives.remove(instance.id)
    tasks.cancelTimers(instance.id)
    waiters.wake(instance)
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
      const loaded = lives.obtain(instanceId)
      if (loaded) kick(loaded)
    }
  }

  function push(live: Live, arrived: Arrived): void {
    if (!accepts(live, arrived)) return
    live.inbox.push(arrived)
    if (live.instance.status === "Suspended" || draining) saveUnread(live, arrived)
    kick(live)
  }

  function fire(timer: { instanceId: string; executionId: string; eventId: number; fireAt: number }): void {
    const { instanceId, executionId, eventId, fireAt } = timer
    const current = lives.get(instanceId)
    if (!current) {
      // Reading the instance arms the timer again, and this time the instance is there.
      lives.obtain(instanceId)
      return
    }
    const event = historyEvent(EventType.TimerFired, new Date().toISOString(), {
      TimerId: eventId,
      FireAt: new Date(fireAt).toISOString(),
    })
    push(current, { event, executionId })
  }

  const statusOf = (id: string): RuntimeStatus | undefined => lives.committed(id)?.status

  return {
    instance: lives.committed,

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
      const existing = lives.committed(given.id)
      const conflict = idConflict(existing, config)
      if (conflict) throw new InstanceExistsError(conflict)
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
      tasks.cancelTimers(given.id)
      lives.add(live)
      try {
        await store.commit((writer) => writer.createInstance(instance, existing !== undefined))
      } catch (error) {
        if (lives.isCurrent(live)) lives.remove(given.id)
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
      const live = lives.obtain(id)
      if (live) kick(live)
    },

    /** Resolves with the ended instance, or with undefined after the time (milliseconds) or when aborted. */
    async waitForEnd(id: string, timeout: number, signal?: AbortSignal): Promise<Instance | undefined> {
      const instance = lives.committed(id)
      if (!instance || isFinished(instance.status)) return instance
      return timeout <= 0 ? undefined : await waiters.wait(id, timeout, signal)
    },

    /** Takes up everything that is unfinished in the store. */
    async recover(): Promise<void> {
      let count = 0
      for (const id of store.unfinishedInstances()) {
        if (draining) return
        const live = lives.obtain(id)
        if (live) kick(live)
        if (++count % 200 === 0) await new Promise((resolve) => setImmediate(resolve))
        lives.evictIdle()
      }
    },

    /** Begins nothing new; waits at most `grace` milliseconds for what runs. Its results are not lost: it runs again. */
    async stop(grace: number): Promise<void> {
      draining = true
      await Promise.race([Promise.allSettled([...running]), delay(grace, undefined, { ref: false })])
      stopped = true
      tasks.clearTimers()
      waiters.clear()
    },
  }
}
