import type { Caller } from "@eshop/building-blocks/app/call"
import { newId } from "@eshop/building-blocks/ids"
import { MAX_HELD_OF_VARIANT, MAX_HELD_UNITS } from "@eshop/domain/catalog/stock-hold"
import { type RouteDefinition, requestOf } from "@eshop/domain/contracts/route"
import { extendHold, getHold, putHold, releaseHold, StockHold } from "@eshop/domain/contracts/stock-holds"
import type { StockLine } from "@eshop/domain/contracts/stock-lines"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { z } from "zod"
import { atOnce } from "../../../../tests/fixtures/calls.ts"
import { codeOf } from "../../../../tests/fixtures/http.ts"
import { newDatabase } from "../../../../tests/fixtures/new-database.ts"
import { basket, keeper, type StockOn, stockOn } from "../testing/stock.ts"

let shop: StockOn
let other: StockOn

beforeAll(async () => {
  const url = await newDatabase("catalog")
  shop = await stockOn(url)
  other = await stockOn(url)
})
afterAll(() => Promise.all([shop?.store.close(), other?.store.close()]))

/** Calls a route as its contract says. @returns status and code of a refusal, or status and the answer */
async function call<Input extends z.ZodObject>(
  route: RouteDefinition<string, Input, typeof StockHold>,
  input: z.output<Input>,
  { from = shop, as = basket }: { from?: StockOn; as?: Caller } = {},
) {
  const { method, path, body } = requestOf(route, input)
  return from.app.as(as)(method, path.slice(1), body)
}
const hold = async (
  holdId: string,
  lines: StockLine[],
  { customerId = "ann", from = shop }: { customerId?: string; from?: StockOn } = {},
) => {
  const reply = await call(putHold, { holdId, lines, customerId }, { from })
  return reply.status === 200 ? StockHold.parse(reply.body).status : codeOf(reply)
}
const holdOf = async (holdId: string) => (await call(getHold, { holdId })).body as StockHold
const minutesLeft = ({ expiresAt }: StockHold) => Math.round((Date.parse(expiresAt) - Date.now()) / 60_000)
/** How many units an order may have of a variant. */
const setMost = (sku: string, most: number) =>
  shop.store.pool.query("UPDATE variant SET max_quantity = $2 WHERE sku = $1", [sku, most])
const times = (count: number, what: string) => Array<string>(count).fill(what)

test("a hold sets units aside, changes, lasts for longer by activity, and gives them back once", async () => {
  const [sku, second] = [await shop.variantWith(10), await shop.variantWith(2)]
  const holdId = newId()
  expect(await hold(holdId, [{ sku, quantity: 4 }])).toBe("held")
  expect(await shop.levelOf(sku)).toEqual([10, 4])
  expect(minutesLeft(await holdOf(holdId))).toBe(15)
  const lines = [
    { sku, quantity: 1 },
    { sku: second, quantity: 2 },
  ]
  expect(await hold(holdId, lines)).toBe("held")
  expect([await shop.levelOf(sku), await shop.levelOf(second)]).toEqual([
    [10, 1],
    [2, 2],
  ])
  await shop.store.pool.query(
    "UPDATE stock_hold SET made_at = made_at - interval '40 minutes' WHERE hold_id = $1",
    [holdId],
  )
  const asked = new Date(Date.now() + 3_600_000).toISOString()
  expect(minutesLeft((await call(extendHold, { holdId, expiresAt: asked })).body)).toBe(15)
  await shop.store.pool.query(
    "UPDATE stock_hold SET made_at = made_at - interval '10 minutes' WHERE hold_id = $1",
    [holdId],
  )
  // It has ten minutes left of its hour, but what was promised stays promised.
  expect(minutesLeft((await call(extendHold, { holdId, expiresAt: asked })).body)).toBe(15)
  for (let turn = 0; turn < 2; turn++)
    expect((await call(releaseHold, { holdId })).body).toMatchObject({ status: "released", lines })
  expect([await shop.levelOf(sku), await shop.levelOf(second)]).toEqual([
    [10, 0],
    [2, 0],
  ])
  expect(await hold(holdId, lines)).toBe("hold.ended")
})

test("a change of lines is all or nothing", async () => {
  const [sku, scarce] = [await shop.variantWith(10), await shop.variantWith(1)]
  const holdId = newId()
  await hold(holdId, [{ sku, quantity: 2 }])
  const before = await holdOf(holdId)
  const refused = await call(putHold, {
    holdId,
    customerId: "ann",
    lines: [
      { sku, quantity: 5 },
      { sku: scarce, quantity: 2 },
    ],
  })
  expect([refused.status, codeOf(refused)]).toEqual([409, "stock.insufficient"])
  expect(refused.body.shortages).toEqual([{ sku: scarce, requested: 2, available: 1 }])
  expect(await holdOf(holdId)).toEqual(before)
  expect([await shop.levelOf(sku), await shop.levelOf(scarce)]).toEqual([
    [10, 2],
    [1, 0],
  ])
})

describe.each(["one", "two"] as const)("with %s Catalog", (count) => {
  const catalogOf = (index: number) => (count === "two" && index % 2 ? other : shop)

  test("10 units held by 10 shoppers become the 10 orders of these, whoever else wants them", async () => {
    const sku = await shop.variantWith(10)
    const line = [{ sku, quantity: 1 }]
    const shoppers = Array.from({ length: 40 }, (_, index) => ({
      ...{ holdId: newId(), orderId: newId(), customerId: `shopper-${index}` },
    }))
    const answers = await Promise.all(
      shoppers.map(({ holdId, customerId }, index) =>
        hold(holdId, line, { customerId, from: catalogOf(index) }),
      ),
    )
    expect(answers.toSorted()).toEqual([...times(10, "held"), ...times(30, "stock.insufficient")])
    await Promise.all(
      shoppers.map(({ orderId, holdId, customerId }, index) =>
        catalogOf(index).reserve(orderId, line, { holdId, customerId }),
      ),
    )
    const right = shoppers.map((_, index) => (answers[index] === "held" ? "held" : "rejected"))
    expect(await Promise.all(shoppers.map(({ orderId }) => shop.statusOf(orderId)))).toEqual(right)
    expect(await shop.levelOf(sku)).toEqual([10, 10])
    await Promise.all(
      shoppers.filter((_, i) => answers[i] === "held").map(({ orderId }) => shop.pay(orderId, line)),
    )
    expect(await shop.levelOf(sku)).toEqual([0, 0])
    const taken = await Promise.all(shoppers.map(({ holdId }) => call(getHold, { holdId })))
    expect(taken.filter(({ body }) => body.status === "taken")).toHaveLength(10)
  })

  test("a hold is never taken twice: two orders of one cart, one hold for one unit", async () => {
    for (let round = 0; round < 10; round++) {
      const sku = await shop.variantWith(1)
      const [holdId, orders] = [newId(), [newId(), newId()]]
      await hold(holdId, [{ sku, quantity: 1 }])
      await Promise.all(
        orders.map((orderId, index) => catalogOf(index).reserve(orderId, [{ sku, quantity: 1 }], { holdId })),
      )
      expect(await shop.saidOf(orders)).toEqual(["rejected", "reserved"])
      expect(await shop.levelOf(sku)).toEqual([1, 1])
    }
  })

  test("one hold that is asked for 20 times at once is one hold", async () => {
    const sku = await shop.variantWith(10)
    const holdId = newId()
    const answers = await atOnce(20, (index) =>
      hold(holdId, [{ sku, quantity: 1 + (index % 3) }], { from: catalogOf(index) }),
    )
    expect(answers).toEqual(times(20, "held"))
    const { lines } = await holdOf(holdId)
    expect(await shop.levelOf(sku)).toEqual([10, lines[0]?.quantity])
  })

  test("a customer who makes 20 holds at once holds no more than the limit", async () => {
    const sku = await shop.variantWith(1_000)
    await setMost(sku, 1_000)
    const quantity = MAX_HELD_UNITS / 4
    const customerId = newId()
    const answers = await atOnce(20, (index) =>
      hold(newId(), [{ sku, quantity }], { customerId, from: catalogOf(index) }),
    )
    expect(answers.toSorted()).toEqual([...times(4, "held"), ...times(16, "hold.limit")])
    expect(await shop.levelOf(sku)).toEqual([1_000, MAX_HELD_UNITS])
  })

  test("a customer holds no more of one variant than its limit, however many holds they make at once", async () => {
    const sku = await shop.variantWith(50)
    const customerId = newId()
    const answers = await atOnce(20, (index) =>
      hold(newId(), [{ sku, quantity: 2 }], { customerId, from: catalogOf(index) }),
    )
    expect(answers.toSorted()).toEqual([
      ...times(MAX_HELD_OF_VARIANT / 2, "held"),
      ...times(20 - MAX_HELD_OF_VARIANT / 2, "hold.limit"),
    ])
    expect(await shop.levelOf(sku)).toEqual([50, MAX_HELD_OF_VARIANT])
    // Who pays may have more.
    const orderId = newId()
    await shop.reserve(orderId, [{ sku, quantity: 40 }], { customerId })
    expect(await shop.saidOf([orderId])).toEqual(["reserved"])
  })
})

describe("a hold past its end", () => {
  test("is not there for any decision before anything has run, and its units are free at that instant", async () => {
    const sku = await shop.variantWith(3)
    const [holdId, orderId, late] = [newId(), newId(), newId()]
    await hold(holdId, [{ sku, quantity: 3 }])
    await shop.runOut(holdId)
    expect((await holdOf(holdId)).status).toBe("expired")
    expect(await hold(holdId, [{ sku, quantity: 1 }])).toBe("hold.ended")
    const asked = new Date(Date.now() + 60_000).toISOString()
    expect(codeOf(await call(extendHold, { holdId, expiresAt: asked }))).toBe("hold.ended")
    expect((await call(releaseHold, { holdId })).body.status).toBe("expired")
    expect((await shop.app.as({ kind: "anonymous" })("GET", `variants/${sku}/stock`)).body.available).toBe(3)
    // Others take two of its units, and its own order finds too few.
    await shop.reserve(orderId, [{ sku, quantity: 2 }], { customerId: "bob" })
    expect(await shop.levelOf(sku)).toEqual([3, 2])
    await shop.reserve(late, [{ sku, quantity: 3 }], { holdId })
    expect(await shop.dataOf(late, "rejected")).toEqual([
      { orderId: late, shortages: [{ sku, requested: 3, available: 1 }] },
    ])
    expect((await shop.expire()).expired).toBe(0)
    expect(await shop.levelOf(sku)).toEqual([3, 2])
  })

  test("helps its order no more, but free units do", async () => {
    const sku = await shop.variantWith(3)
    const [holdId, orderId] = [newId(), newId()]
    await hold(holdId, [{ sku, quantity: 3 }])
    await shop.runOut(holdId)
    await shop.reserve(orderId, [{ sku, quantity: 3 }], { holdId })
    expect(await shop.saidOf([orderId])).toEqual(["reserved"])
    expect(await shop.levelOf(sku)).toEqual([3, 3])
    expect((await holdOf(holdId)).status).toBe("expired")
  })

  test("gives way to 40 others at once: 10 units, 10 holds", async () => {
    const sku = await shop.variantWith(10)
    const old = Array.from({ length: 10 }, newId)
    for (const [index, holdId] of old.entries())
      await hold(holdId, [{ sku, quantity: 1 }], { customerId: `old-${index}` })
    await shop.runOut(...old)
    const answers = await atOnce(40, (index) =>
      hold(newId(), [{ sku, quantity: 1 }], { customerId: `new-${index}`, from: index % 2 ? other : shop }),
    )
    expect(answers.toSorted()).toEqual([...times(10, "held"), ...times(30, "stock.insufficient")])
    expect(await shop.levelOf(sku)).toEqual([10, 10])
  })

  test("is given back at its instant: each run says when the next hold or reservation ends", async () => {
    const sku = await shop.variantWith(3)
    const [holdId, orderId] = [newId(), newId()]
    await hold(holdId, [{ sku, quantity: 1 }])
    await shop.reserve(orderId, [{ sku, quantity: 2 }])
    const at = (ms: number) => new Date(Date.parse("2031-01-01T00:00:00Z") + ms)
    const { pool } = shop.store
    await pool.query("UPDATE stock_hold SET expires_at = $2 WHERE hold_id = $1", [holdId, at(5_000)])
    await pool.query("UPDATE reservation SET expires_at = $2 WHERE order_id = $1", [orderId, at(65_000)])
    await shop.expire(at(0))
    expect(await shop.expire(at(1_000))).toEqual({ expired: 0, againInMs: 4_000 })
    expect(await shop.expire(at(5_000))).toEqual({ expired: 1, againInMs: 60_000 })
    expect(await shop.levelOf(sku)).toEqual([3, 2])
    expect(await shop.expire(at(65_000))).toEqual({ expired: 1, againInMs: undefined })
    expect(await shop.levelOf(sku)).toEqual([3, 0])
  })

  test("does not count for its customer's limit, and is forgotten a day later", async () => {
    const sku = await shop.variantWith(1_000)
    await setMost(sku, 1_000)
    const [first, second] = [newId(), newId()]
    const customerId = newId()
    await hold(first, [{ sku, quantity: MAX_HELD_UNITS }], { customerId })
    expect(await hold(second, [{ sku, quantity: 1 }], { customerId })).toBe("hold.limit")
    await shop.runOut(first)
    expect(await hold(second, [{ sku, quantity: 1 }], { customerId })).toBe("held")
    await shop.expire()
    expect((await call(getHold, { holdId: first })).status).toBe(200)
    await shop.expire(new Date(Date.now() + 24 * 3_600_000 + 60_000))
    expect(codeOf(await call(getHold, { holdId: first }))).toBe("hold.unknown")
    // The second one ended just then, and is still remembered.
    expect((await holdOf(second)).status).toBe("expired")
  })
})

test("a hold of another customer is never taken", async () => {
  const sku = await shop.variantWith(1)
  const [holdId, orderId] = [newId(), newId()]
  await hold(holdId, [{ sku, quantity: 1 }])
  await shop.reserve(orderId, [{ sku, quantity: 1 }], { holdId, customerId: "mallory" })
  expect(await shop.saidOf([orderId])).toEqual(["rejected"])
  expect((await holdOf(holdId)).status).toBe("held")
  expect(await shop.levelOf(sku)).toEqual([1, 1])
})

test("an order that wants other lines than its hold keeps what it has of them", async () => {
  const sku = await shop.variantWith(3)
  const [holdId, orderId] = [newId(), newId()]
  await hold(holdId, [{ sku, quantity: 2 }])
  await hold(newId(), [{ sku, quantity: 1 }], { customerId: "bob" })
  await shop.reserve(orderId, [{ sku, quantity: 3 }], { holdId })
  expect(await shop.saidOf([orderId])).toEqual(["rejected"])
  const second = newId()
  await shop.reserve(second, [{ sku, quantity: 1 }], { holdId })
  expect(await shop.saidOf([second])).toEqual(["reserved"])
  expect(await shop.levelOf(sku)).toEqual([3, 2])
})

test("holds are for services with the role alone (defect 4)", async () => {
  const sku = await shop.variantWith(1)
  const input = { holdId: newId(), lines: [{ sku, quantity: 1 }] }
  const nobody: Caller = { kind: "anonymous" }
  const customer: Caller = { kind: "customer", id: "ann", roles: [] }
  for (const [as, status] of [
    [nobody, 401],
    [customer, 403],
    [keeper, 403],
  ] as const)
    for (const reply of [
      await call(putHold, input, { as }),
      await call(releaseHold, { holdId: input.holdId }, { as }),
    ])
      expect(reply.status).toBe(status)
  expect(await shop.levelOf(sku)).toEqual([1, 0])
  expect(codeOf(await call(getHold, { holdId: input.holdId }))).toBe("hold.unknown")
})

test("a hold of nothing, of too much or of what is not sold is refused", async () => {
  const holdId = newId()
  expect(codeOf(await call(putHold, { holdId, lines: [] }))).toBe("request.invalid")
  expect(codeOf(await call(putHold, { holdId, lines: [{ sku: "NO-SUCH", quantity: 0 }] }))).toBe(
    "request.invalid",
  )
  const unknown = await call(putHold, { holdId, lines: [{ sku: "NO-SUCH", quantity: 1 }] })
  expect([codeOf(unknown), unknown.body.shortages]).toEqual([
    "stock.insufficient",
    [{ sku: "NO-SUCH", requested: 1, available: 0 }],
  ])
  expect(codeOf(await call(getHold, { holdId }))).toBe("hold.unknown")
})
