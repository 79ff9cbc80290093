import type { Caller } from "@eshop/building-blocks/app/call"
import type { Reply } from "@eshop/building-blocks/app/testing/app-under-test"
import { newId } from "@eshop/building-blocks/ids"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { atOnce } from "../../../../tests/fixtures/calls.ts"
import { codeOf } from "../../../../tests/fixtures/http.ts"
import { newDatabase } from "../../../../tests/fixtures/new-database.ts"
import { basket, keeper, type StockOn, stockOn } from "../testing/stock.ts"

let shop: StockOn

beforeAll(async () => {
  const url = await newDatabase("catalog")
  shop = await stockOn(url)
})
afterAll(() => shop?.store.close())

const adjust = (sku: string, body: object, key: string = newId(), as: Caller = keeper): Promise<Reply> =>
  shop.app.as(as)(
    "POST",
    `stock/${sku}/adjustments`,
    { reason: "stock.counted", ...body },
    {
      "idempotency-key": key,
    },
  )
const setSafety = (sku: string, safetyStock: number, more: object = {}): Promise<Reply> =>
  shop.app.as(keeper)("PUT", `stock/${sku}/safety-stock`, { safetyStock, ...more })
const trailOf = async (sku: string, query = "") =>
  (await shop.app.as(keeper)("GET", `stock/${sku}/adjustments${query}`)).body
const putLocation = (id: string, priority: number): Promise<Reply> =>
  shop.app.as(keeper)("PUT", `stock-locations/${id}`, { priority })

describe("an adjustment", () => {
  test("sets or changes what is on hand, and the trail says who, when, why, from and to", async () => {
    const sku = await shop.variantWith(10)
    expect((await adjust(sku, { type: "change", quantity: 5, reason: "goods.received" })).body).toEqual({
      ...{ location: "main", onHand: 15, reserved: 0, available: 15, safetyStock: 0 },
    })
    expect((await adjust(sku, { type: "set", quantity: 12 })).body).toMatchObject({ onHand: 12 })
    const { items } = await trailOf(sku)
    expect(items.map(({ by, action, change }: never) => ({ by, action, change }))).toEqual([
      {
        by: { kind: "customer", id: "keeper" },
        action: "stock.adjusted",
        change: { location: "main", reason: "stock.counted", from: 15, to: 12 },
      },
      {
        by: { kind: "customer", id: "keeper" },
        action: "stock.adjusted",
        change: { location: "main", reason: "goods.received", from: 10, to: 15 },
      },
    ])
  })

  test("with its key is made once, however often it is sent", async () => {
    const sku = await shop.variantWith(10)
    const key = newId()
    const change = { type: "change", quantity: -3 }
    const replies = await atOnce(5, () => adjust(sku, change, key))
    expect(replies.filter(({ status }) => status !== 200 && status !== 409)).toEqual([])
    const again = await adjust(sku, change, key)
    expect([again.body.onHand, again.headers.get("idempotent-replayed")]).toEqual([7, "true"])
    expect(await shop.levelOf(sku)).toEqual([7, 0])
    expect((await trailOf(sku)).items).toHaveLength(1)
    expect((await adjust(sku, { ...change, quantity: -4 }, key)).status).toBe(422)
  })

  test("below what is promised is refused, and changes nothing", async () => {
    const sku = await shop.variantWith(10)
    await shop.reserve(newId(), [{ sku, quantity: 4 }])
    for (const body of [
      { type: "set", quantity: 3 },
      { type: "change", quantity: -7 },
    ]) {
      const reply = await adjust(sku, body)
      expect([reply.status, codeOf(reply), reply.body.reserved]).toEqual([409, "stock.below-reserved", 4])
    }
    expect(await shop.levelOf(sku)).toEqual([10, 4])
    expect((await trailOf(sku)).items).toEqual([])
    expect((await adjust(sku, { type: "set", quantity: 4 })).status).toBe(200)
  })

  test("takes the units of a promise past its end", async () => {
    const sku = await shop.variantWith(10)
    const orderId = newId()
    await shop.reserve(orderId, [{ sku, quantity: 4 }])
    await shop.runOut(orderId)
    expect((await adjust(sku, { type: "set", quantity: 0 })).body).toMatchObject({ onHand: 0, reserved: 0 })
    expect(await shop.statusOf(orderId)).toBe("expired")
    expect(await shop.levelOf(sku)).toEqual([0, 0])
  })

  test("set while 20 orders come in leaves exactly what was counted but for what was sold after", async () => {
    const sku = await shop.variantWith(100)
    const orders = Array.from({ length: 20 }, newId)
    const line = [{ sku, quantity: 1 }]
    await Promise.all([
      ...orders.slice(0, 10).map((orderId) => shop.pay(orderId, line)),
      adjust(sku, { type: "set", quantity: 50 }),
      ...orders.slice(10).map((orderId) => shop.pay(orderId, line)),
    ])
    const [{ change }] = (await trailOf(sku)).items
    const soldBefore = 100 - change.from
    expect(await shop.levelOf(sku)).toEqual([50 - (20 - soldBefore), 0])
  })

  test.each<[body: object, status: number, code: string]>([
    [{ type: "set", quantity: -1 }, 409, "stock.below-reserved"],
    [{ type: "change", quantity: 100_000_000 }, 422, "stock.beyond-count"],
    [{ type: "set", quantity: 1, location: "nowhere" }, 404, "location.unknown"],
    [{ type: "set", quantity: 1.5 }, 400, "request.invalid"],
    [{ type: "set", quantity: 1, reason: "Not a code" }, 400, "request.invalid"],
    [{ type: "add", quantity: 1 }, 400, "request.invalid"],
    [{ type: "set" }, 400, "request.invalid"],
  ])("%j is refused with %d %s", async (body, status, code) => {
    const sku = await shop.variantWith(1)
    const reply = await adjust(sku, body)
    expect([reply.status, codeOf(reply)]).toEqual([status, code])
    expect(await shop.levelOf(sku)).toEqual([1, 0])
  })

  test("of a variant that does not exist is 404", async () => {
    expect(codeOf(await adjust("NO-SUCH", { type: "set", quantity: 1 }))).toBe("variant.unknown")
    expect(codeOf(await setSafety("NO-SUCH", 1))).toBe("variant.unknown")
    expect(codeOf(await shop.app.as(keeper)("GET", "stock/NO-SUCH"))).toBe("variant.unknown")
    expect(codeOf(await shop.app.as(keeper)("GET", "stock/NO-SUCH/adjustments"))).toBe("variant.unknown")
  })

  test("of a variant that has no stock yet begins it", async () => {
    const sku = await shop.variantWith(0)
    await shop.store.pool.query("DELETE FROM stock WHERE sku = $1", [sku])
    await atOnce(5, () => adjust(sku, { type: "change", quantity: 2 }))
    expect(await shop.levelOf(sku)).toEqual([10, 0])
  })
})

test("the trail comes page by page, newest first, none twice", async () => {
  const sku = await shop.variantWith(0)
  for (let quantity = 1; quantity <= 5; quantity++) await adjust(sku, { type: "set", quantity })
  const seen: number[] = []
  for (let cursor = "", page = 0; page < 3; page++) {
    const { items, nextCursor } = await trailOf(sku, `?limit=2${cursor}`)
    seen.push(...items.map(({ change }: { change: { to: number } }) => change.to))
    expect(nextCursor === null).toBe(page === 2)
    cursor = `&cursor=${nextCursor}`
  }
  expect(seen).toEqual([5, 4, 3, 2, 1])
})

describe("stock that falls low", () => {
  const low = async (sku: string) => (await shop.dataOf(sku, "low")) as { available: number }[]

  test("is told once when it reaches the safety stock, again only after it has risen above", async () => {
    const sku = await shop.variantWith(10)
    await setSafety(sku, 3)
    expect(await low(sku)).toEqual([])
    const orders = Array.from({ length: 9 }, newId)
    const line = [{ sku, quantity: 1 }]
    await Promise.all(orders.map((orderId) => shop.reserve(orderId, line)))
    expect(await low(sku)).toEqual([{ sku, location: "main", available: 3, safetyStock: 3 }])
    // Selling what was reserved is no news.
    await Promise.all(orders.map((orderId) => shop.pay(orderId, line)))
    expect(await low(sku)).toHaveLength(1)
    await adjust(sku, { type: "change", quantity: 2 })
    await adjust(sku, { type: "change", quantity: -1 })
    expect(await low(sku)).toHaveLength(1)
    await adjust(sku, { type: "change", quantity: 2 })
    await adjust(sku, { type: "change", quantity: -2 })
    expect((await low(sku)).map(({ available }) => available)).toEqual([3, 2])
  })

  test("is told when the safety stock rises above it", async () => {
    const sku = await shop.variantWith(10)
    expect((await setSafety(sku, 10)).body).toMatchObject({ safetyStock: 10, available: 10 })
    await setSafety(sku, 20)
    expect((await low(sku)).map(({ available }) => available)).toEqual([10])
    expect((await trailOf(sku)).items.map(({ change }: { change: object }) => change)).toEqual([
      { location: "main", from: 10, to: 20 },
      { location: "main", from: 0, to: 10 },
    ])
  })
})

describe("locations", () => {
  test("serve an order as a whole if one can, else each line in the order of their priority", async () => {
    expect((await putLocation("north", 5)).body).toEqual({ id: "north", priority: 5 })
    await putLocation("south", 1)
    const { body } = await shop.app.as(keeper)("GET", "stock-locations")
    expect(body.items.map(({ id }: { id: string }) => id)).toEqual(["main", "south", "north"])
    const [sku, second] = [await shop.variantWith(2), await shop.variantWith(0)]
    await adjust(sku, { type: "set", quantity: 3, location: "north" })
    await adjust(second, { type: "set", quantity: 1, location: "north" })
    const [whole, split, rejected] = [newId(), newId(), newId()]
    await shop.reserve(whole, [
      { sku, quantity: 2 },
      { sku: second, quantity: 1 },
    ])
    const levels = async () => {
      const { locations } = (await shop.app.as(keeper)("GET", `stock/${sku}`)).body
      return locations.map(({ location, onHand, reserved }: never) => [location, onHand, reserved])
    }
    expect(await levels()).toEqual([
      ["main", 2, 0],
      ["north", 3, 2],
    ])
    await shop.reserve(split, [{ sku, quantity: 3 }])
    expect(await levels()).toEqual([
      ["main", 2, 2],
      ["north", 3, 3],
    ])
    await shop.reserve(rejected, [{ sku, quantity: 1 }])
    expect(await shop.saidOf([whole, split, rejected])).toEqual(["rejected", "reserved", "reserved"])
    await shop.pay(split)
    await shop.giveBack(split, [{ sku, quantity: 1 }])
    // What was taken last comes back first.
    expect(await levels()).toEqual([
      ["main", 0, 0],
      ["north", 3, 2],
    ])
    expect((await shop.app.as(keeper)("GET", `stock/${sku}`)).body).toMatchObject({
      ...{ sku, backorder: false, onHand: 3, reserved: 2, available: 1 },
    })
  })
})

test("there are 100 locations at the most, also when many are added at once", async () => {
  const replies = await atOnce(105, (index) => putLocation(`shelf-${index}`, 100 + index))
  const { items } = (await shop.app.as(keeper)("GET", "stock-locations")).body
  expect(items).toHaveLength(100)
  const refused = replies.filter(({ status }) => status === 409)
  expect(refused.map(codeOf)).toEqual(refused.map(() => "location.limit"))
  const known = items.at(-1).id
  expect((await putLocation(known, 9)).body).toEqual({ id: known, priority: 9 })
  await shop.store.pool.query("DELETE FROM stock_location WHERE id LIKE 'shelf-%'")
})

describe("who may not keep the stock (defect 4: writes without a role)", () => {
  const callers: [Caller, number][] = [
    [{ kind: "anonymous" }, 401],
    [{ kind: "guest", id: "g" }, 401],
    [{ kind: "customer", id: "ann", roles: ["catalog.write"] }, 403],
    [basket, 403],
  ]

  test.each(callers)("%j is answered with %d and changes nothing", async (as, status) => {
    const sku = await shop.variantWith(1)
    const send = shop.app.as(as)
    const replies = [
      await adjust(sku, { type: "set", quantity: 9 }, newId(), as),
      await send("PUT", `stock/${sku}/safety-stock`, { safetyStock: 5 }),
      await send("PUT", "stock-locations/moon", { priority: 1 }),
      await send("GET", `stock/${sku}`),
      await send("GET", `stock/${sku}/adjustments`),
      await send("GET", "stock-locations"),
    ]
    expect(replies.map((reply) => reply.status)).toEqual(replies.map(() => status))
    expect(await shop.levelOf(sku)).toEqual([1, 0])
    expect((await trailOf(sku)).items).toEqual([])
    const { items } = (await shop.app.as(keeper)("GET", "stock-locations")).body
    expect(items.map(({ id }: { id: string }) => id)).not.toContain("moon")
  })

  test("anybody sees what can be ordered, up to a number that tells no secret", async () => {
    const [few, many] = [await shop.variantWith(3), await shop.variantWith(2_000)]
    await setSafety(few, 2)
    const send = shop.app.as({ kind: "anonymous" })
    expect((await send("GET", `variants/${few}/stock`)).body).toEqual({
      ...{ sku: few, available: 3, backorder: false },
    })
    expect((await send("GET", `variants/${many}/stock`)).body.available).toBe(100)
  })
})
