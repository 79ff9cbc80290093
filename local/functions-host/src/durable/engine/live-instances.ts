/** The instances that are moving, cached in memory; all others are read from the store when something happens to them. */

import { type HistoryEvent, playedText } from "../protocol/events.ts"
import type { Instance, Store } from "../store/store.ts"
import { type Arrived, accepts, hasWork, isFinished, type Live, newLive } from "./live.ts"

/** Idle instances kept in memory; more of them are read again from the store when something happens to them. */
const maxIdleInstances = 2000

export type LiveInstances = ReturnType<typeof createLiveInstances>

/** The instances of one task hub. `onRead` is called with an instance that was just read from the store. */
export function createLiveInstances(store: Store, onRead: (live: Live) => void) {
  const lives = new Map<string, Live>()
  let evictedAt = 0

  return {
    /** The instance if it is in memory. */
    get: (id: string): Live | undefined => lives.get(id),

    add(live: Live): void {
      lives.set(live.instance.id, live)
    },

    remove(id: string): void {
      lives.delete(id)
    },

    /** Whether this is what the memory knows of the instance: it may have been replaced or forgotten meanwhile. */
    isCurrent: (live: Live): boolean => lives.get(live.instance.id) === live,

    /** The instance as last committed (a new one also shortly before). */
    committed(id: string): Instance | undefined {
      return lives.get(id)?.instance ?? store.instance(id)
    },

    /** The instance in memory, read from the store when needed; undefined when it does not exist or has ended. */
    obtain(id: string): Live | undefined {
      const known = lives.get(id)
      if (known) return known
      const live = readLive(store, id)
      if (!live) return undefined
      lives.set(id, live)
      onRead(live)
      return live
    },

    /** Forgets instances that wait, when there are too many. */
    evictIdle(): void {
      if (lives.size <= maxIdleInstances || Date.now() - evictedAt < 1000) return
      evictedAt = Date.now()
      for (const [id, live] of lives) {
        if (live.busy || live.activities > 0 || hasWork(live) || live.inbox.length > 0) continue
        lives.delete(id)
        if (lives.size <= maxIdleInstances) return
      }
    },
  }
}

/** An unfinished instance with its history and the messages that it has not read. */
function readLive(store: Store, id: string): Live | undefined {
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
  return live
}
