import { newId } from "@eshop/building-blocks/ids"
import type { ReservationStatus } from "@eshop/domain/catalog/reservation"
import fc from "fast-check"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { atOnce } from "../../../../tests/fixtures/calls.ts"
import { newDatabase } from "../../../../tests/fixtures/new-database.ts"
import { PRICE } from "../testing/catalog.ts"
import { productOf, variantOf } from "../testing/products.ts"
import { type StockOn, stockOn } from "../testing/stock.ts"

let shop: StockOn
let other: StockOn

beforeAll(async () => {
  const url = await newDatabase("catalog")
  shop = await stockOn(url)
  other = await stockOn(url)
})
afterAll(() => Promise.all([shop?.store.close(), other?.store.close()]))

const processes = { one: () => [shop, shop], two: () => [shop, other] } as const
const times = (count: number, what: string) => Array<string>(count).fill(what)

describe.each(["one", "two"] as const)("40 orders at once, with %s Catalog", (count) => {
  const catalogOf = (index: number) => processes[count]()[index % 2] as StockOn

  test("for one unit each of 10 units: exactly 10 get theirs, each order is answered once (defect 10: oversold stock)", async () => {
    const sku = await shop.variantWith(10)
    const orders = Array.from({ length: 40 }, newId)
    await Promise.all(orders.map((id, index) => catalogOf(index).reserve(id, [{ sku, quantity: 1 }])))
    expect(await shop.levelOf(sku)).toEqual([10, 10])
    expect(await shop.saidOf(orders)).toEqual([...times(30, "rejected"), ...times(10, "reserved")])
    await Promise.all(orders.map((id, index) => catalogOf(index + 1).cancel(id)))
    expect(await shop.levelOf(sku)).toEqual([10, 0])
    expect(await shop.saidOf(orders)).toEqual([
      ...times(30, "rejected"),
      ...times(10, "released"),
      ...times(10, "reserved"),
    ])
  })

  test("for three variants in every order of lines: no deadlock, all lines or none", async () => {
    const skus = [await shop.variantWith(10), await shop.variantWith(25), await shop.variantWith(40)]
    const orders = Array.from({ length: 40 }, newId)
    await Promise.all(
      orders.map((orderId, index) => {
        const lines = skus.map((sku) => ({ sku, quantity: 1 }))
        return catalogOf(index).reserve(orderId, [...lines.slice(index % 3), ...lines.slice(0, index % 3)])
      }),
    )
    for (const sku of skus) expect((await shop.levelOf(sku))[1]).toBe(10)
    expect(await shop.saidOf(orders)).toEqual([...times(30, "rejected"), ...times(10, "reserved")])
  })

  test("reserved, paid, cancelled, and looked at by the clock at once leave what adds up", async () => {
    const sku = await shop.variantWith(40)
    const orders = Array.from({ length: 40 }, newId)
    const line = [{ sku, quantity: 1 }]
    await Promise.all(orders.map((orderId, index) => catalogOf(index).reserve(orderId, line)))
    await shop.runOut(...orders)
    await Promise.all([
      catalogOf(0).expire(),
      ...orders.flatMap((orderId, index) =>
        index < 20
          ? [catalogOf(0).pay(orderId, line), catalogOf(1).pay(orderId, line)]
          : [catalogOf(0).cancel(orderId), catalogOf(1).cancel(orderId)],
      ),
      catalogOf(1).expire(),
    ])
    expect(await shop.levelOf(sku)).toEqual([20, 0])
    const said = await shop.saidOf(orders)
    expect(said.filter((type) => type === "committed")).toHaveLength(20)
    expect(said.filter((type) => type === "reserved")).toHaveLength(40)
  })
})

test("one order that is told 20 times at once is reserved once", async () => {
  const sku = await shop.variantWith(10)
  const orderId = newId()
  await atOnce(20, (index) => (index % 2 ? shop : other).reserve(orderId, [{ sku, quantity: 2 }]))
  expect(await shop.levelOf(sku)).toEqual([10, 2])
  expect(await shop.saidOf([orderId])).toEqual(["reserved"])
  expect(await shop.parkedOf(orderId)).toEqual([])
})

test("one message that is delivered 20 times at once, and again later, is handled once", async () => {
  const sku = await shop.variantWith(10)
  const [orderId, eventId] = [newId(), newId()]
  const deliver = () => shop.reserve(orderId, [{ sku, quantity: 2 }], { eventId })
  await atOnce(20, deliver)
  await deliver()
  expect(await shop.levelOf(sku)).toEqual([10, 2])
  expect(await shop.saidOf([orderId])).toEqual(["reserved"])
})

describe("a paid order", () => {
  test("that is cancelled gives everything back, once", async () => {
    const sku = await shop.variantWith(10)
    const orderId = newId()
    await shop.reserve(orderId, [{ sku, quantity: 3 }])
    await shop.pay(orderId)
    expect(await shop.levelOf(sku)).toEqual([7, 0])
    await atOnce(5, () => shop.cancel(orderId))
    expect(await shop.levelOf(sku)).toEqual([10, 0])
    expect(await shop.saidOf([orderId])).toEqual(["committed", "released", "reserved"])
    const lines = [{ sku, quantity: 3 }]
    expect(await shop.dataOf(orderId, "committed")).toEqual([{ orderId, lines }])
    expect(await shop.dataOf(orderId, "released")).toEqual([{ orderId, lines, reason: "order.cancelled" }])
  })

  test("gives back by quantity, each message and each return once, and never more than it has", async () => {
    const sku = await shop.variantWith(10)
    const [orderId, eventId, returnId] = [newId(), newId(), newId()]
    const some = (quantity: number) => [{ sku, quantity }]
    await shop.reserve(orderId, some(5))
    await shop.pay(orderId)
    await atOnce(3, () => shop.cancelLines(orderId, some(1), eventId))
    expect(await shop.levelOf(sku)).toEqual([6, 0])
    await atOnce(3, () => shop.giveBack(orderId, some(2), returnId))
    expect(await shop.levelOf(sku)).toEqual([8, 0])
    await shop.giveBack(orderId, some(100))
    expect(await shop.levelOf(sku)).toEqual([10, 0])
    await shop.cancel(orderId)
    expect(await shop.levelOf(sku)).toEqual([10, 0])
    expect(await shop.dataOf(orderId, "released")).toEqual([
      { orderId, lines: some(1), reason: "order.lines-cancelled" },
      { orderId, lines: some(2), reason: "order.returned" },
      { orderId, lines: some(2), reason: "order.returned" },
    ])
  })

  test("whose cancellation came before its payment sells nothing, and is nobody's business", async () => {
    const sku = await shop.variantWith(10)
    const orderId = newId()
    await shop.reserve(orderId, [{ sku, quantity: 1 }])
    await shop.cancel(orderId)
    await shop.pay(orderId)
    expect(await shop.levelOf(sku)).toEqual([10, 0])
    expect(await shop.parkedOf(orderId)).toEqual([])
    expect(await shop.saidOf([orderId])).toEqual(["released", "reserved"])
  })
})

test("a cancellation that overtakes its order keeps the stock free", async () => {
  const sku = await shop.variantWith(10)
  const orderId = newId()
  await shop.cancel(orderId)
  await shop.reserve(orderId, [{ sku, quantity: 1 }])
  await shop.pay(orderId)
  expect(await shop.levelOf(sku)).toEqual([10, 0])
  expect(await shop.saidOf([orderId])).toEqual([])
  expect(await shop.parkedOf(orderId)).toEqual([])
})

test("a payment after the reservation's end takes the units if they are free, and is rejected if not", async () => {
  const sku = await shop.variantWith(2)
  const [late, tooLate, last] = [newId(), newId(), newId()]
  const line = [{ sku, quantity: 1 }]
  await shop.reserve(late, line)
  await shop.reserve(tooLate, line)
  await shop.runOut(late, tooLate)
  expect((await shop.expire()).expired).toBe(2)
  await shop.pay(late)
  expect(await shop.statusOf(late)).toBe("committed")
  await shop.reserve(last, line)
  await shop.pay(tooLate)
  expect(await shop.parkedOf(tooLate)).toEqual([])
  expect(await shop.statusOf(tooLate)).toBe("rejected")
  expect(await shop.dataOf(tooLate, "rejected")).toEqual([
    { orderId: tooLate, shortages: [{ sku, requested: 1, available: 0 }] },
  ])
  expect(await shop.levelOf(sku)).toEqual([1, 1])
  expect(await shop.saidOf([late])).toEqual(["committed", "released", "reserved"])
})

test("a payment of an order that nobody announced is served if it can be, else it waits for a person", async () => {
  const sku = await shop.variantWith(1)
  const [served, unserved] = [newId(), newId()]
  await shop.pay(served, [{ sku, quantity: 1 }])
  expect(await shop.levelOf(sku)).toEqual([0, 0])
  await shop.pay(unserved, [{ sku, quantity: 1 }])
  expect(await shop.parkedOf(unserved)).toEqual(["stock.gone"])
  expect(await shop.statusOf(unserved)).toBeUndefined()
})

test("units of a reservation past its end are free to others at that instant, before anything has run", async () => {
  const sku = await shop.variantWith(10)
  const [slow, quick] = [newId(), newId()]
  await shop.reserve(slow, [{ sku, quantity: 10 }])
  await shop.runOut(slow)
  expect(await shop.levelOf(sku)).toEqual([10, 0])
  await shop.reserve(quick, [{ sku, quantity: 4 }])
  expect(await shop.saidOf([quick])).toEqual(["reserved"])
  expect(await shop.levelOf(sku)).toEqual([10, 4])
  expect(await shop.statusOf(slow)).toBe("expired")
  expect(await shop.dataOf(slow, "released")).toEqual([
    { orderId: slow, lines: [{ sku, quantity: 10 }], reason: "reservation.expired" },
  ])
})

test("40 orders at once for 10 units that are all overdue: exactly 10 get theirs, though two processes expire them", async () => {
  const sku = await shop.variantWith(10)
  const [slow, orders] = [Array.from({ length: 10 }, newId), Array.from({ length: 40 }, newId)]
  const line = [{ sku, quantity: 1 }]
  for (const orderId of slow) await shop.reserve(orderId, line)
  await shop.runOut(...slow)
  await Promise.all([
    ...orders.slice(0, 20).map((orderId) => shop.reserve(orderId, line)),
    shop.expire(),
    other.expire(),
    ...orders.slice(20).map((orderId) => other.reserve(orderId, line)),
  ])
  expect(await shop.levelOf(sku)).toEqual([10, 10])
  expect(await shop.saidOf(orders)).toEqual([...times(30, "rejected"), ...times(10, "reserved")])
  expect(await shop.saidOf(slow)).toEqual([...times(10, "released"), ...times(10, "reserved")])
})

test("expiry takes only what is overdue, however much it is, and two processes do it together", async () => {
  await shop.expire()
  const sku = await shop.variantWith(1_000)
  const orderId = newId()
  await shop.reserve(orderId, [{ sku, quantity: 1 }])
  await shop.store.pool.query(
    `INSERT INTO reservation (order_id, status, wanted, given_back, returns, allocations, expires_at)
     SELECT gen_random_uuid(), 'held', line, '[]', '[]', line, now() - interval '1 second' FROM generate_series(1, 250),
            LATERAL (SELECT jsonb_build_array(jsonb_build_object('sku', $1::text, 'location', 'main', 'quantity', 1))
                     AS line) AS lines`,
    [sku],
  )
  await shop.store.pool.query("UPDATE stock SET reserved = 251 WHERE sku = $1", [sku])
  const [one, two] = await Promise.all([shop.expire(), other.expire()])
  expect(one.expired + two.expired).toBe(250)
  expect((await shop.expire()).expired).toBe(0)
  expect(await shop.levelOf(sku)).toEqual([1_000, 1])
  expect(await shop.statusOf(orderId)).toBe("held")
})

test("the search knows what is in stock: sold out, given back, expired, and one of several variants alone", async () => {
  const variants = [newId(), newId()].map((id) => variantOf(`T-${id.toUpperCase()}`))
  const [sku, second] = variants.map((variant) => variant.sku) as [string, string]
  const product = await shop.add(productOf({ name: { en: `Zzyzx ${newId()}` }, variants }), PRICE, 1)
  const isInStock = async () => {
    const query = new URLSearchParams({ q: product.name.en ?? "", inStock: "true" })
    return (await shop.shopper("GET", `search?${query}`)).body.total === 1
  }
  const [first, last] = [newId(), newId()]
  await shop.cancel(newId())
  await shop.reserve(first, [{ sku, quantity: 1 }])
  expect(await isInStock()).toBe(true)
  await shop.reserve(last, [{ sku: second, quantity: 1 }])
  expect(await isInStock()).toBe(false)
  await shop.pay(first)
  expect(await isInStock()).toBe(false)
  await shop.cancel(first)
  expect(await isInStock()).toBe(true)
  await shop.reserve(newId(), [{ sku, quantity: 1 }])
  expect(await isInStock()).toBe(false)
  await shop.runOut(last)
  await shop.expire()
  expect(await isInStock()).toBe(true)
})

test("a variant that is sold beyond its stock is never short, and others are as before", async () => {
  const [sku, scarce] = [await shop.variantWith(2, { backorder: true }), await shop.variantWith(1)]
  const orders = Array.from({ length: 20 }, newId)
  await Promise.all(orders.map((orderId) => shop.reserve(orderId, [{ sku, quantity: 1 }])))
  expect(await shop.saidOf(orders)).toEqual(times(20, "reserved"))
  expect(await shop.levelOf(sku)).toEqual([2, 20])
  const both = newId()
  await shop.reserve(both, [
    { sku, quantity: 1 },
    { sku: scarce, quantity: 2 },
  ])
  expect(await shop.dataOf(both, "rejected")).toEqual([
    { orderId: both, shortages: [{ sku: scarce, requested: 2, available: 1 }] },
  ])
  for (const orderId of orders) await shop.pay(orderId)
  expect(await shop.levelOf(sku)).toEqual([-18, 0])
  for (const orderId of orders) await shop.cancel(orderId)
  expect(await shop.levelOf(sku)).toEqual([2, 0])
})

test("a variant that is sold beyond its stock needs no stock at all", async () => {
  const sku = await shop.variantWith(0, { backorder: true })
  await shop.store.pool.query("DELETE FROM stock WHERE sku = $1", [sku])
  const orders = Array.from({ length: 10 }, newId)
  await Promise.all(
    orders.map((orderId, index) => (index % 2 ? shop : other).reserve(orderId, [{ sku, quantity: 1 }])),
  )
  expect(await shop.saidOf(orders)).toEqual(times(10, "reserved"))
  expect(await shop.levelOf(sku)).toEqual([0, 10])
})

test("whatever happens to orders, in whatever order and however often, no unit is lost or made", async () => {
  const step = fc.record({
    order: fc.nat(3),
    action: fc.constantFrom("reserve", "pay", "cancel", "expire", "cancelLines", "giveBack"),
  })
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 14 }),
      fc.integer({ min: 1, max: 6 }),
      async (steps, onHand) => {
        const sku = await shop.variantWith(onHand)
        const orders = [1, 2, 3, 2].map((quantity) => ({ orderId: newId(), line: [{ sku, quantity }] }))
        for (const { order, action } of steps) {
          const { orderId, line } = orders[order] as (typeof orders)[number]
          if (action === "reserve" || action === "pay") await shop[action](orderId, line)
          else if (action === "cancel") await shop.cancel(orderId)
          else if (action === "expire") await shop.runOut(orderId).then(() => shop.expire())
          else await shop[action](orderId, [{ sku, quantity: 1 }])
        }
        const { rows } = await shop.store.pool.query<{ status: ReservationStatus; units: number }>(
          `SELECT status, sum((unit->>'quantity')::int)::int AS units
           FROM reservation, jsonb_array_elements(allocations) AS unit WHERE order_id = ANY ($1) GROUP BY status`,
          [orders.map(({ orderId }) => orderId)],
        )
        const units = (status: ReservationStatus) => rows.find((row) => row.status === status)?.units ?? 0
        expect(await shop.levelOf(sku)).toEqual([onHand - units("committed"), units("held")])
      },
    ),
    { numRuns: 40 },
  )
})

test("steps of one order at once, each twice: the units agree with how it ended", async () => {
  for (let round = 0; round < 20; round++) {
    const sku = await shop.variantWith(5)
    const orderId = newId()
    const line = [{ sku, quantity: 2 }]
    const steps: (() => Promise<unknown>)[] = [
      () => shop.reserve(orderId, line),
      () => other.pay(orderId, line),
      ...(round % 2 ? [() => shop.cancel(orderId), () => other.expire()] : []),
    ]
    await Promise.all([...steps, ...steps].map((step) => step()))
    expect(await shop.parkedOf(orderId)).toEqual([])
    expect(await shop.statusOf(orderId)).toBe(round % 2 ? "released" : "committed")
    expect(await shop.levelOf(sku)).toEqual([round % 2 ? 5 : 3, 0])
  }
})

test("payments at the moment when their time runs out, while others want the units: each is sold or rejected", async () => {
  const sku = await shop.variantWith(20)
  const line = [{ sku, quantity: 1 }]
  const paid = Array.from({ length: 20 }, () => newId())
  const others = Array.from({ length: 10 }, () => newId())
  for (const orderId of paid) await shop.reserve(orderId, line)
  await shop.runOut(...paid)
  await Promise.all([
    shop.expire(),
    other.expire(),
    ...paid.map((orderId, index) => (index % 2 ? shop : other).pay(orderId, line)),
    ...others.map((orderId) => shop.reserve(orderId, line)),
  ])
  const ended = await Promise.all(paid.map((orderId) => shop.statusOf(orderId)))
  const count = (statuses: (string | undefined)[], status: string) =>
    statuses.filter((one) => one === status).length
  const sold = count(ended, "committed")
  expect(sold + count(ended, "rejected")).toBe(20)
  const held = count(await Promise.all(others.map((orderId) => shop.statusOf(orderId))), "held")
  // Nobody is turned away while there are units.
  expect(sold + held).toBe(20)
  expect(await shop.levelOf(sku)).toEqual([20 - sold, held])
  expect((await shop.saidOf(paid)).filter((type) => type === "rejected")).toHaveLength(20 - sold)
  for (const orderId of paid) expect(await shop.parkedOf(orderId)).toEqual([])
})
