import { ServiceBusClient } from "@azure/service-bus"
import { BasketCheckedOut } from "@eshop/domain/contracts/basket-events"
import { usd } from "@eshop/domain/kernel/money"
import type { Cloud } from "@eshop/local-cloud/cloud"
import { developmentSecrets } from "@eshop/local-cloud/settings"
import pg from "pg"
import { afterAll, beforeAll, expect, test } from "vitest"
import { atOnce } from "../../../tests/fixtures/calls.ts"
import { clientOf, codeOf, type Reply, type Send, tokenFor } from "../../../tests/fixtures/http.ts"
import { startParts } from "../../../tests/fixtures/local-parts.ts"
import { checkOut, checkoutOf, put, shippingAddress } from "./testing/basket.ts"

let cloud: Cloud
let database: pg.Pool
let nobody: Send

beforeAll(async () => {
  cloud = await startParts(["identity", "catalog", "discount", "basket"], { SEED: "true" })
  database = new pg.Pool({ connectionString: cloud.connections.postgres.basket })
  database.on("error", () => {})
  nobody = clientOf(cloud.connections.apps.basket)
})
afterAll(async () => {
  await database?.end()
  await cloud?.stop()
})

let customers = 0
async function newCustomer(): Promise<Send> {
  const token = await tokenFor(cloud.connections.identity, `customer=customer-${++customers}`)
  return clientOf(cloud.connections.apps.basket, token)
}
/** Another service of the shop, with its own token. */
async function serviceCalled(id: string): Promise<Send> {
  const answer = await fetch(`${cloud.connections.identity}/token`, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "client_credentials",
      client_id: id,
      client_secret: developmentSecrets.clientSecret(id),
    }),
  })
  const { access_token } = (await answer.json()) as { access_token: string }
  return clientOf(cloud.connections.apps.basket, access_token)
}

/** Asks until the readiness is this one. */
async function whenReadinessIs(status: number, degraded: readonly string[]): Promise<void> {
  for (;;) {
    const reply = await nobody("GET", "health/ready")
    if (reply.status === status && JSON.stringify(reply.body.degraded) === JSON.stringify(degraded)) return
  }
}

/** A cart is shown without discounts rather than late: Discount's first answers take their time. */
async function whenDiscountsAreThere(send: Send): Promise<void> {
  while ((await send("GET", "cart")).body.discountUnavailable);
}

test("prices are Catalog's, discounts Discount's, and the address goes to Ordering alone", async () => {
  const send = await newCustomer()
  const cart = await put(send, "IPHONE-X-BLACK", 2)
  expect(cart.body).toMatchObject({ subtotal: usd(1900_00), version: 1 })
  await whenDiscountsAreThere(send)
  const quoted = await send("PUT", "cart/coupon", { couponCode: "IPHONE150" })
  expect(quoted.body).toMatchObject({ discount: usd(300_00), total: usd(1600_00) })
  const { status, body } = await checkOut(send, checkoutOf(1600_00))
  expect([status, body.discount, body.discountUnavailable]).toEqual([202, usd(300_00), false])

  const details = await (await serviceCalled("ordering"))("GET", `checkouts/${body.orderId}`)
  expect(details.body).toMatchObject({ shippingAddress, checkout: { total: usd(1600_00) } })
  const discount = await serviceCalled("discount")
  const replies = [await discount("GET", `checkouts/${body.orderId}`), await discount("GET", "cart")]
  expect(replies.map((reply) => [reply.status, codeOf(reply)])).toEqual(
    Array(2).fill([403, "auth.forbidden"]),
  )
})

test("HEAD is answered where GET is; a wrong token is 401", async () => {
  const head = await (await newCustomer())("HEAD", "cart")
  expect([head.status, head.body, head.headers.get("etag")]).toEqual([
    200,
    "",
    expect.stringMatching(/^"0\./),
  ])
  const wrong = await nobody("GET", "cart", undefined, { authorization: "Bearer a.b.c" })
  expect([wrong.status, codeOf(wrong)]).toEqual([401, "auth.invalid-token"])
})

test("100 checkouts at once with one key are one event on the bus", async () => {
  const send = await newCustomer()
  await put(send, "SAMSUNG-10-RED", 1)
  const insist = async (): Promise<Reply> => {
    const reply = await checkOut(send, checkoutOf(740_00), "one-key")
    return reply.status === 409 && codeOf(reply) === "idempotency-key.in-flight" ? await insist() : reply
  }
  const replies = await atOnce(100, insist)
  expect(replies.map(({ status }) => status)).toEqual(Array(100).fill(202))
  expect(new Set(replies.map(({ body }) => JSON.stringify(body))).size).toBe(1)
  const { orderId } = replies[0]?.body ?? {}

  const client = new ServiceBusClient(cloud.connections.serviceBus)
  const events = client.createReceiver("basket-events", "ordering", { receiveMode: "receiveAndDelete" })
  const received: { subject?: string; data: unknown }[] = []
  for (;;) {
    const messages = await events.receiveMessages(100, { maxWaitTimeInMs: 2_000 })
    received.push(...messages.map(({ body }) => body))
    if (messages.length === 0) break
  }
  await client.close()
  const ours = received.filter(({ subject }) => subject === orderId)
  expect(ours.map(({ data }) => BasketCheckedOut.data.parse(data).checkoutId)).toEqual([orderId])
  expect(JSON.stringify(received)).not.toContain(shippingAddress.lastName)
  expect((await database.query("SELECT id FROM outbox")).rows).toEqual([])
})

test("Discount that hangs shows in the readiness, and costs the discount, not the order", async () => {
  const send = await newCustomer()
  await put(send, "SAMSUNG-10-RED", 1)
  await whenReadinessIs(200, [])
  const goOn = cloud.part("discount").holdStill()
  try {
    await whenReadinessIs(200, ["discount"])
    await send("PUT", "cart/coupon", { couponCode: "WELCOME10" })
    const reply = await checkOut(send, checkoutOf(840_00))
    expect([reply.status, reply.body.discountUnavailable]).toEqual([202, true])
  } finally {
    goOn()
  }
  await whenReadinessIs(200, [])
})
