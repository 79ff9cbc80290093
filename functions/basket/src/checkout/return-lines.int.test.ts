import { newId } from "@eshop/building-blocks/ids"
import { ProductChanged } from "@eshop/domain/contracts/catalog-events"
import { OrderCancelled } from "@eshop/domain/contracts/ordering-events"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { atOnce } from "../../../../tests/fixtures/calls.ts"
import { codeOf } from "../../../../tests/fixtures/http.ts"
import { newDatabase } from "../../../../tests/fixtures/new-database.ts"
import {
  type BasketOn,
  basketOn,
  checkOut,
  checkoutOf,
  customer,
  guest,
  newProduct,
  put,
} from "../testing/basket.ts"

let basket: BasketOn
let app: ReturnType<BasketOn["appWith"]>

beforeAll(async () => {
  basket = await basketOn(await newDatabase("basket"))
  app = basket.appWith()
})
afterAll(() => basket?.store.close())

/** Somebody who has just ordered two of something. */
async function ordered(caller: ReturnType<typeof customer> | ReturnType<typeof guest> = customer()) {
  const product = newProduct(500)
  await app.publish(ProductChanged, product)
  const send = app.as(caller)
  await put(send, product.sku, 2)
  const { orderId } = (await checkOut(send, checkoutOf(1000))).body as { orderId: string }
  const { sku } = product
  /** Catalog gives the product up. */
  const discontinue = () => app.publish(ProductChanged, { ...product, version: 2, variants: [] })
  return { caller, send, sku, orderId, discontinue }
}
const cancelled = (order: { orderId: string; caller: { id: string } }, reason: string, id = newId()) =>
  app.publish(OrderCancelled, { orderId: order.orderId, customerId: order.caller.id, reason }, id)
const again = (send: ReturnType<typeof app.as>, orderId: string, key: string = newId()) =>
  send("POST", "cart/order-again", { orderId }, { "idempotency-key": key })

describe("an order that was refused", () => {
  test.each(["payment.declined", "stock.insufficient", "coupon.exhausted", "checkout.abandoned"])(
    "for %s gives its lines back, and the cart says so once",
    async (reason) => {
      const order = await ordered()
      await cancelled(order, reason)
      const { body } = await order.send("GET", "cart")
      expect(body.lines).toMatchObject([{ sku: order.sku, quantity: 2 }])
      expect(body.messages).toEqual([{ type: "order-returned", orderId: order.orderId, reason }])
      expect((await order.send("GET", "cart")).body.messages).toEqual([])
    },
  )

  test("gives them back to a guest as well", async () => {
    const order = await ordered(guest())
    await cancelled(order, "payment.declined")
    expect((await order.send("GET", "cart")).body.lines).toHaveLength(1)
  })

  test("gives them back once, whatever comes how often", async () => {
    const order = await ordered()
    const id = await cancelled(order, "payment.declined")
    await order.send("DELETE", `cart/items/${order.sku}`)
    const before = await basket.everything()
    await cancelled(order, "payment.declined", id)
    await atOnce(5, () => cancelled(order, "payment.declined"))
    expect(await basket.everything()).toEqual(before)
  })

  test("leaves alone a cart that its customer has begun meanwhile, for good", async () => {
    const order = await ordered()
    const product = newProduct(7)
    await app.publish(ProductChanged, product)
    await put(order.send, product.sku, 1)
    await cancelled(order, "payment.declined")
    const { body } = await order.send("GET", "cart")
    expect(body).toMatchObject({ lines: [{ sku: product.sku }], messages: [] })
  })
})

test("an order that its customer cancelled gives nothing back, nor one that Basket does not know", async () => {
  const order = await ordered()
  const before = await basket.everything()
  await cancelled(order, "customer.asked")
  await cancelled({ ...order, orderId: newId() }, "payment.declined")
  expect(await basket.everything()).toEqual(before)
})

describe("ordering again", () => {
  test("adds the order's lines to the cart, once per key", async () => {
    const order = await ordered()
    await put(order.send, order.sku, 1)
    const reply = await again(order.send, order.orderId, "same")
    expect(reply.body.lines).toMatchObject([{ sku: order.sku, quantity: 3 }])
    const repeated = await again(order.send, order.orderId, "same")
    expect(repeated.body).toEqual(reply.body)
    expect((await again(order.send, order.orderId)).body.lines[0].quantity).toBe(5)
  })

  test("names what is not sold any more, and leaves it out", async () => {
    const order = await ordered()
    await order.discontinue()
    const { body } = await again(order.send, order.orderId)
    expect([body.lines, body.messages]).toEqual([[], [{ type: "not-sold", sku: order.sku }]])
  })

  test("works for an order from before the sign-in, and for nobody else's", async () => {
    const order = await ordered(guest())
    const signedIn = await again(app.as({ ...customer(), guest: order.caller.id }), order.orderId)
    expect(signedIn.body.lines).toHaveLength(1)
    const before = await basket.everything()
    const strangers = [
      await again(app.as(customer()), order.orderId),
      await again(app.as(guest()), order.orderId),
      await again(app.as(customer()), newId()),
    ]
    expect(strangers.map((reply) => [reply.status, codeOf(reply)])).toEqual(
      Array(3).fill([404, "checkout.unknown"]),
    )
    expect(await basket.everything()).toEqual(before)
  })
})
