import { describe, expect, test } from "vitest"
import { StockHold } from "../contracts/stock-holds.ts"
import { isRefusal } from "../kernel/refusal.ts"
import type { StockLevel } from "./stock.ts"
import {
  canBeTakenBy,
  expireHold,
  extendHold,
  type HeldStock,
  type HeldVariant,
  MAX_HELD_UNITS,
  type PutHold,
  putHold,
  releaseHold,
  toStockHold,
} from "./stock-hold.ts"

const at = (time: string) => new Date(`2026-01-01T${time}Z`)
const start = at("10:00:00")
const holdId = "018f0000-0000-7000-8000-000000000002"
const level = (sku: string, onHand: number, reserved = 0): StockLevel => ({
  ...{ sku, location: "main", onHand, reserved, overdue: 0, safetyStock: 0, backorder: false },
})
const two: PutHold = { holdId, customerId: "ann", lines: [{ sku: "A-1", quantity: 2 }] }

/** A hold of 2 units that was made at 10:00. */
function held(more: Partial<HeldStock> = {}): HeldStock {
  const made = putHold(undefined, two, {
    levels: [level("A-1", 5)],
    heldElsewhere: 0,
    variants: [],
    now: start,
  })
  if (!("hold" in made)) throw new Error("not held")
  return { ...made.hold, ...more }
}
const codeOf = (answer: unknown) => isRefusal(answer) && (answer as { code: string }).code

describe("a hold", () => {
  test("sets its units aside for 15 minutes", () => {
    const made = putHold(undefined, two, {
      levels: [level("A-1", 5)],
      heldElsewhere: 0,
      variants: [],
      now: start,
    })
    expect(made).toEqual({
      hold: {
        ...two,
        status: "held",
        allocations: [{ sku: "A-1", location: "main", quantity: 2 }],
        madeAt: start,
        expiresAt: at("10:15:00"),
      },
      changes: [{ sku: "A-1", location: "main", onHand: 0, reserved: 2, overdraw: false }],
    })
    expect(StockHold.parse(toStockHold(held(), start))).toEqual({
      holdId,
      status: "held",
      lines: two.lines,
      expiresAt: "2026-01-01T10:15:00.000Z",
    })
  })

  test("changes its lines, all or none, and lasts for longer", () => {
    const more = { ...two, lines: [{ sku: "A-1", quantity: 5 }] }
    const levels = [level("A-1", 5, 2)]
    const changed = putHold(held(), more, { levels, heldElsewhere: 0, variants: [], now: at("10:10:00") })
    expect(changed).toMatchObject({
      hold: { lines: more.lines, madeAt: start, expiresAt: at("10:25:00") },
      changes: [{ sku: "A-1", reserved: 3 }],
    })
    const tooMuch = { ...two, lines: [...two.lines, { sku: "B-1", quantity: 1 }] }
    expect(putHold(held(), tooMuch, { levels, heldElsewhere: 0, variants: [], now: start })).toMatchObject({
      code: "stock.insufficient",
      data: { shortages: [{ sku: "B-1", requested: 1, available: 0 }] },
    })
  })

  test.each([
    ["10:15:00", "10:14:59", "10:29:59"],
    ["10:50:00", "10:44:59.500", "10:59:59.500"],
    ["10:50:00", "10:48:00", "11:00:00"],
  ])("that ends at %s lasts until 15 minutes after the activity at %s, 60 in all: %s", (end, now, until) => {
    const before = held({ expiresAt: at(end) })
    const context = { levels: [], heldElsewhere: 0, variants: [], now: at(now) }
    expect(putHold(before, two, context)).toMatchObject({ hold: { expiresAt: at(until) }, changes: [] })
    expect(extendHold(before, at("23:00:00"), at(now))).toMatchObject({ hold: { expiresAt: at(until) } })
  })

  test("is extended as far as is asked, never shortened", () => {
    expect(extendHold(held(), at("10:20:00"), at("10:10:00"))).toMatchObject({
      hold: { expiresAt: at("10:20:00") },
    })
    expect(extendHold(held(), at("10:01:00"), at("10:10:00"))).toMatchObject({
      hold: { expiresAt: at("10:15:00") },
    })
  })

  test("is there until the last millisecond before its end, and not from then on", () => {
    const [before, end] = [at("10:14:59.999"), at("10:15:00.000")]
    const context = { levels: [level("A-1", 5, 2)], heldElsewhere: 0, variants: [] }
    expect(toStockHold(held(), before).status).toBe("held")
    expect(toStockHold(held(), end).status).toBe("expired")
    expect(canBeTakenBy(held(), "ann", before)).toBe(true)
    expect(canBeTakenBy(held(), "ann", end)).toBe(false)
    expect(extendHold(held(), at("10:20:00"), before)).toHaveProperty("hold")
    expect(extendHold(held(), at("10:20:00"), end)).toMatchObject({
      code: "hold.ended",
      data: { status: "expired" },
    })
    expect(putHold(held(), two, { ...context, now: before })).toHaveProperty("hold")
    expect(codeOf(putHold(held(), two, { ...context, now: end }))).toBe("hold.ended")
    expect(expireHold(held(), before)).toEqual({ hold: held(), changes: [] })
    expect(expireHold(held(), end)).toMatchObject({
      hold: { status: "expired", allocations: [] },
      changes: [{ sku: "A-1", reserved: -2 }],
    })
  })

  test("is the customer's alone, or whoever's names it when it is nobody's", () => {
    expect(canBeTakenBy(held(), "bob", start)).toBe(false)
    const { customerId: _, ...nobodys } = held()
    expect(canBeTakenBy(nobodys, "bob", start)).toBe(true)
  })

  test("of a guest who signs in becomes the customer's", () => {
    const context = { levels: [], heldElsewhere: 0, variants: [], now: start }
    expect(putHold(held(), { ...two, customerId: "bob" }, context)).toMatchObject({
      hold: { customerId: "bob" },
      changes: [],
    })
    const { customerId: _, ...nameless } = two
    expect(putHold(held(), nameless, context)).toMatchObject({ hold: { customerId: "ann" } })
  })

  test("counts for its customer, over all holds", () => {
    const lines = [{ sku: "A-1", quantity: 3 }]
    const context = { levels: [level("A-1", 5)], variants: [], now: start }
    const upTo = { ...context, heldElsewhere: MAX_HELD_UNITS - 3 }
    expect(putHold(undefined, { ...two, lines }, upTo)).toHaveProperty("hold")
    const beyond = { ...context, heldElsewhere: MAX_HELD_UNITS - 2 }
    expect(putHold(undefined, { ...two, lines }, beyond)).toMatchObject({
      code: "hold.limit",
      data: { units: MAX_HELD_UNITS, held: MAX_HELD_UNITS - 2 },
    })
  })
})

describe("of one variant a customer holds no more than", () => {
  const rule = { sku: "A-1", held: 0, min: 1, max: null }
  const levels = [level("A-1", 1_000), level("B-1", 1_000)]

  test.each<[what: string, variant: HeldVariant, most: number]>([
    ["ten", rule, 10],
    ["ten over all holds", { ...rule, held: 4 }, 6],
    ["an order may have of it, where its rule says so", { ...rule, max: 40 }, 40],
    ["that also where it is less", { ...rule, max: 2 }, 2],
    ["an order must have of it", { ...rule, min: 24 }, 24],
  ])("%s", (_, variant, most) => {
    const hold = (quantity: number) => {
      const lines = [{ sku: "B-1", quantity: 1 }, ...[{ sku: "A-1", quantity }]]
      const context = { levels, heldElsewhere: variant.held, variants: [variant], now: start }
      return putHold(undefined, { ...two, lines }, context)
    }
    expect(hold(most)).toHaveProperty("hold")
    expect(hold(most + 1)).toMatchObject({
      code: "hold.limit",
      data: { units: most + variant.held, held: variant.held, sku: "A-1" },
    })
  })
})

describe("a hold that has ended", () => {
  test.each(["taken", "released", "expired"] as const)("(%s) stays as it is", (status) => {
    const ended = held({ status, allocations: [] })
    const context = { levels: [level("A-1", 5)], heldElsewhere: 0, variants: [], now: start }
    expect(putHold(ended, two, context)).toMatchObject({ code: "hold.ended", data: { status } })
    expect(extendHold(ended, at("10:20:00"), start)).toMatchObject({ code: "hold.ended", data: { status } })
    expect(releaseHold(ended, start)).toEqual({ hold: ended, changes: [] })
    expect(expireHold(ended, at("12:00:00"))).toEqual({ hold: ended, changes: [] })
    expect(canBeTakenBy(ended, "ann", start)).toBe(false)
  })
})

test("releasing gives the units back, once", () => {
  const released = releaseHold(held(), start)
  expect(released).toMatchObject({
    hold: { status: "released", allocations: [] },
    changes: [{ sku: "A-1", reserved: -2, onHand: 0 }],
  })
})

test("a hold that was never made is unknown", () => {
  expect(codeOf(extendHold(undefined, start, start))).toBe("hold.unknown")
  expect(codeOf(releaseHold(undefined, start))).toBe("hold.unknown")
})
