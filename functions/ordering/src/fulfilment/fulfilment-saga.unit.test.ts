import { after, type Play, playSaga } from "@eshop/building-blocks/durable/testing/play-saga"
import { orderWrongState } from "@eshop/domain/ordering/order-refusals"
import { orderId } from "@eshop/domain/ordering/testing/given"
import { expect, test } from "vitest"
import { keepHistory } from "../testing/keep-history.ts"
import { fulfilment, ORDER_MOVED } from "./fulfilment-saga.ts"

const DAY = 86_400
type Standing = { status: string; deliveredAt?: string; openReturns?: number }
const startedAt = new Date("2026-11-01T10:00:00Z")
const day = (days: number) => new Date(startedAt.getTime() + days * DAY * 1_000).toISOString()

/** Plays a fulfilment whose order stands so from these days on; it hears of each change unless the event is lost. */
async function play(
  days: Readonly<Record<number, Standing>>,
  options: { lost?: readonly number[]; again?: readonly number[]; actors?: Play["actors"] } = {},
) {
  const changes = Object.entries(days).map(([at, standing]) => ({ at: Number(at), standing }))
  let closed = false
  const standingAt = (now: Date): Standing =>
    closed
      ? { status: "Closed" }
      : (changes.findLast(({ at }) => now.getTime() >= Date.parse(day(at)))?.standing as Standing)
  const factsAt = (now: Date) => {
    const standing = standingAt(now)
    const inFulfilment = standing.status !== "Closed" && standing.status !== "Cancelled"
    return { openReturns: 0, inFulfilment, ...standing }
  }
  const moved = (at: number) => ({ afterSeconds: at * DAY, event: ORDER_MOVED, data: { to: "shipped" } })
  const played = await playSaga(
    fulfilment,
    { orderId, order: factsAt(startedAt) },
    {
      startedAt,
      version: "1.0.0",
      events: changes.flatMap(({ at }) =>
        at === 0 || options.lost?.includes(at)
          ? []
          : options.again?.includes(at)
            ? [moved(at), moved(at)]
            : [moved(at)],
      ),
      actors: {
        "read-fulfilment": (_, { now }) => factsAt(now),
        "close-order": () => {
          closed = true
          return { status: "Closed" }
        },
        ...options.actors,
      },
    },
  )
  return {
    ...played,
    reminders: played.calls.flatMap(({ activity, atSeconds }) =>
      activity === "remind-operators" ? [atSeconds / DAY] : [],
    ),
    closedOn: played.calls.findLast(({ activity }) => activity === "close-order")?.atSeconds,
  }
}

const paid = { status: "Paid" }
const shipped = { status: "Shipped" }

test("closes the order 16 days after its last parcel has arrived", async () => {
  const played = await play({ 0: paid, 1: shipped, 4: { status: "Delivered", deliveredAt: day(4) } })
  keepHistory("fulfilment/closed", played)
  expect([played.state, played.closedOn, played.reminders]).toEqual(["Closed", 20 * DAY, []])
  expect(played.calls.map(({ activity }) => activity)).toEqual([
    ...["read-fulfilment", "read-fulfilment"],
    ...["close-order", "read-fulfilment"],
  ])
  expect(played.positions).toEqual([
    {
      step: "awaiting-shipment",
      says: "waits for shipment until 2026-11-04 10:00 UTC, then reminds operators",
      until: "2026-11-04T10:00:00.000Z",
    },
    {
      step: "awaiting-delivery",
      says: "waits for delivery until 2026-11-12 10:00 UTC, then reminds operators",
      until: "2026-11-12T10:00:00.000Z",
    },
    {
      step: "awaiting-closing",
      says: "waits until 2026-11-21 10:00 UTC, then closes",
      until: "2026-11-21T10:00:00.000Z",
    },
  ])
})

test("ends with the order's cancellation", async () => {
  const played = await play({ 0: paid, 2: { status: "Cancelled" } })
  keepHistory("fulfilment/cancelled", played)
  expect([played.state, played.seconds, played.calls.length]).toEqual(["Cancelled", 2 * DAY, 1])
})

test("does not begin with an order that is past it", async () => {
  const played = await play({ 0: { status: "Cancelled" } })
  keepHistory("fulfilment/too-late", played)
  expect([played.state, played.calls.length]).toEqual(["Cancelled", 0])
})

test("reminds operators of an order that does not move, each time later, up to every four weeks", async () => {
  const played = await play({ 0: paid, 100: { status: "Cancelled" } })
  keepHistory("fulfilment/stalled-then-cancelled", played)
  expect(played.reminders).toEqual([3, 9, 21, 45, 73])
  expect(played.calls.find(({ activity }) => activity === "remind-operators")?.input).toEqual({
    orderId,
    alarm: "fulfilment-stalled",
    detail: "it has been Paid for 3 days, and 0 of its returns are open",
  })
})

test("is patient anew after each move", async () => {
  const played = await play({
    0: paid,
    4: { status: "PartiallyShipped" },
    10: shipped,
    25: { status: "Delivered", deliveredAt: day(25) },
  })
  keepHistory("fulfilment/slow", played)
  expect([played.reminders, played.closedOn]).toEqual([[3, 9, 20], 41 * DAY])
})

test("does not close an order while a return is open", async () => {
  const played = await play({
    0: shipped,
    2: { status: "Delivered", deliveredAt: day(2) },
    17: { status: "Delivered", deliveredAt: day(2), openReturns: 1 },
    27: { status: "Delivered", deliveredAt: day(2) },
  })
  keepHistory("fulfilment/return-open", played)
  expect([played.reminders, played.closedOn]).toEqual([[24], 27 * DAY])
})

test("an event that is lost is made up for by the next look, one that comes twice does no harm", async () => {
  const days = { 0: paid, 1: shipped, 4: { status: "Delivered", deliveredAt: day(4) } }
  const lost = await play(days, { lost: [1, 4] })
  expect([lost.state, lost.reminders, lost.closedOn]).toEqual(["Closed", [3, 13], 20 * DAY])
  const twice = await play(days, { again: [1, 4] })
  expect([twice.state, twice.reminders, twice.closedOn]).toEqual(["Closed", [], 20 * DAY])
})

test("looks again where the order cannot be closed", async () => {
  const refused = orderWrongState({ status: "Closed", step: "close" })
  const played = await play(
    { 0: { status: "Delivered", deliveredAt: day(0) }, 16.5: { status: "Closed" } },
    { actors: { "close-order": () => refused } },
  )
  expect([played.state, played.seconds, played.calls.length]).toEqual(["Closed", 16.5 * DAY, 2])
})

test("waits for a store that is away, however long", async () => {
  const played = await play(
    { 0: paid, 1: { status: "Cancelled" } },
    {
      actors: {
        "read-fulfilment": after(
          [..."abcdefgh"].map(() => "unavailable" as const),
          () => ({ status: "Cancelled", inFulfilment: false, openReturns: 0 }),
        ),
      },
    },
  )
  keepHistory("fulfilment/store-away", played)
  expect([played.state, played.calls.length]).toEqual(["Cancelled", 11])
})

test("its history stays small: of an order that goes its way, and of one that stands still for a year", async () => {
  const usual = await play({ 0: paid, 1: shipped, 4: { status: "Delivered", deliveredAt: day(4) } })
  expect(usual.history.length).toBe(40)
  const year = await play({ 0: paid, 365: { status: "Cancelled" } })
  expect(year.history.length).toBe(388)
})
