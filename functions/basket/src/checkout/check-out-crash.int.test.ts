import { ServiceBusClient } from "@azure/service-bus"
import { usd } from "@eshop/domain/kernel/money"
import type { Cloud } from "@eshop/local-cloud/cloud"
import pg from "pg"
import { afterAll, beforeAll, expect, test } from "vitest"
import { clientOf, type Reply, type Send, tokenFor } from "../../../../tests/fixtures/http.ts"
import { startParts } from "../../../../tests/fixtures/local-parts.ts"

const CHECKOUTS = 60
const SKU = "IPHONE-X-BLACK"
const price = usd(950_00)

let cloud: Cloud
let database: pg.Pool

beforeAll(async () => {
  cloud = await startParts(["identity", "catalog", "basket"], { SEED: "true" })
  database = new pg.Pool({ connectionString: cloud.connections.postgres.basket })
})
afterAll(async () => {
  await database?.end()
  await cloud?.stop()
})

/** Sends the request until the app gives an answer that is not the crash's. */
async function insist(request: () => Promise<Reply>): Promise<Reply> {
  for (;;) {
    const reply = await request().catch(() => undefined)
    if (reply && reply.status < 500) return reply
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

async function allEvents(): Promise<string[]> {
  const client = new ServiceBusClient(cloud.connections.serviceBus)
  const receiver = client.createReceiver("basket-events", "ordering", { receiveMode: "receiveAndDelete" })
  const ids: string[] = []
  for (;;) {
    const messages = await receiver.receiveMessages(100, { maxWaitTimeInMs: 1_000 })
    ids.push(...messages.map(({ body }) => body.data.checkoutId))
    if (messages.length === 0) break
  }
  await client.close()
  return ids
}

test("the app killed among 60 checkouts: 60 orders, 60 events, no cart checked out twice", async () => {
  const senders: Send[] = []
  for (let customer = 0; customer < CHECKOUTS; customer++) {
    const token = await tokenFor(cloud.connections.identity, `customer=crash-${customer}`)
    senders.push(clientOf(cloud.connections.apps.basket, token))
  }
  for (const send of senders)
    expect((await send("PUT", `cart/items/${SKU}`, { quantity: 1 })).status).toBe(200)

  const body = {
    expectedTotal: price,
    paymentMethod: "pm_card_visa",
    shippingAddress: {
      firstName: "Mehmet",
      lastName: "Yılmaz",
      emailAddress: "mehmet@example.com",
      addressLine: "Bağdat Caddesi 1",
      country: "TR",
    },
  }
  let done = 0
  const checkouts = senders.map(async (send, index) => {
    // One after the other in waves, so that the kill meets some of them on their way.
    await new Promise((resolve) => setTimeout(resolve, index * 20))
    const reply = await insist(() => send("POST", "checkout", body, { "idempotency-key": `crash-${index}` }))
    done++
    return reply
  })
  const basket = cloud.part("basket")
  while (done < 15) await new Promise((resolve) => setTimeout(resolve, 5))
  basket.kill("SIGKILL")
  await basket.whenReady()
  const replies = await Promise.all(checkouts)
  expect(replies.map(({ status }) => status)).toEqual(Array(CHECKOUTS).fill(202))

  // A lease of the killed app's relay ends after ten seconds; the app that came after it sends what that had claimed.
  await database.query("UPDATE outbox SET leased_until = '-infinity'")
  while ((await database.query("SELECT 1 FROM outbox")).rowCount)
    await new Promise((resolve) => setTimeout(resolve, 100))
  const orderIds = replies.map(({ body: { orderId } }) => orderId).sort()
  const { rows } = await database.query("SELECT id FROM checkout ORDER BY id")
  expect(rows.map(({ id }) => id)).toEqual(orderIds)
  expect((await allEvents()).sort()).toEqual(orderIds)
})
