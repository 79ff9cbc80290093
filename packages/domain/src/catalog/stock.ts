import type { Shortage } from "../contracts/catalog-events.ts"
import { mergeLines, type StockLine } from "../contracts/stock-lines.ts"
import { isSame } from "../kernel/same.ts"

/** Stock of a variant at a location: what lies there and how much of it is promised. */
export type StockLevel = {
  readonly sku: string
  readonly location: string
  /** Units that are not sold. Below zero: sold beyond the stock, owed to orders that are paid. */
  readonly onHand: number
  readonly reserved: number
  /** Of the reserved: units of holds and reservations past their end, which nobody has given back yet. */
  readonly overdue: number
  readonly safetyStock: number
  /** The variant is sold beyond its stock. */
  readonly backorder: boolean
}

/** So many units of a variant, and where they lie. */
export type Allocation = StockLine & { readonly location: string }

/** Change of a level. */
export type StockChange = {
  readonly sku: string
  readonly location: string
  readonly onHand: number
  readonly reserved: number
  /** Whether more may be promised than is there: a variant that is sold beyond its stock. */
  readonly overdraw: boolean
}

/** Units that would do are overdue: they have to be given back first, and then it is to be decided anew. */
export type Overdue = { readonly type: "overdue"; readonly skus: readonly string[] }
export type Short = { readonly type: "short"; readonly shortages: readonly Shortage[] }

/** What can be promised at this moment. */
const free = ({ onHand, reserved }: StockLevel): number => Math.max(0, onHand - reserved)

/** What can be ordered: a promise past its end does not count, whether or not somebody has taken notice of the end. */
export const available = ({ onHand, reserved, overdue }: StockLevel): number =>
  Math.max(0, onHand - reserved + overdue)

/**
 * Finds units for all lines or for none: the whole order from the first location that has all of it, else each line
 * from the locations in their order. What is short of a variant that is sold beyond its stock is owed by its first
 * location.
 * @param levels of the lines' variants, locations in the order in which they serve
 * @param lines one per SKU
 */
export function allocate(
  levels: readonly StockLevel[],
  lines: readonly StockLine[],
): { readonly type: "allocated"; readonly allocations: readonly Allocation[] } | Short | Overdue {
  const bySku = Map.groupBy(levels, ({ sku }) => sku)
  const levelsOf = (sku: string) => bySku.get(sku) ?? []
  const shortBy = (units: (level: StockLevel) => number) =>
    lines.flatMap(({ sku, quantity }): Shortage[] => {
      const there = levelsOf(sku)
      const found = there.reduce((sum, level) => sum + units(level), 0)
      return found >= quantity || there.some(({ backorder }) => backorder)
        ? []
        : [{ sku, requested: quantity, available: found }]
    })
  const lacking = shortBy(free)
  if (lacking.length > 0) {
    const shortages = shortBy(available)
    return shortages.length > 0
      ? { type: "short", shortages }
      : { type: "overdue", skus: lacking.map(({ sku }) => sku) }
  }
  const whole = [...new Set(levels.map(({ location }) => location))].find((location) =>
    lines.every(({ sku, quantity }) =>
      levelsOf(sku).some((level) => level.location === location && free(level) >= quantity),
    ),
  )
  const allocations =
    whole === undefined
      ? lines.flatMap((line) => split(levelsOf(line.sku), line))
      : lines.map((line) => ({ ...line, location: whole }))
  return { type: "allocated", allocations }
}

/** A line from the locations in their order; the first one owes what none has. */
function split(levels: readonly StockLevel[], { sku, quantity }: StockLine): Allocation[] {
  let left = quantity
  const parts = levels.map((level): Allocation => {
    const units = Math.min(left, free(level))
    left -= units
    return { sku, location: level.location, quantity: units }
  })
  return parts
    .map((part, index) => (index === 0 ? { ...part, quantity: part.quantity + left } : part))
    .filter((part) => part.quantity > 0)
}

const changes = (
  allocations: readonly Allocation[],
  ofUnit: { readonly onHand?: 1 | -1; readonly reserved?: 1 | -1 },
): StockChange[] =>
  allocations.map(({ sku, location, quantity }) => ({
    sku,
    location,
    onHand: quantity * (ofUnit.onHand ?? 0),
    reserved: quantity * (ofUnit.reserved ?? 0),
    overdraw: false,
  }))

/** Promises units without moving them. */
export const reserveChanges = (
  allocations: readonly Allocation[],
  levels: readonly StockLevel[],
): StockChange[] => permitOverdraw(changes(allocations, { reserved: 1 }), levels)

/** Sells units that were not promised before. */
export const sellChanges = (
  allocations: readonly Allocation[],
  levels: readonly StockLevel[],
): StockChange[] => permitOverdraw(changes(allocations, { onHand: -1 }), levels)

/** Sells promised units. */
export const commitChanges = (allocations: readonly Allocation[]): StockChange[] =>
  changes(allocations, { onHand: -1, reserved: -1 })

/** Takes a promise back. */
export const releaseChanges = (allocations: readonly Allocation[]): StockChange[] =>
  changes(allocations, { reserved: -1 })

/** Takes sold units back. */
export const restockChanges = (allocations: readonly Allocation[]): StockChange[] =>
  changes(allocations, { onHand: 1 })

function permitOverdraw(all: readonly StockChange[], levels: readonly StockLevel[]): StockChange[] {
  const beyond = new Set(levels.flatMap(({ sku, backorder }) => (backorder ? [sku] : [])))
  return all.map((change) => ({ ...change, overdraw: beyond.has(change.sku) }))
}

/** Changes of one level as one change; none of those that come to nothing. */
export function mergeChanges(all: readonly StockChange[]): StockChange[] {
  const merged = new Map<string, StockChange>()
  for (const change of all) {
    const key = `${change.sku} ${change.location}`
    const before = merged.get(key)
    merged.set(key, {
      ...change,
      onHand: change.onHand + (before?.onHand ?? 0),
      reserved: change.reserved + (before?.reserved ?? 0),
      overdraw: change.overdraw || (before?.overdraw ?? false),
    })
  }
  return [...merged.values()].filter(({ onHand, reserved }) => onHand !== 0 || reserved !== 0)
}

/** The levels as they would be after the changes, each of which is of another level. */
export const applyChanges = (levels: readonly StockLevel[], all: readonly StockChange[]): StockLevel[] =>
  levels.map((level) => {
    const change = all.find(({ sku, location }) => sku === level.sku && location === level.location)
    return change
      ? { ...level, onHand: level.onHand + change.onHand, reserved: level.reserved + change.reserved }
      : level
  })

/** What is allocated, one line per SKU. */
export const linesOf = (allocations: readonly Allocation[]): StockLine[] =>
  mergeLines(allocations.map(({ sku, quantity }) => ({ sku, quantity })))

/**
 * Finds units as {@link allocate} does, for who has reserved some already: where the lines are the same they stay as
 * they are, else all are found anew and the old ones given back.
 */
export function reallocate(
  own: readonly Allocation[],
  levels: readonly StockLevel[],
  lines: readonly StockLine[],
):
  | {
      readonly type: "allocated"
      readonly allocations: readonly Allocation[]
      readonly changes: readonly StockChange[]
    }
  | Short
  | Overdue {
  if (isSame(linesOf(own), lines)) return { type: "allocated", allocations: own, changes: [] }
  const givenBack = releaseChanges(own)
  const found = allocate(applyChanges(levels, givenBack), lines)
  if (found.type !== "allocated") return found
  return { ...found, changes: mergeChanges([...givenBack, ...reserveChanges(found.allocations, levels)]) }
}

/** Takes lines out of what is allocated, the last locations first. */
export function takeOut(
  allocations: readonly Allocation[],
  lines: readonly StockLine[],
): { readonly taken: readonly Allocation[]; readonly kept: readonly Allocation[] } {
  const wanted = new Map(lines.map(({ sku, quantity }) => [sku, quantity]))
  const taken: Allocation[] = []
  const kept: Allocation[] = []
  for (const allocation of allocations.toReversed()) {
    const units = Math.min(allocation.quantity, wanted.get(allocation.sku) ?? 0)
    wanted.set(allocation.sku, (wanted.get(allocation.sku) ?? 0) - units)
    if (units > 0) taken.push({ ...allocation, quantity: units })
    if (units < allocation.quantity) kept.unshift({ ...allocation, quantity: allocation.quantity - units })
  }
  return { taken, kept }
}

/** What is left of lines after others were taken off, never less than nothing. One line per SKU. */
export function linesLeft(lines: readonly StockLine[], taken: readonly StockLine[]): StockLine[] {
  const off = new Map(mergeLines(taken).map(({ sku, quantity }) => [sku, quantity]))
  return mergeLines(lines)
    .map(({ sku, quantity }) => ({ sku, quantity: quantity - (off.get(sku) ?? 0) }))
    .filter(({ quantity }) => quantity > 0)
}

/** A level as a change left it. */
export type ChangedLevel = Omit<StockLevel, "overdue" | "backorder">

/** Whether what can be ordered is at the safety stock or below. */
export const isLow = ({ onHand, reserved, safetyStock }: ChangedLevel): boolean =>
  onHand - reserved <= safetyStock

/** A level as it was before one of these changes led to what it is. */
function undo(level: ChangedLevel, all: readonly StockChange[]): ChangedLevel {
  const change = all.find(({ sku, location }) => sku === level.sku && location === level.location)
  return change
    ? { ...level, onHand: level.onHand - change.onHand, reserved: level.reserved - change.reserved }
    : level
}

/** Which levels have just fallen low: not again until they have risen above. */
export const fallenLow = (after: readonly ChangedLevel[], all: readonly StockChange[]): ChangedLevel[] =>
  after.filter((level) => !isLow(undo(level, all)) && isLow(level))

/** The variants of which there are units again, or no longer, at one of their locations. */
export function turnedAvailable(after: readonly ChangedLevel[], all: readonly StockChange[]): string[] {
  const hasUnits = ({ onHand, reserved }: ChangedLevel) => onHand > reserved
  const turned = after.filter((level) => hasUnits(undo(level, all)) !== hasUnits(level))
  return [...new Set(turned.map(({ sku }) => sku))]
}

/** Levels as they count at this moment: a promise past its end is none. */
export const withoutOverdue = (level: StockLevel): StockLevel => ({
  ...level,
  reserved: level.reserved - level.overdue,
  overdue: 0,
})
