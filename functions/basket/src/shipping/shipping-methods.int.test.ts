import { usd } from "@eshop/domain/kernel/money"
import { afterAll, beforeAll, expect, test } from "vitest"
import { atOnce } from "../../../../tests/fixtures/calls.ts"
import { codeOf } from "../../../../tests/fixtures/http.ts"
import { newDatabase } from "../../../../tests/fixtures/new-database.ts"
import { type BasketOn, basketOn } from "../testing/basket.ts"
import { methodOf } from "../testing/shipping.ts"
import { seedMethods, seedShippingMethods } from "./seed-shipping-methods.ts"

let basket: BasketOn
let app: ReturnType<BasketOn["appWith"]>

beforeAll(async () => {
  basket = await basketOn(await newDatabase("basket"))
  app = basket.appWith()
})
afterAll(() => basket?.store.close())

const merchant = { kind: "customer" as const, id: "merchant", roles: ["basket.write"] }
const write = (id: string, terms: object, headers?: Record<string, string>) =>
  app.as(merchant)("PUT", `shipping-methods/${id}`, terms, headers)
const { id: _, version: __, ...terms } = methodOf("any", { price: usd(4_90) })
const nobody = () => app.as({ kind: "anonymous" })
const everything = () => basket.everything()

test("a method is added, changed and removed by its role; the trail says by whom", async () => {
  const added = await write("drone", terms)
  expect([added.status, added.headers.get("etag"), added.body.version]).toEqual([200, '"1"', 1])
  const before = await everything()
  expect((await write("drone", terms)).body).toEqual(added.body)
  expect(await everything()).toEqual(before)
  const changed = await write("drone", { ...terms, countries: ["IS"] }, { "if-match": '"1"' })
  expect(changed.body).toEqual({ ...terms, countries: ["IS"], id: "drone", version: 2 })
  expect((await nobody()("GET", "shipping-methods/drone")).body).toEqual(changed.body)
  const removed = await app.as(merchant)("DELETE", "shipping-methods/drone", undefined, { "if-match": '"2"' })
  expect(removed.status).toBe(204)
  expect((await app.as(merchant)("DELETE", "shipping-methods/drone")).status).toBe(204)
  const gone = await nobody()("GET", "shipping-methods/drone")
  expect([gone.status, codeOf(gone)]).toEqual([404, "shipping.unknown"])
  const { body } = await app.as(merchant)("GET", "audit?subject=shipping drone")
  expect(body.items.map(({ action, by }: { action: string; by: object }) => [action, by])).toEqual(
    ["shipping.removed", "shipping.set", "shipping.set"].map((action) => [
      action,
      { kind: "customer", id: "merchant" },
    ]),
  )
})

test("a stale ETag changes nothing", async () => {
  await write("stale", terms)
  const before = await everything()
  const replies = [
    await write("stale", { ...terms, price: usd(1) }, { "if-match": '"0"' }),
    await app.as(merchant)("DELETE", "shipping-methods/stale", undefined, { "if-match": '"2"' }),
  ]
  expect(replies.map((reply) => [reply.status, codeOf(reply), reply.body.version])).toEqual(
    Array(2).fill([412, "shipping.changed", 1]),
  )
  expect(await everything()).toEqual(before)
})

test("of 20 writers with one ETag one is in time", async () => {
  await write("raced", terms)
  const replies = await atOnce(20, (index) =>
    write("raced", { ...terms, price: usd(index + 1) }, { "if-match": '"1"' }),
  )
  expect(replies.map(({ status }) => status).sort()).toEqual([200, ...Array(19).fill(412)])
})

test("the list is of what goes to a country, the cheapest first, at the price for a cart of that value", async () => {
  await write("to-fr", { ...terms, countries: ["FR"], price: usd(3_00), freeFrom: usd(100_00) })
  const list = async (query: string) => {
    const { body } = await nobody()("GET", `shipping-methods?${query}`)
    return body.items
      .filter(({ id }: { id: string }) => id === "free" || id === "to-fr")
      .map(({ id, priceForCart }: { id: string; priceForCart: { amount: number } }) => [
        id,
        priceForCart.amount,
      ])
  }
  expect(await list("country=FR&value=9999")).toEqual([
    ["free", 0],
    ["to-fr", 3_00],
  ])
  expect(await list("country=FR&value=10000")).toEqual([
    ["free", 0],
    ["to-fr", 0],
  ])
  expect(await list("country=DE")).toEqual([["free", 0]])
  expect(await list("")).toEqual([["free", 0]])
  expect(await list("all=true&value=9999")).toEqual([
    ["free", 0],
    ["to-fr", 3_00],
  ])
})

test("a shop has fifty at the most, whoever is faster", async () => {
  const { rows } = await basket.pool.query("SELECT count(*) FROM shipping_method")
  const room = 50 - Number(rows[0].count)
  const replies = await atOnce(room + 5, (index) => write(`many-${index}`, terms))
  expect(replies.filter(({ status }) => status === 200)).toHaveLength(room)
  const refused = replies.filter(({ status }) => status === 422)
  expect(refused.map(codeOf)).toEqual(Array(5).fill("shipping.too-many"))
})

test("the seed fills an empty table, and leaves a merchant's alone", async () => {
  const seed = seedShippingMethods.handle(basket.ports as never)
  const call = { transact: basket.store.unitOfWork.transaction } as never
  const before = await everything()
  await seed({} as never, call)
  expect(await everything()).toEqual(before)
  await basket.pool.query("DELETE FROM shipping_method")
  await Promise.all([seed({} as never, call), seed({} as never, call)])
  const { rows } = await basket.pool.query("SELECT id FROM shipping_method ORDER BY id")
  expect(rows.map(({ id }) => id)).toEqual(seedMethods.map(({ id }) => id).sort())
})
