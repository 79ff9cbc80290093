/**
 * Runs orchestrations: collects the events of an instance, runs an episode on the worker, commits what came of it
 * in one transaction, and only then lets the effects out. All state that matters is in the store; what is held
 * here is a cache of the instances that are moving.
 */

import { randomUUID } from "node:crypto"
import type { HostRuntime } from "../../contract.ts"
import type { DurableConfig } from "../config.ts"
import type { DurableFunctions } from "../functions.ts"
import type { HistoryEvent } from "../protocol/events.ts"
import type { Instance, Store } from "../store/store.ts"
import { createOutstandingTasks } from "../tasks/outstanding-tasks.ts"
import { createSlots } from "../tasks/slots.ts"
import { createDelivery } from "./delivery.ts"
import { createLifecycle } from "./lifecycle.ts"
import { hasWork, idConflict, isFinished, type Live, newLive } from "./live.ts"
import { createLiveInstances } from "./live-instances.ts"
import { storeMessage } from "./messages.ts"
import { createScheduler } from "./scheduler.ts"
import { createStep } from "./step.ts"
import { createWaiters } from "./waiters.ts"

/** A start under an id that is in use. */
export class InstanceExistsError extends Error {
  override readonly name = "OrchestrationAlreadyExistsException"
}

export type EngineOptions = {
  host: HostRuntime
  config: DurableConfig
  store: Store
  functions: DurableFunctions
  /** Called after messages for an entity were committed. */
  wakeEntity(id: string): void
}

type Parts = EngineOptions & ReturnType<typeof createParts>

export type Engine = ReturnType<typeof createEngine>

/** The engine of one task hub. Call `recover` before anything else. */
export function createEngine(options: EngineOptions) {
  const parts: Parts = { ...options, ...createParts(options) }
  const { store, lives, delivery, lifecycle, tasks, waiters } = parts
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
    create: (given: Pick<Instance, "id" | "name" | "version" | "input">) => create(parts, given),

    /** Stores an external event or control message for a running instance. Resolves when that is durable. */
    async send(id: string, event: HistoryEvent): Promise<void> {
      const arrived = await store.commit((writer) => storeMessage(writer, id, { event }))
      delivery.stored(id, arrived)
    },

    /** Writes the custom status of an instance; its next episode writes the orchestrator's own again. */
    async setCustomStatus(id: string, text: string | null): Promise<void> {
      await store.commit((writer) => writer.setCustomStatus(id, text))
      const live = lives.get(id)
      if (live) live.instance = { ...live.instance, customStatus: text }
    },

    /** Hands an event to an instance that a transaction of the caller has stored for it already. */
    deliver(id: string, event: HistoryEvent, messageId: number): void {
      delivery.stored(id, { event, messageId })
    },

    /** Reads an instance that something else wrote into the store (a rewind), and lets it go on. */
    wake(id: string): void {
      if (!lifecycle.draining()) takeUp(parts, id)
    },

    /** Resolves with the ended instance, or with undefined after the time (milliseconds) or when aborted. */
    async waitForEnd(id: string, timeout: number, signal?: AbortSignal): Promise<Instance | undefined> {
      const instance = lives.committed(id)
      if (!instance || isFinished(instance.status)) return instance
      return timeout <= 0 ? undefined : await waiters.wait(id, timeout, signal)
    },

    /** Takes up everything that is unfinished in the store. */
    recover: () => recover(parts),

    /** Begins nothing new; waits at most `grace` milliseconds for what runs. Its results are not lost: it runs again. */
    async stop(grace: number): Promise<void> {
      await lifecycle.stop(grace)
      tasks.clearTimers()
      waiters.clear()
    },
  }
}

/** The parts of an engine, each of which knows some of the others. */
function createParts(options: EngineOptions) {
  const { host, config, store } = options
  const lifecycle = createLifecycle(host.log)
  const waiters = createWaiters()
  const lives = createLiveInstances(store, (live) => tasks.startOutstanding(live))
  const { kick } = createScheduler({
    log: host.log,
    lifecycle,
    lives,
    slots: createSlots(config.maxConcurrentOrchestratorFunctions),
    step: (live) => step(live),
  })
  const delivery = createDelivery({ store, lifecycle, lives, kick })
  const tasks = createOutstandingTasks({ ...options, lifecycle, delivery })
  const step = createStep({ ...options, lifecycle, lives, tasks, delivery, waiters, kick })
  return { lifecycle, waiters, lives, kick, delivery, tasks }
}

async function create(
  { config, store, lives, tasks, kick }: Parts,
  given: Pick<Instance, "id" | "name" | "version" | "input">,
): Promise<Instance> {
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
  const live: Live = newLive(instance)
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
}

/** Lets an unfinished instance go on from what is in the store. */
function takeUp({ lives, kick }: Parts, id: string): void {
  const live = lives.obtain(id)
  if (live) kick(live)
}

async function recover(parts: Parts): Promise<void> {
  let count = 0
  for (const id of parts.store.unfinishedInstances()) {
    if (parts.lifecycle.draining()) return
    takeUp(parts, id)
    if (++count % 200 === 0) await new Promise((resolve) => setImmediate(resolve))
    parts.lives.evictIdle()
  }
}
