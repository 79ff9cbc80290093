/**
 * Durable entities: every entity works off its messages one batch after the other; state, answers and outgoing
 * signals of a batch are committed together with the removal of its messages.
 */

import { randomUUID } from "node:crypto"
import { setTimeout as delay } from "node:timers/promises"
import { FunctionFailedError, type HostRuntime } from "../../contract.ts"
import type { DurableConfig } from "../config.ts"
import { storeEntityMessage } from "../engine/messages.ts"
import type { DurableFunctions } from "../functions.ts"
import { EventType, type HistoryEvent, historyEvent } from "../protocol/events.ts"
import { type EntityMessage, entityName, schedulerId } from "../replay/command.ts"
import type { Entity, Store, Writer } from "../store/store.ts"
import { createSlots } from "../tasks/slots.ts"
import { createTimerQueue } from "../tasks/timer-queue.ts"
import { withWorker } from "../tasks/worker-call.ts"

type Incoming = { id: number; name: string; message: EntityMessage }
type OperationResult = { isError: boolean; result?: string | null }
type EntityOutput = {
  entityExists: boolean
  entityState?: string | null
  results: OperationResult[]
  signals?: { target: { name: string; key: string }; name: string; input?: string }[]
}
type Delivery = { to: string; event: HistoryEvent; messageId: number }

export type EntityEngine = ReturnType<typeof createEntityEngine>

/** The entities of one task hub. */
export function createEntityEngine(options: {
  host: HostRuntime
  config: DurableConfig
  store: Store
  functions: DurableFunctions
  /** Hands an answer on that is stored already. */
  deliver(instanceId: string, event: HistoryEvent, messageId: number): void
}) {
  const { host, config, store, functions } = options
  const slots = createSlots(config.maxConcurrentEntityFunctions)
  const timers = createTimerQueue()
  /** Entities that somebody works on, and when that is over. */
  const busy = new Map<string, Promise<void>>()
  const again = new Set<string>()
  let stopped = false

  function wake(id: string): void {
    if (stopped) return
    if (busy.has(id)) {
      again.add(id)
      return
    }
    const work = slots
      .run(() => process(id))
      .catch(async (thrown: unknown) => {
        if (stopped) return
        host.log.log("error", `Durable Functions: entity '${id}' is tried again: ${(thrown as Error).stack}`)
        await delay(1000)
        again.add(id)
      })
    occupy(id, work)
  }

  /** Keeps everybody else away from the entity until the work is done. */
  function occupy(id: string, work: Promise<void>): void {
    const done = work.finally(() => {
      busy.delete(id)
      if (again.delete(id)) wake(id)
    })
    busy.set(id, done)
  }

  async function process(id: string): Promise<void> {
    while (!stopped) {
      const entity = store.entity(id) ?? { id, state: null, lockedBy: null, updatedAt: 0 }
      const ready = readyMessages(entity)
      const [first] = ready
      if (!first) return
      if (first.name === "release" || first.message.lockset) await changeLock(entity, first)
      else await runBatch(entity, operationsOf(ready))
    }
  }

  /** Messages that may be handled now: due, and from the owner of the lock while there is one. */
  function readyMessages(entity: Entity): Incoming[] {
    const ready: Incoming[] = []
    for (const { id, body } of store.messages(entity.id)) {
      const incoming = { id, ...(JSON.parse(body) as Omit<Incoming, "id">) }
      const { message } = incoming
      if (entity.lockedBy !== null && message.parent !== entity.lockedBy) continue
      const due = message.due ? Date.parse(message.due) : 0
      if (due > Date.now()) timers.add(due, () => wake(entity.id))
      else ready.push(incoming)
    }
    return ready
  }

  function operationsOf(ready: readonly Incoming[]): Incoming[] {
    const end = ready.findIndex(({ name, message }) => name === "release" || message.lockset !== undefined)
    return ready.slice(0, Math.min(end < 0 ? ready.length : end, config.maxEntityOperationBatchSize))
  }

  async function changeLock(entity: Entity, { id, name, message }: Incoming): Promise<void> {
    const lockedBy = name === "release" ? null : (message.parent ?? null)
    const next = message.lockset?.[(message.pos ?? 0) + 1]
    const deliveries = await store.commit((writer): Delivery[] => {
      writer.deleteMessage(id)
      save(writer, { ...entity, lockedBy, updatedAt: Date.now() })
      if (name === "release") return []
      if (next) {
        // Locks are taken one after the other in a fixed order, so that two orchestrations cannot block each other.
        storeEntityMessage(writer, schedulerId(next), "op", { ...message, pos: (message.pos ?? 0) + 1 })
        return []
      }
      return [answer(writer, message, { result: null })]
    })
    if (next && name !== "release") wake(schedulerId(next))
    for (const { to, event, messageId } of deliveries) options.deliver(to, event, messageId)
  }

  async function runBatch(entity: Entity, batch: readonly Incoming[]): Promise<void> {
    const output = await invoke(entity, batch)
    const state = output.entityExists ? (output.entityState ?? "null") : null
    const signals = output.signals ?? []
    const deliveries = await store.commit((writer): Delivery[] => {
      save(writer, { ...entity, state, updatedAt: Date.now() })
      for (const { target, name, input } of signals) {
        storeEntityMessage(writer, schedulerId(target), "op", {
          id: randomUUID(),
          op: name,
          signal: true,
          ...(input ? { input } : {}),
          parent: entity.id,
        })
      }
      return batch.flatMap(({ id, message }, index) => {
        writer.deleteMessage(id)
        if (message.signal || !message.parent) return []
        const result = output.results[index] ?? {
          isError: true,
          result: JSON.stringify("The entity gave no result."),
        }
        return [
          answer(writer, message, {
            result: result.result ?? null,
            ...(result.isError ? { exceptionType: "Error" } : {}),
          }),
        ]
      })
    })
    for (const { target } of signals) wake(schedulerId(target))
    for (const { to, event, messageId } of deliveries) options.deliver(to, event, messageId)
  }

  /** Runs the entity function; when it fails as a whole, every operation of the batch has failed. */
  async function invoke(entity: Entity, batch: readonly Incoming[]): Promise<EntityOutput> {
    const self = entityName(entity.id)
    const fn = functions.entity(self.name)
    const unchanged = (message: string): EntityOutput => ({
      entityExists: entity.state !== null,
      entityState: entity.state,
      results: batch.map(() => ({ isError: true, result: JSON.stringify(message) })),
    })
    if (!fn) return unchanged(`Entity function '${self.name}' does not exist.`)
    const trigger = JSON.stringify({
      self,
      exists: entity.state !== null,
      state: entity.state,
      batch: batch.map(({ message }) => ({
        id: message.id,
        name: message.op,
        input: message.input,
        isSignal: message.signal === true,
      })),
    })
    try {
      const { returnValue } = await withWorker(
        () => host.invoke({ function: fn, triggerValue: { string: trigger }, reason: "(null)" }),
        () => stopped,
      )
      return entityOutput(returnValue?.json) ?? unchanged("The entity function gave no state.")
    } catch (thrown) {
      if (thrown instanceof FunctionFailedError) return unchanged(thrown.exception.message)
      throw thrown
    }
  }

  return {
    wake,

    /** Sends an operation for which nobody waits. Resolves when it is durable. */
    async signal(target: string, message: EntityMessage): Promise<void> {
      await store.commit((writer) => storeEntityMessage(writer, target, "op", message))
      wake(target)
    },

    /** Takes the entity's lock from an orchestration that will not let it go any more. */
    async release(id: string, lockedBy: string): Promise<void> {
      const message = { id: randomUUID(), parent: lockedBy }
      await store.commit((writer) => storeEntityMessage(writer, id, "release", message))
      wake(id)
    },

    /**
     * Deletes the entity, once its current batch is done; messages that it has not read go to a new one.
     * @returns whether there was one
     */
    async purge(id: string): Promise<boolean> {
      while (busy.has(id)) await busy.get(id)
      if (!store.entity(id)) return false
      const deletion = store.commit((writer) => writer.deleteEntity(id))
      occupy(
        id,
        deletion.catch(() => {}),
      )
      await deletion
      return true
    },

    /** Takes up the messages that are left in the store. */
    recover(): void {
      for (const id of store.entitiesWithMessages()) wake(id)
    },

    /** Begins nothing new and waits at most `grace` milliseconds for what runs. */
    async stop(grace: number): Promise<void> {
      stopped = true
      timers.clear()
      await Promise.race([Promise.allSettled([...busy.values()]), delay(grace, undefined, { ref: false })])
    },
  }
}

/** What the library's entity function returned; undefined when it was not made by the library. */
function entityOutput(text: string | undefined): EntityOutput | undefined {
  const output = JSON.parse(text ?? "null") as EntityOutput | null
  return Array.isArray(output?.results) ? output : undefined
}

function save(writer: Writer, entity: Entity): void {
  if (entity.state === null && entity.lockedBy === null) writer.deleteEntity(entity.id)
  else writer.putEntity(entity)
}

/** The answer to a call: an external event named after the request. */
function answer(
  writer: Writer,
  message: EntityMessage,
  response: { result: string | null; exceptionType?: string },
): Delivery {
  const to = message.parent as string
  const event = historyEvent(EventType.EventRaised, new Date().toISOString(), {
    Name: message.id,
    Input: JSON.stringify(response),
  })
  return { to, event, messageId: writer.addMessage(to, JSON.stringify({ event })) }
}
