import { expect, test } from "vitest"
import type { Context } from "./search.ts"
import { type Entry, goesOn, merge, type Trail } from "./trails.ts"

const entry = (context: Context, minute: number): Entry => ({
  context,
  position: minute,
  at: new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString(),
  by: { kind: "system", id: "timer" },
  ...{ subject: "thing", action: "thing.changed", change: minute },
})
const trail = (context: Context, cursor: string | null, ...minutes: number[]): Trail => ({
  pending: minutes.map((minute) => entry(context, minute)),
  cursor,
})
const changes = (entries: readonly Entry[]) => entries.map(({ change }) => change)

test("entries of all trails come the newest first", () => {
  const { items, trails } = merge(
    { catalog: trail("catalog", null, 9, 5, 1), basket: trail("basket", null, 8, 2) },
    10,
  )
  expect([changes(items), goesOn(trails)]).toEqual([[9, 8, 5, 2, 1], false])
})

test("where a trail goes on, nothing older than its last entry is shown before the rest was read", () => {
  const first = merge({ catalog: trail("catalog", "next", 9, 5), basket: trail("basket", null, 8, 2) }, 10)
  expect([changes(first.items), goesOn(first.trails)]).toEqual([[9, 8, 5], true])
  const second = merge({ ...first.trails, catalog: trail("catalog", null, 4) }, 10)
  expect([changes(second.items), goesOn(second.trails)]).toEqual([[4, 2], false])
})

test("no more than were asked for are taken, and the others are kept", () => {
  const first = merge({ catalog: trail("catalog", null, 9, 5), basket: trail("basket", null, 8) }, 2)
  expect(changes(first.items)).toEqual([9, 8])
  expect(changes(merge(first.trails, 2).items)).toEqual([5])
})
