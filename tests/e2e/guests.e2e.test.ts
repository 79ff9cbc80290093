import { randomUUID } from "node:crypto"
import { usd } from "@eshop/domain/kernel/money"
import {
  type CartAnswer,
  type CheckoutAnswer,
  type Order,
  someAddress,
} from "@eshop/local-cloud/shop/shop-client"
import { expect } from "vitest"
import { eventually, products, type RunningShop, SEEDED, setStock } from "./running-shop.ts"
import { it } from "./shared-shop.ts"

let running: RunningShop

it.beforeAll(({ shop }) => {
  running = shop
})

/** A browser that nobody has signed in with: it keeps the guest's cookie. */
function browser() {
  let cookie = ""
  return async <T>(method: string, path: string, body?: unknown, token?: string) => {
    const answer = await running.shop.send<T>(token, method, path, {
      headers: { "idempotency-key": randomUUID(), ...(cookie && { cookie }) },
      ...(body !== undefined && { body }),
    })
    cookie = answer.headers.get("set-cookie")?.split(";")[0] ?? cookie
    return answer
  }
}

it("a guest shops, pays and sees the order, which nobody else does", async () => {
  const [send, other] = [browser(), browser()]
  const cart = await send<CartAnswer>("POST", "/basket/cart/items", { sku: products.xiaomi, quantity: 1 })
  expect([cart.status, cart.body.total]).toEqual([200, usd(470_00)])
  const checkout = { expectedTotal: usd(470_00), shippingAddress: someAddress, paymentMethod: "pm_card_visa" }
  const { status, body } = await send<CheckoutAnswer>("POST", "/basket/checkout", checkout)
  expect(status).toBe(202)
  const path = `/ordering/orders/${body.orderId}`
  const order = await eventually(
    () => send<Order>("GET", path),
    (answer) => answer.body.status === "Paid",
  )
  expect(order.body).toMatchObject({
    status: "Paid",
    total: usd(470_00),
    shipping: { method: "standard", price: usd(0) },
  })
  expect((await send("GET", `${path}/timeline`)).status).toBe(200)
  const list = await eventually(
    () => send<{ items: { id: string }[] }>("GET", "/ordering/orders"),
    (answer) => answer.body.items.length > 0,
  )
  expect(list.body.items.map(({ id }) => id)).toEqual([body.orderId])
  await other("POST", "/basket/cart/items", { sku: products.xiaomi, quantity: 1 })
  expect((await other("GET", path)).status).toBe(404)
  expect((await running.shop.send(undefined, "GET", path)).status).toBe(401)
})

it("stock is held for who begins to check out: the last units are theirs, and others are told", async () => {
  await setStock(running, products.lumix, 3)
  const [first, second] = [await running.shop.signIn("first"), await running.shop.signIn("second")]
  const few = { type: "only-left", sku: products.lumix, available: 3 }
  const { messages } = await eventually(
    () => first.putItem(products.lumix, 2),
    (cart) => cart.messages.length > 0,
  )
  expect(messages).toEqual([few])
  const held = await first.send<CartAnswer>("POST", "/basket/cart/hold", { body: {} })
  expect(Date.parse(held.body.hold?.expiresAt ?? "")).toBeGreaterThan(Date.now())
  await second.putItem(products.lumix, 2)
  const refused = await second.send<CartAnswer>("POST", "/basket/cart/hold", { body: {} })
  expect([refused.status, refused.body.hold]).toEqual([200, undefined])
  expect(refused.body.messages).toContainEqual({
    type: "not-held",
    reason: "stock.insufficient",
    shortages: [{ sku: products.lumix, requested: 2, available: 1 }],
  })
  const buy = async (customer: typeof first) => {
    const { total: expectedTotal } = await customer.cart()
    const { body } = await customer.checkout({
      expectedTotal,
      shippingAddress: someAddress,
      paymentMethod: "pm_card_visa",
    })
    return (await customer.ended(body.orderId)).status
  }
  expect(await Promise.all([buy(second), buy(first)])).toEqual(["Cancelled", "Paid"])
  const level = await eventually(
    () => running.shop.stock(products.lumix),
    ({ reserved }) => reserved === 0,
  )
  expect(level).toMatchObject({ onHand: 1, reserved: 0 })
  await setStock(running, products.lumix, SEEDED)
})

it("a guest who signs in finds the cart again, and the order from before", async () => {
  const send = browser()
  await send("POST", "/basket/cart/items", { sku: products.htc, quantity: 2 })
  const customer = await running.shop.signIn("returning")
  await customer.putItem(products.htc, 1)
  const merged = await send<CartAnswer>("POST", "/basket/cart/merge", {}, customer.token)
  expect(merged.body.lines).toMatchObject([{ sku: products.htc, quantity: 3 }])
  expect((await send<CartAnswer>("GET", "/basket/cart")).body.lines).toEqual([])
  expect((await customer.cart()).lines).toMatchObject([{ sku: products.htc, quantity: 3 }])
})
