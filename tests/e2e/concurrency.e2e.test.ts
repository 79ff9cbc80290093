import { randomUUID } from "node:crypto"
import { ServiceBusClient } from "@azure/service-bus"
import { usd } from "@eshop/domain/kernel/money"
import {
  type CartAnswer,
  type CheckoutBody,
  type Customer,
  someAddress,
} from "@eshop/local-cloud/shop/shop-client"
import { afterAll, expect } from "vitest"
import { startSecondProcess } from "../fixtures/second-process.ts"
import { eventually, products, type RunningShop, SEEDED, setStock } from "./running-shop.ts"
import { it } from "./shared-shop.ts"

let running: RunningShop

it.beforeAll(({ shop }) => {
  running = shop
})
afterAll(async () => {
  for (const sku of [products.huawei, products.htc, products.xiaomi]) await setStock(running, sku, SEEDED)
})

const visa = { shippingAddress: someAddress, paymentMethod: "pm_card_visa" }

/** Checks out, and again as long as another call with the same key is under way. */
async function checkoutPatiently(customer: Customer, body: CheckoutBody, key: string) {
  for (;;) {
    const answer = await customer.checkout(body, key)
    if (answer.status !== 409) return answer
    expect(answer.body).toMatchObject({ type: "urn:eshop:problem:idempotency-key.in-flight" })
    expect(answer.headers.get("retry-after")).toBe("1")
  }
}

it("100 checkouts at once with one Idempotency-Key are one order, and all answers are the same", async () => {
  const customer = await running.shop.signIn("impatient")
  await customer.putItem(products.xiaomi, 1)
  const key = randomUUID()
  const body = { ...visa, expectedTotal: usd(470_00) }

  const answers = await Promise.all(Array.from({ length: 100 }, () => checkoutPatiently(customer, body, key)))

  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]))
  expect(new Set(answers.map((answer) => answer.body.orderId)).size).toBe(1)
  const order = await customer.ended(answers[0]?.body.orderId ?? "")
  expect(order.status).toBe("Paid")
  expect(
    await running.sql("ordering", "SELECT id FROM orders WHERE customer_id = $1", [customer.customerId]),
  ).toEqual([{ id: order.id }])
  expect(await running.paymentsOf(order.id)).toMatchObject([{ status: "succeeded", amount_received: 470_00 }])

  const other = await customer.checkout({ ...body, expectedTotal: usd(1) }, key)
  expect(other.status).toBe(422)
  expect(other.body).toMatchObject({ type: "urn:eshop:problem:idempotency-key.reused" })
})

/** What comes of 40 buyers who want one unit each of the 10 that there are. */
async function buyTenUnits(sku: string, price: number): Promise<void> {
  await setStock(running, sku, 10)
  // Of each SKU others: who got none has it in the cart again.
  const buyers = await Promise.all(
    Array.from({ length: 40 }, (_, index) => running.shop.signIn(`buyer-${index}-of-${sku}`)),
  )
  await Promise.all(buyers.map((buyer) => buyer.putItem(sku, 1)))

  const orders = await Promise.all(
    buyers.map(async (buyer) => {
      const { body } = await buyer.checkout({ ...visa, expectedTotal: usd(price) })
      return buyer.ended(body.orderId)
    }),
  )

  expect(orders.filter(({ status }) => status === "Paid")).toHaveLength(10)
  expect(orders.filter(({ cancelReason }) => cancelReason?.code === "stock.insufficient")).toHaveLength(30)
  const level = await eventually(
    () => running.shop.stock(sku),
    ({ onHand, reserved }) => onHand === 0 && reserved === 0,
  )
  expect(level).toMatchObject({ sku, onHand: 0, reserved: 0, available: 0 })
  const paid = await Promise.all(orders.map(({ id }) => running.paymentsOf(id)))
  expect(paid.flat().map(({ amount_received }) => amount_received)).toEqual(Array(10).fill(price))
}

it("40 buyers and 10 units: exactly 10 paid orders and 30 refusals", () =>
  buyTenUnits(products.huawei, 650_00))

it("40 buyers and 10 units with two processes of Catalog: the same, and both have worked", async () => {
  const second = await startSecondProcess("catalog", running.cloud)
  try {
    await buyTenUnits(products.htc, 380_00)
    expect(second.lines.filter((line) => line.includes("catalog.reserve-stock"))).not.toEqual([])
  } finally {
    await second.stop()
  }
})

it("10 units held by 10 of 40 shoppers: exactly those 10 are paid, however late they check out", async () => {
  const sku = products.xiaomi
  await setStock(running, sku, 10)
  const holders = await Promise.all(Array.from({ length: 10 }, (_, i) => running.shop.signIn(`holder-${i}`)))
  const others = await Promise.all(Array.from({ length: 30 }, (_, i) => running.shop.signIn(`late-${i}`)))
  await Promise.all([...holders, ...others].map((shopper) => shopper.putItem(sku, 1)))
  const holds = await Promise.all(
    holders.map((shopper) => shopper.send<CartAnswer>("POST", "/basket/cart/hold", { body: {} })),
  )
  expect(holds.map(({ body }) => typeof body.hold?.expiresAt)).toEqual(Array(10).fill("string"))

  const buy = async (shopper: Customer) => {
    const { body } = await shopper.checkout({ ...visa, expectedTotal: usd(470_00) })
    return shopper.ended(body.orderId)
  }
  const refused = await Promise.all(others.map(buy))
  expect(refused.map(({ cancelReason }) => cancelReason?.code)).toEqual(Array(30).fill("stock.insufficient"))
  const paid = await Promise.all(holders.map(buy))
  expect(paid.map(({ status }) => status)).toEqual(Array(10).fill("Paid"))

  const level = await eventually(
    () => running.shop.stock(sku),
    ({ onHand, reserved }) => onHand === 0 && reserved === 0,
  )
  expect(level).toMatchObject({ onHand: 0, reserved: 0 })
})

it("a redelivered checkout message is still one order, also after it has ended", async () => {
  const customer = await running.shop.signIn("twice")
  await customer.putItem(products.samsung, 1)
  const before = await running.shop.stock(products.samsung)
  const { body } = await customer.checkout({ ...visa, expectedTotal: usd(740_00) })
  const order = await customer.ended(body.orderId)
  expect(order.status).toBe("Paid")
  const [checkout] = await running.sql<{ data: unknown }>(
    "basket",
    "SELECT data FROM checkout WHERE id = $1",
    [order.id],
  )

  const client = new ServiceBusClient(running.cloud.connections.serviceBus)
  const event = {
    specversion: "1.0",
    type: "eshop.basket.checked-out.v1",
    source: "/eshop/basket",
    subject: order.id,
    time: new Date().toISOString(),
    datacontenttype: "application/json",
    data: checkout?.data,
  }
  // New message ids: the broker's duplicate detection and the inbox both let them pass.
  const copies = Array.from({ length: 3 }, () => ({ ...event, id: randomUUID() }))
  await client.createSender("basket-events").sendMessages(
    copies.map((copy) => ({
      messageId: copy.id,
      subject: copy.type,
      contentType: "application/cloudevents+json",
      body: copy,
    })),
  )
  await client.close()
  const handled = await eventually(
    () =>
      running.sql("ordering", "SELECT event_id FROM inbox WHERE event_id = ANY ($1)", [
        copies.map(({ id }) => id),
      ]),
    (rows) => rows.length === 3,
  )

  expect(handled).toHaveLength(3)
  expect((await customer.order(order.id)).body).toEqual(order)
  expect(await running.paymentsOf(order.id)).toMatchObject([{ status: "succeeded", amount_received: 740_00 }])
  expect(await running.shop.stock(products.samsung)).toMatchObject({ onHand: before.onHand - 1, reserved: 0 })
})
