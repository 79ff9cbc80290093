import type { Send } from "@eshop/building-blocks/app/testing/app-under-test"
import { ProductChanged } from "@eshop/domain/contracts/catalog-events"
import { holdEnded, holdLimit, stockInsufficient } from "@eshop/domain/contracts/stock-holds"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { newDatabase } from "../../../../tests/fixtures/new-database.ts"
import {
  add,
  type BasketOn,
  basketOn,
  checkOut,
  checkoutOf,
  customer,
  holdsInMemory,
  newProduct,
  put,
} from "../testing/basket.ts"
import type { StockHolds } from "./ports.ts"

let basket: BasketOn

beforeAll(async () => {
  basket = await basketOn(await newDatabase("basket"))
})
afterAll(() => basket?.store.close())

async function sold(amount: number): Promise<string> {
  const product = newProduct(amount)
  await basket.appWith().publish(ProductChanged, product)
  return product.sku
}
const hold = (send: Send) => send("POST", "cart/hold", {})
const minutesFromNow = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString()

/** A shopper with two units in the cart, before a Catalog that holds for whom it is asked. */
async function shopper(stockHolds: StockHolds) {
  const { id } = customer()
  const send = basket.appWith({ stockHolds }).as(customer(id))
  const sku = await sold(500)
  await put(send, sku, 2)
  return { id, send, sku }
}

describe("a shopper who starts to check out", () => {
  test("has stock set aside and sees until when; the order takes the hold over", async () => {
    const holds = holdsInMemory()
    const { send, sku } = await shopper(holds)
    const { body } = await hold(send)
    const { holdId, expiresAt } = body.hold
    expect([...holds.held]).toEqual([[holdId, [{ sku, quantity: 2 }]]])
    expect(Date.parse(expiresAt)).toBeGreaterThan(Date.now())
    expect((await send("GET", "cart")).body.hold).toEqual({ holdId, expiresAt })
    const { orderId } = (await checkOut(send, checkoutOf(1000))).body
    const { rows } = await basket.pool.query("SELECT data FROM checkout WHERE id = $1", [orderId])
    expect(rows[0].data.holdId).toBe(holdId)
    expect((await send("GET", "cart")).body).not.toHaveProperty("hold")
    expect(holds.held.size).toBe(1)
  })

  test("keeps it for longer by what they do, and it follows what is in the cart", async () => {
    const holds = holdsInMemory()
    const { send, sku } = await shopper(holds)
    const first = (await hold(send)).body.hold
    const more = (await add(send, sku, 3)).body.hold
    expect(more.holdId).toBe(first.holdId)
    expect(Date.parse(more.expiresAt)).toBeGreaterThanOrEqual(Date.parse(first.expiresAt))
    expect([...holds.held]).toEqual([[first.holdId, [{ sku, quantity: 5 }]]])
    const gone = await send("DELETE", `cart/items/${sku}`)
    expect([gone.body.hold, holds.held.size]).toEqual([undefined, 0])
  })

  test("gives it back when they go on shopping; giving back nothing is done as well", async () => {
    const holds = holdsInMemory()
    const { send } = await shopper(holds)
    await hold(send)
    const released = await send("DELETE", "cart/hold")
    expect([released.status, released.body.hold, holds.held.size]).toEqual([200, undefined, 0])
    expect((await send("DELETE", "cart/hold")).body.version).toBe(released.body.version)
  })

  test("holds nothing for an empty cart", async () => {
    const holds = holdsInMemory()
    const { body } = await hold(basket.appWith({ stockHolds: holds }).as(customer()))
    expect([body.hold, body.version, holds.held.size]).toEqual([undefined, 0, 0])
  })

  test("twice at once holds one and the same", async () => {
    const holds = holdsInMemory()
    const { send } = await shopper(holds)
    const replies = await Promise.all(Array.from({ length: 8 }, () => hold(send)))
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]))
    expect(holds.held.size).toBe(1)
    expect((await send("GET", "cart")).body.hold.holdId).toBe([...holds.held.keys()][0])
  })
})

describe("without a hold the checkout works as before", () => {
  const shortage = { sku: "ANY", requested: 2, available: 1 }
  test.each([
    ["catalog.unavailable", "unavailable" as const, {}],
    ["stock.insufficient", stockInsufficient({ shortages: [shortage] }), { shortages: [shortage] }],
    ["hold.limit", holdLimit({ units: 10, held: 9 }), {}],
  ])("%s is a message", async (reason, answer, facts) => {
    const { send } = await shopper({ put: async () => answer, release: async () => undefined })
    const { status, body } = await hold(send)
    expect([status, body.hold, body.messages]).toEqual([
      200,
      undefined,
      [{ type: "not-held", reason, ...facts }],
    ])
    const reply = await checkOut(send, checkoutOf(1000))
    expect(reply.status).toBe(202)
    const { rows } = await basket.pool.query("SELECT data FROM checkout WHERE id = $1", [reply.body.orderId])
    expect(rows[0].data).not.toHaveProperty("holdId")
  })
})

test("what was held stays so when more could not be", async () => {
  let isShort = false
  const holds = holdsInMemory()
  const stockHolds: StockHolds = {
    ...holds,
    put: async (...asked) => (isShort ? stockInsufficient({ shortages: [] }) : await holds.put(...asked)),
  }
  const { send, sku } = await shopper(stockHolds)
  const { body } = await hold(send)
  isShort = true
  const more = await add(send, sku, 1)
  expect(more.body).toMatchObject({
    hold: body.hold,
    messages: [{ type: "not-held", reason: "stock.insufficient" }],
  })
})

describe("a hold that has ended", () => {
  test("by its time is told once, and another one is taken", async () => {
    let expiresAt = minutesFromNow(-1)
    const ids: string[] = []
    const { send } = await shopper({
      async put(holdId) {
        ids.push(holdId)
        return { expiresAt }
      },
      release: async () => undefined,
    })
    const first = await hold(send)
    expect([first.body.hold, first.body.messages]).toEqual([undefined, [{ type: "hold-ended" }]])
    expect((await send("GET", "cart")).body.messages).toEqual([])
    expiresAt = minutesFromNow(10)
    expect((await hold(send)).body.hold).toEqual({ holdId: ids[1], expiresAt })
    expect(new Set(ids).size).toBe(2)
  })

  test("in Catalog's eyes is followed by a new one at once", async () => {
    const ids: string[] = []
    const expiresAt = minutesFromNow(10)
    let ended: string | undefined
    const { send } = await shopper({
      async put(holdId) {
        ids.push(holdId)
        return holdId === ended ? holdEnded({ status: "expired" }) : { expiresAt }
      },
      release: async () => undefined,
    })
    ended = (await hold(send)).body.hold.holdId
    const { body } = await hold(send)
    expect(body.hold).toEqual({ holdId: ids[2], expiresAt })
    expect(ids[1]).toBe(ended)
    expect(ids[2]).not.toBe(ended)
  })
})
