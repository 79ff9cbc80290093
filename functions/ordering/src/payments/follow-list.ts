import type { Call } from "@eshop/building-blocks/app/call"
import type { ListPosition, ProviderWatch, ReconciledUntil } from "./ports.ts"

/** What is younger is its checkout's business, which ends within 25 minutes, or a report's that is on its way. */
const GRACE_MS = 30 * 60_000
/** Where the very first run begins: an authorisation lapses by itself after a week. */
const FIRST_LOOK_BACK_MS = 7 * 24 * 60 * 60_000
/** What one run looks at, at the most: the rest is the next one's. */
const PAGE = 100
const PAGES = 1_000
const AT_ONCE = 10
const WATCHED = 500

/** A list of the provider's, and what is done with each of its entries. */
export type FollowedList<T> = {
  readonly position: ListPosition
  idOf(entry: T): string
  /** Newest first, as {@link ProviderRecords}. */
  madeBetween(
    from: Date,
    to: Date,
    after: string | undefined,
    limit: number,
  ): Promise<{ readonly entries: readonly T[]; readonly isLast: boolean }>
  settle(entry: T): Promise<void>
}

/**
 * Follows the list from where the last run stopped.
 * @returns how far everything has been looked at
 */
export async function followList<T>(list: FollowedList<T>, call: Pick<Call, "now">): Promise<Date> {
  const now = call.now.getTime()
  const start = { from: new Date(now - FIRST_LOOK_BACK_MS) }
  let until: ReconciledUntil = (await list.position.until()) ?? start
  for (let page = 0; page < PAGES; page++) {
    const { from, to = new Date(now - GRACE_MS), after } = until
    if (to <= from) break
    const { entries, isLast } = await list.madeBetween(from, to, after, PAGE)
    for (let first = 0; first < entries.length; first += AT_ONCE)
      await Promise.all(entries.slice(first, first + AT_ONCE).map((entry) => list.settle(entry)))
    const last = entries.at(-1)
    until = isLast || !last ? { from: to } : { from, to, after: list.idOf(last) }
    await list.position.moveTo(until)
  }
  return until.from
}

/** One whose entries may have to wait, and are then found again by their id. */
export type WatchedList<T> = Omit<FollowedList<T>, "position" | "settle"> & {
  readonly watch: ProviderWatch
  find(id: string): Promise<T | undefined>
  /** @returns the order that it waits for, to be looked at again by the next run; undefined once it is settled */
  settle(entry: T): Promise<string | undefined>
}

/**
 * Looks again at the entries that were not settled when their turn came, or that a report brought up, then follows the
 * list.
 * @returns as {@link followList}
 */
export async function followWatched<T>(list: WatchedList<T>, call: Call): Promise<Date> {
  const { watch } = list
  async function settle(entry: T): Promise<void> {
    const id = list.idOf(entry)
    const orderId = await list.settle(entry)
    if (orderId === undefined) await watch.settled(id)
    else await call.transact((tx) => watch.watch(tx, { id, orderId }, call.now))
  }
  for (const { id } of await watch.watched(WATCHED)) {
    const entry = await list.find(id)
    if (entry) await settle(entry)
    else await watch.settled(id)
  }
  return await followList({ ...list, position: watch, settle }, call)
}
