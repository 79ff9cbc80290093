import type { CatalogOperationsListAuditResponse } from "@eshop/shop-client/generated/types.gen"
import type { Context } from "./search.ts"

export type Page = CatalogOperationsListAuditResponse
export type Entry = Page["items"][number] & { readonly context: Context }

/** How far a context's trail was read. */
export type Trail = {
  /** Entries that were read and not shown yet, the newest first. */
  readonly pending: readonly Entry[]
  /** Where the next page begins; null after the last one. */
  readonly cursor: string | null
}
export type Trails = Readonly<Partial<Record<Context, Trail>>>

/** Entries of several trails, and how far each was read. */
export type Merged = { readonly items: readonly Entry[]; readonly trails: Trails }

/**
 * Takes entries off several trails, the newest first. It stops where a trail that goes on has none left: what comes next may
 * be newer than what the others have.
 * @param limit so many at the most
 */
export function merge(trails: Trails, limit: number): Merged {
  const left = new Map(Object.entries(trails).map(([context, trail]) => [context as Context, { ...trail }]))
  const items: Entry[] = []
  while (items.length < limit) {
    const heads = [...left.values()]
    if (heads.some(({ pending, cursor }) => pending.length === 0 && cursor !== null)) break
    const newest = heads
      .flatMap(({ pending: [first] }) => first ?? [])
      .toSorted((a, b) => (a.at > b.at ? -1 : a.at < b.at ? 1 : 0))[0]
    const trail = newest && left.get(newest.context)
    if (!newest || !trail) break
    items.push(newest)
    left.set(newest.context, { ...trail, pending: trail.pending.slice(1) })
  }
  return { items, trails: Object.fromEntries(left) }
}

/** Whether there is more to be read or shown. */
export const goesOn = (trails: Trails): boolean =>
  Object.values(trails).some(({ pending, cursor }) => pending.length > 0 || cursor !== null)
