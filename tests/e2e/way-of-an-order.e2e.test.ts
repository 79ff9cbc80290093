import { randomUUID } from "node:crypto"
import { usd } from "@eshop/domain/kernel/money"
import { type Customer, someAddress } from "@eshop/local-cloud/shop/shop-client"
import { verifyOrders } from "@eshop/local-cloud/shop/verify-orders"
import { describe, expect } from "vitest"
import { eventually, products, type RunningShop } from "./running-shop.ts"
import { it } from "./shared-shop.ts"

let running: RunningShop

it.beforeAll(({ shop }) => {
  running = shop
})

const visa = { shippingAddress: someAddress, paymentMethod: "pm_card_visa" }

async function couponUses(code: string): Promise<number> {
  const token = await running.shop.roleToken("discount.write")
  return running.shop.expect(
    await running.shop.send<{ taken: number }>(token, "GET", `/discount/coupons/${code}/usage`),
    200,
  ).taken
}

/** Stock once nothing is promised any more: the events about the order's end have arrived. */
const settled = (productId: string, onHand: number) =>
  eventually(
    () => running.shop.stock(productId),
    (level) => level.reserved === 0 && level.onHand === onHand,
  )

async function twoProducts(customer: Customer, quantity = 1) {
  await customer.putItem(products.iphone, quantity)
  return customer.putItem(products.lumix, quantity)
}

describe("the way of an order", () => {
  it("leads from the basket to paid; stock, payment and coupon agree", async () => {
    const customer = await running.shop.signIn("mehmet")
    const before = await running.shop.stock(products.iphone)
    const usesBefore = await couponUses("WELCOME10")
    const cart = await twoProducts(customer)
    expect(cart.subtotal).toEqual(usd(1_190_00))

    // A promotion takes 150 off the phone, and the coupon a tenth of what is left.
    expect(await customer.putCoupon("WELCOME10")).toMatchObject({
      discount: usd(254_00),
      shipping: { method: "standard", price: usd(0) },
      total: usd(936_00),
    })
    const answer = await customer.checkout({ ...visa, expectedTotal: usd(936_00) })
    expect(answer.status).toBe(202)
    expect(answer.headers.get("location")).toBe(`/ordering/orders/${answer.body.orderId}`)
    const order = await customer.ended(answer.body.orderId)

    expect(order).toMatchObject({
      status: "Paid",
      total: usd(936_00),
      discount: usd(254_00),
      couponCodes: ["WELCOME10"],
    })
    expect((await customer.cart()).lines).toEqual([])
    expect((await customer.timeline(order.id)).events.map(({ type }) => type)).toEqual([
      "OrderSubmitted",
      "StockRequested",
      "StockConfirmed",
      "OrderPaid",
    ])
    expect(await running.paymentsOf(order.id)).toMatchObject([
      { status: "succeeded", amount_received: 936_00 },
    ])
    expect(await settled(products.iphone, before.onHand - 1)).toMatchObject({
      onHand: before.onHand - 1,
      reserved: 0,
    })
    expect(await couponUses("WELCOME10")).toBe(usesBefore + 1)
    const list = await eventually(
      () => customer.send<{ items: { id: string; status: string }[] }>("GET", "/ordering/orders"),
      ({ body }) => body.items.some(({ id, status }) => id === order.id && status === "Paid"),
    )
    expect(list.body.items[0]).toMatchObject({ id: order.id, status: "Paid" })
  })

  it("a declined payment ends Cancelled; stock and coupon are given back", async () => {
    const customer = await running.shop.signIn("declined")
    const before = await running.shop.stock(products.iphone)
    const usesBefore = await couponUses("IPHONE150")
    await twoProducts(customer)
    await customer.putCoupon("IPHONE150")

    const answer = await customer.checkout({
      ...visa,
      paymentMethod: "pm_card_chargeDeclined",
      expectedTotal: usd(1_040_00),
    })
    const order = await customer.ended(answer.body.orderId)

    expect(order).toMatchObject({ status: "Cancelled", cancelReason: { code: "payment.declined" } })
    expect(await settled(products.iphone, before.onHand)).toMatchObject({
      onHand: before.onHand,
      reserved: 0,
    })
    expect(await couponUses("IPHONE150")).toBe(usesBefore)
    const intents = await running.paymentsOf(order.id)
    expect(intents.map(({ amount_received }) => amount_received)).toEqual([0])
    const returned = await eventually(
      () => customer.cart(),
      ({ lines }) => lines.length > 0,
    )
    expect(returned.lines.map(({ sku }) => sku)).toEqual([products.iphone, products.lumix])
    expect(returned.messages).toContainEqual({
      type: "order-returned",
      orderId: order.id,
      reason: "payment.declined",
    })
  })

  it("an order beyond the stock ends Cancelled with the shortage; nothing was paid or reserved", async () => {
    const customer = await running.shop.signIn("wholesale")
    const before = await running.shop.stock(products.iphone)
    await customer.putItem(products.iphone, 100_000)

    const answer = await customer.checkout({ ...visa, expectedTotal: usd(950_00 * 100_000) })
    expect(answer.status).toBe(409)
    const confirmed = await customer.checkout({ ...visa, expectedTotal: usd(800_00 * 100_000) })
    expect(confirmed.status).toBe(202)
    const order = await customer.ended(confirmed.body.orderId)

    expect(order.cancelReason).toEqual({
      code: "stock.insufficient",
      detail: "Not enough stock.",
      data: { shortages: [{ sku: products.iphone, requested: 100_000, available: before.available }] },
    })
    expect(await running.paymentsOf(order.id)).toEqual([])
    expect(await settled(products.iphone, before.onHand)).toMatchObject({
      onHand: before.onHand,
      reserved: 0,
    })
  })

  it.each([
    ["needs more time", "pm_card_slow"],
    ["times out after the capture", "pm_card_timeoutAfterCapture"],
  ])("a payment that %s ends in exactly one capture", async (_, paymentMethod) => {
    const customer = await running.shop.signIn(paymentMethod)
    await customer.putItem(products.xiaomi, 1)
    const answer = await customer.checkout({ ...visa, paymentMethod, expectedTotal: usd(470_00) })
    const order = await customer.ended(answer.body.orderId)
    expect(order.status).toBe("Paid")
    expect(await running.paymentsOf(order.id)).toMatchObject([
      { status: "succeeded", amount_received: 470_00 },
    ])
  })

  it("is told by its stream as it is stored, whatever became of it", async () => {
    const { identity, apps } = running.cloud.connections
    const stored = await running.sql("ordering", "SELECT id FROM orders")
    const verified = await verifyOrders({ ...apps, identity }, () => {})
    expect([verified.orders, verified.problems]).toEqual([stored.length, []])
  })
})

describe("at the front door", () => {
  it("without a token every private route answers 401", async () => {
    for (const [method, path] of [
      ["POST", "/basket/cart/hold"],
      ["POST", "/basket/cart/merge"],
      ["POST", "/basket/checkout"],
      ["GET", "/ordering/orders"],
      ["GET", `/ordering/orders/${randomUUID()}`],
    ] as const) {
      const answer = await running.shop.send(
        undefined,
        method,
        path,
        method === "GET" ? {} : { body: { quantity: 1 } },
      )
      expect([path, answer.status]).toEqual([path, 401])
      expect(answer.headers.get("content-type")).toMatch(/^application\/problem\+json/)
    }
  })

  it("another customer's order is not found, and stays as it is", async () => {
    const owner = await running.shop.signIn("owner")
    await owner.putItem(products.htc, 1)
    const { body } = await owner.checkout({ ...visa, expectedTotal: usd(380_00) })
    const order = await owner.ended(body.orderId)
    const stranger = await running.shop.signIn("stranger")

    for (const path of [`/ordering/orders/${order.id}`, `/ordering/orders/${order.id}/timeline`]) {
      const answer = await stranger.send("GET", path)
      expect(answer.status).toBe(404)
      expect(answer.body).toMatchObject({ type: "urn:eshop:problem:order.unknown", status: 404 })
    }
    expect((await owner.order(order.id)).body).toEqual(order)
  })

  it("an invalid checkout names the failing fields and writes nothing", async () => {
    const customer = await running.shop.signIn("careless")
    await customer.putItem(products.htc, 2)
    const before = await customer.cart()
    const answer = await customer.send<{ errors: { pointer: string }[] }>("POST", "/basket/checkout", {
      headers: { "idempotency-key": randomUUID() },
      body: {
        expectedTotal: { amount: -1, currency: "USD" },
        shippingAddress: someAddress,
        paymentMethod: "visa",
        price: 1,
      },
    })
    expect(answer.status).toBe(400)
    expect(answer.body.errors.map(({ pointer }) => pointer).sort()).toEqual([
      "/expectedTotal/amount",
      "/paymentMethod",
      "/price",
    ])
    expect(await customer.cart()).toEqual(before)
    expect(
      await running.sql("basket", "SELECT * FROM checkout WHERE customer_id = $1", [customer.customerId]),
    ).toEqual([])
  })

  it("a body over 1 MiB is 413 and changes nothing", async () => {
    const customer = await running.shop.signIn("talkative")
    const answer = await customer.send("PUT", `/basket/cart/items/${products.htc}`, {
      body: { quantity: 1, note: "x".repeat(1_048_577) },
    })
    expect(answer.status).toBe(413)
    expect((await customer.cart()).lines).toEqual([])
  })
})
