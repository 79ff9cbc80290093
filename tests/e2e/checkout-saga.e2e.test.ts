import { randomUUID } from "node:crypto"
import { ServiceBusClient } from "@azure/service-bus"
import type { SagaPosition } from "@eshop/building-blocks/durable/position"
import { toCloudEvent } from "@eshop/domain/contracts/event"
import { SagaWordSpoken } from "@eshop/domain/contracts/ordering-events"
import { usd } from "@eshop/domain/kernel/money"
import { someAddress } from "@eshop/local-cloud/shop/shop-client"
import { afterAll, describe, expect } from "vitest"
import { eventually, products, type RunningShop, runTimer, SEEDED, setStock } from "./running-shop.ts"
import { it } from "./shared-shop.ts"

let running: RunningShop
let bus: ServiceBusClient

it.beforeAll(async ({ shop }) => {
  running = shop
  bus = new ServiceBusClient(running.cloud.connections.serviceBus)
})
afterAll(async () => {
  await bus?.close()
})

async function checkOut(name: string, paymentMethod: string) {
  const buyer = await running.shop.signIn(`${name}-${randomUUID()}`)
  await buyer.putItem(products.htc, 1)
  const order = { shippingAddress: someAddress, paymentMethod, expectedTotal: usd(380_00) }
  const { body } = await buyer.checkout(order)
  return { buyer, orderId: body.orderId }
}

/** Where the order's saga stands, by the task hub's own API. */
async function standing(orderId: string): Promise<{ runtimeStatus?: string; customStatus?: SagaPosition }> {
  const hub = `${running.cloud.connections.apps.ordering}/runtime/webhooks/durabletask`
  const response = await fetch(`${hub}/instances/${orderId}`)
  return response.status === 404 ? {} : ((await response.json()) as object)
}
const standsAt = async (orderId: string, step: string, attempt = 0) => {
  const { customStatus } = await eventually(
    () => standing(orderId),
    ({ customStatus: now }) => now?.step === step && (now.attempt ?? 0) >= attempt,
  )
  return customStatus as SagaPosition
}

/** What the customer's cancellation says to the saga. */
async function sayCancel(orderId: string, by: string): Promise<void> {
  const data = { orderId, instanceId: orderId, word: "cancel", by } as const
  const event = toCloudEvent(SagaWordSpoken, { id: randomUUID(), time: new Date(), subject: orderId }, data)
  const sender = bus.createSender(SagaWordSpoken.topic)
  await sender.sendMessages({ body: event, messageId: event.id, subject: event.type })
  await sender.close()
}

const pageOf = async (orderId: string): Promise<string> => {
  const [row] = await running.sql<{ url: string }>(
    "ordering",
    "SELECT state->'paymentAction'->>'redirectUrl' AS url FROM orders WHERE id = $1",
    [orderId],
  )
  return row?.url ?? ""
}
const press = (url: string, answer: string) =>
  fetch(url, { method: "POST", body: new URLSearchParams({ answer }), redirect: "manual" })
const receivedFor = async (orderId: string) =>
  (await running.paymentsOf(orderId)).map(({ status, amount_received }) => [status, amount_received])
const nothingReserved = () =>
  eventually(
    () => running.shop.stock(products.htc),
    ({ reserved }) => reserved === 0,
  )

describe("a payment that its holder must confirm", () => {
  it("waits for them at the provider's page, and is paid once they have", async () => {
    const { buyer, orderId } = await checkOut("confirming", "pm_card_authenticationRequired")
    const { says, until } = await standsAt(orderId, "awaiting-confirmation")
    expect(says).toMatch(/^waits for the customer to confirm the payment until .* UTC, then cancels$/)
    expect(Date.parse(until ?? "") - Date.now()).toBeGreaterThan(20 * 60_000)
    expect((await buyer.timeline(orderId)).events.at(-1)?.type).toBe("PaymentActionRequired")
    await press(await pageOf(orderId), "authorise")
    expect((await buyer.ended(orderId)).status).toBe("Paid")
    expect(await receivedFor(orderId)).toEqual([["succeeded", 380_00]])
  })

  it("is declined when they refuse", async () => {
    const { buyer, orderId } = await checkOut("refusing", "pm_card_authenticationRequired")
    await standsAt(orderId, "awaiting-confirmation")
    await press(await pageOf(orderId), "refuse")
    expect((await buyer.ended(orderId)).cancelReason?.code).toBe("payment.declined")
    expect(await nothingReserved()).toMatchObject({ reserved: 0 })
  })

  it("is given up when the customer cancels: the payment is voided, the stock is free", async () => {
    const { buyer, orderId } = await checkOut("cancelling", "pm_card_authenticationRequired")
    await standsAt(orderId, "awaiting-confirmation")
    await sayCancel(orderId, buyer.customerId)
    expect((await buyer.ended(orderId)).cancelReason).toEqual({
      code: "customer.asked",
      detail: "The customer asked for it.",
    })
    expect(await receivedFor(orderId)).toEqual([["canceled", 0]])
    expect(await nothingReserved()).toMatchObject({ reserved: 0 })
  })

  it("is given up when the time of its stock is over", async () => {
    const { buyer, orderId } = await checkOut("waiting", "pm_card_authenticationRequired")
    await standsAt(orderId, "awaiting-confirmation")
    await running.sql("catalog", "UPDATE reservation SET expires_at = now() WHERE order_id = $1", [orderId])
    await runTimer(running.cloud, "catalog", "catch-up")
    expect((await buyer.ended(orderId)).cancelReason?.code).toBe("stock.expired")
    expect(await receivedFor(orderId)).toEqual([["canceled", 0]])
    expect(await nothingReserved()).toMatchObject({ reserved: 0 })
  })
})

it("a payment that wins against the end of its stock, which others have taken, is given back", async () => {
  const { buyer, orderId } = await checkOut("unlucky", "pm_card_authenticationRequired")
  await standsAt(orderId, "awaiting-confirmation")
  // As if the reservation had ended and its units were sold, and nobody had told the saga yet.
  await running.sql(
    "catalog",
    `WITH ended AS (
       UPDATE reservation SET status = 'expired', allocations = '[]' WHERE order_id = $1
     )
     UPDATE stock SET reserved = 0, on_hand = 0 WHERE sku = $2`,
    [orderId, products.htc],
  )
  await press(await pageOf(orderId), "authorise")
  const { body } = await eventually(
    () => buyer.order(orderId),
    ({ body: order }) => order.status === "Cancelled",
  )
  expect(body.cancelReason).toMatchObject({
    code: "stock.insufficient",
    data: { shortages: [{ sku: products.htc, requested: 1, available: 0 }] },
  })
  expect((await buyer.timeline(orderId)).events.map(({ type }) => type).slice(0, 7)).toEqual([
    "OrderSubmitted",
    "StockRequested",
    "StockConfirmed",
    "PaymentActionRequired",
    "OrderPaid",
    "OrderCancelled",
    "RefundRequested",
  ])
  await setStock(running, products.htc, SEEDED)
})

it("a checkout whose payment provider is out goes on, or back, at an operator's word", async () => {
  const back = running.cloud.part("payments").takeAway()
  const [goes, ends] = await Promise.all([checkOut("goes", "pm_card_visa"), checkOut("ends", "pm_card_visa")])
  const manager = await running.shop.roleToken("orders.manage")
  const say = (orderId: string, word: string, { step, attempt }: SagaPosition) =>
    running.shop.send(manager, "POST", `/ordering/operations/sagas/${orderId}/words`, {
      body: { word, step, attempt },
      headers: { "idempotency-key": randomUUID() },
    })
  const stuck = await standsAt(ends.orderId, "authorise-payment", 5)
  expect(stuck).toMatchObject({ needsAttention: true, waitsFor: "payments", hears: ["retry", "compensate"] })
  expect((await say(ends.orderId, "skip", stuck)).status).toBe(409)
  expect((await say(ends.orderId, "compensate", stuck)).status).toBe(202)
  // Led back: the undo needs the provider as well.
  await standsAt(ends.orderId, "undo-authorise-payment", 5)

  await standsAt(goes.orderId, "authorise-payment", 6)
  await back()
  // The app asks the provider again when its circuit's pause is over: until then an operator's retry fails as well.
  const retryUntilEnded = async ({ buyer, orderId }: typeof goes) => {
    const said = new Set<number | undefined>()
    await eventually(
      async () => {
        const now = (await standing(orderId)).customStatus
        if (now?.needsAttention && !said.has(now.attempt)) await say(orderId, "retry", now)
        said.add(now?.attempt)
        return (await buyer.order(orderId)).body.status
      },
      (status) => status === "Paid" || status === "Cancelled",
    )
  }
  await Promise.all([goes, ends].map(retryUntilEnded))
  expect((await goes.buyer.ended(goes.orderId)).status).toBe("Paid")
  expect((await ends.buyer.ended(ends.orderId)).cancelReason?.code).toBe("checkout.ended")
  expect(await receivedFor(goes.orderId)).toEqual([["succeeded", 380_00]])
  expect((await receivedFor(ends.orderId)).map(([, received]) => received)).toEqual([0])
})

it("a customer's word that comes when the order is paid ends it, and its money is asked back", async () => {
  const { buyer, orderId } = await checkOut("late", "pm_card_visa")
  expect((await buyer.ended(orderId)).status).toBe("Paid")
  await sayCancel(orderId, buyer.customerId)
  const { body } = await eventually(
    () => buyer.order(orderId),
    ({ body: order }) => order.status === "Cancelled",
  )
  expect(body.cancelReason?.code).toBe("customer.asked")
  expect((await buyer.timeline(orderId)).events.map(({ type }) => type).slice(0, 6)).toEqual([
    "OrderSubmitted",
    "StockRequested",
    "StockConfirmed",
    "OrderPaid",
    "OrderCancelled",
    "RefundRequested",
  ])
})
