// Defects of the reference system, as far as its basket has them: each by its number there.
import { ProductChanged } from "@eshop/domain/contracts/catalog-events"
import { usd } from "@eshop/domain/kernel/money"
import { afterAll, beforeAll, expect, test } from "vitest"
import { codeOf, pointersOf } from "../../../tests/fixtures/http.ts"
import { newDatabase } from "../../../tests/fixtures/new-database.ts"
import type { CheckoutPorts } from "./checkout/ports.ts"
import {
  add,
  type BasketOn,
  basketOn,
  checkOut,
  checkoutOf,
  customer,
  discountsOf,
  newProduct,
  put,
  shippingAddress,
} from "./testing/basket.ts"

let basket: BasketOn

beforeAll(async () => {
  basket = await basketOn(await newDatabase("basket"))
})
afterAll(() => basket?.store.close())

async function shopper(amount: number, ports: Partial<CheckoutPorts> = {}) {
  const app = basket.appWith(ports)
  const product = newProduct(amount)
  await app.publish(ProductChanged, product)
  const { id } = customer()
  return { app, id, product, sku: product.sku, send: app.as(customer(id)) }
}
const eventsOf = async (orderId: string) =>
  (await basket.pool.query("SELECT event FROM outbox WHERE event->>'subject' = $1", [orderId])).rows.map(
    ({ event }) => event,
  )

test("2: an order is what was in the basket", async () => {
  const [one, other] = [await shopper(500), await shopper(70)]
  await put(one.send, one.sku, 2)
  await put(one.send, other.sku, 3)
  const { orderId } = (await checkOut(one.send, checkoutOf(1_210))).body
  const [event] = await eventsOf(orderId)
  expect(event.data.lines).toMatchObject([
    { sku: one.sku, quantity: 2, unitPrice: usd(500) },
    { sku: other.sku, quantity: 3, unitPrice: usd(70) },
  ])
})

test("3: a discount comes off once, however often the basket is stored, and no price goes below zero", async () => {
  const discounts = discountsOf(({ lines }) => ({
    lines: lines.map(({ sku }) => ({ sku, couponCode: "BIG", reason: "400 off", amount: usd(400) })),
    discount: usd(400),
  }))
  const { send, sku } = await shopper(500, { discounts })
  await put(send, sku, 1)
  for (let stored = 1; stored <= 5; stored++) {
    const { body } = await put(send, sku, stored % 2 === 0 ? 1 : 2)
    expect(body.total).toEqual(usd(stored % 2 === 0 ? 100 : 600))
  }
  const cheap = await shopper(300, { discounts })
  expect((await put(cheap.send, cheap.sku, 1)).body.total).toEqual(usd(0))
})

test("4: prices are not the client's to say, and a basket is nobody else's", async () => {
  const { app, send, sku } = await shopper(500)
  const named = await send("PUT", `cart/items/${sku}`, { quantity: 1, unitPrice: usd(1), userName: "other" })
  expect([named.status, pointersOf(named)]).toEqual([400, ["/unitPrice", "/userName"]])
  await put(send, sku, 1)
  const stranger = app.as(customer())
  await stranger("DELETE", `cart/items/${sku}`)
  expect((await stranger("GET", "cart")).body.lines).toEqual([])
  expect((await send("GET", "cart")).body.total).toEqual(usd(500))
})

test("5: the event, the order and the emptied basket commit together or not at all", async () => {
  const dies = { ...basket.ports.outbox, add: () => Promise.reject(new Error("dies here")) }
  const { app, id, send, sku } = await shopper(500)
  await put(send, sku, 1)
  const before = await basket.everything()
  const failed = await checkOut(basket.appWith({ outbox: dies }).as(customer(id)), checkoutOf(500), "key")
  expect(failed.status).toBe(500)
  expect(await basket.everything()).toEqual(before)
  const { orderId } = (await checkOut(app.as(customer(id)), checkoutOf(500), "key")).body
  expect(await eventsOf(orderId)).toHaveLength(1)
})

test("6: a repeated checkout is one order, and its event keeps its id", async () => {
  const { send, sku } = await shopper(500)
  await put(send, sku, 1)
  const first = await checkOut(send, checkoutOf(500), "again")
  const [before] = await eventsOf(first.body.orderId)
  expect((await checkOut(send, checkoutOf(500), "again")).body).toEqual(first.body)
  expect(await eventsOf(first.body.orderId)).toEqual([before])
})

test("8: an unknown product is no failure, and what Catalog changes is heard", async () => {
  const { app, send, sku, product } = await shopper(500)
  const unknown = await add(send, "NO-SUCH-1", 1)
  expect([unknown.status, codeOf(unknown)]).toEqual([404, "variant.unknown"])
  await put(send, sku, 1)
  const variants = product.variants.map((variant) => ({ ...variant, price: usd(450) }))
  await app.publish(ProductChanged, { ...product, name: "Phone 2", version: 2, variants })
  expect((await send("GET", "cart")).body.lines).toMatchObject([{ name: "Phone 2", unitPrice: usd(450) }])
})

test("7 and 13: card data is refused, so no length of its number matters; a postcode has that of its country", async () => {
  const { send, sku } = await shopper(500)
  await put(send, sku, 1)
  const refuses = async (card: object, ...members: string[]) => {
    const refused = await checkOut(send, checkoutOf(500, card))
    expect([refused.status, pointersOf(refused)]).toEqual([400, members])
  }
  await refuses({ cardNumber: "378282246310005", cvv: "1234", cardName: "M" }, "/cardNumber", "/cvv")
  await refuses({ expiration: "12/30", cardName: "M" }, "/expiration", "/cardName")
  const longest = { ...shippingAddress, country: "IR", zipCode: "11936-13519" }
  expect((await checkOut(send, checkoutOf(500, { shippingAddress: longest }))).status).toBe(202)
})

test("15: without Discount the basket works, says so, and the customer decides", async () => {
  const { send, sku } = await shopper(500, { discounts: discountsOf(() => "unavailable") })
  const { status, body } = await put(send, sku, 1)
  expect([status, body.total, body.messages]).toEqual([200, usd(500), [{ type: "discounts-unavailable" }]])
  expect((await checkOut(send, checkoutOf(500))).body.discountUnavailable).toBe(true)
})
