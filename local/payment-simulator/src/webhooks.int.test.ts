import { mkdtemp, rm } from "node:fs/promises"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { type PaymentSimulator, startPaymentSimulator } from "./server.ts"
import { apiKey, ask, order } from "./testing/client.ts"
import { signatureOf } from "./webhooks.ts"

const secret = "whsec_of_this_test"

let dataDir: string
let simulator: PaymentSimulator
let shop: Awaited<ReturnType<typeof endpoint>>

/** The shop's endpoint. It answers with these statuses first, and then with 200. */
async function endpoint(...statuses: number[]) {
  // biome-ignore lint/suspicious/noExplicitAny: events are compared member by member
  const events: { event: any; signature: string; isSigned: boolean; status: number }[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const body = Buffer.concat(chunks).toString()
    const signature = String(request.headers["stripe-signature"])
    const at = Number(/^t=(\d+),/.exec(signature)?.[1]) * 1_000
    const status = statuses.shift() ?? 200
    const isSigned = signature === signatureOf(body, secret, at)
    events.push({ event: JSON.parse(body), signature, isSigned, status })
    response.writeHead(status).end()
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return {
    events,
    types: () => events.map(({ event }) => event.type).sort(),
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () => new Promise((resolve) => server.close(resolve).closeAllConnections()),
  }
}

async function start(events?: string[], ...statuses: number[]) {
  shop = await endpoint(...statuses)
  const webhook = { url: shop.url, secret, ...(events && { events }) }
  simulator = await startPaymentSimulator({ port: 0, apiKey, dataDir, slowMs: 100, webhook })
}
const call = (path: string, form?: Record<string, string>, key?: string) =>
  ask(simulator.url, path, form, key)
const pay = async (method = "pm_card_visa") =>
  (await call("/v1/payment_intents", order(method), "order-1-authorise")).body
const capture = (id: string) => call(`/v1/payment_intents/${id}/capture`, {})
const come = (count: number) => expect.poll(() => shop.events.length, { timeout: 10_000 }).toBe(count)

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "payments-"))
})
afterEach(async () => {
  await simulator.close()
  await shop.close()
  await rm(dataDir, { recursive: true })
})

it("reports what happens to a payment, signed, and names the request that brought it about", async () => {
  await start()
  const { id } = await pay()
  await capture(id)
  await come(3)
  expect(shop.types()).toEqual([
    "payment_intent.amount_capturable_updated",
    "payment_intent.created",
    "payment_intent.succeeded",
  ])
  expect(shop.events.every(({ isSigned }) => isSigned)).toBe(true)
  const [authorised] = shop.events.filter(({ event }) => event.type.includes("capturable"))
  expect(authorised?.event).toMatchObject({
    id: expect.stringMatching(/^evt_/),
    object: "event",
    request: { id: expect.stringMatching(/^req_/), idempotency_key: "order-1-authorise" },
    data: { object: { id, status: "requires_capture", metadata: { order_id: "order-1" } } },
  })
})

it("reports only the types that the endpoint subscribes to", async () => {
  await start(["payment_intent.canceled"])
  const { id } = await pay()
  await call(`/v1/payment_intents/${id}/cancel`, {})
  await come(1)
  expect(shop.types()).toEqual(["payment_intent.canceled"])
})

it("sends a report again until it is taken", async () => {
  await start(["payment_intent.succeeded"], 500, 503)
  await capture((await pay()).id)
  await come(3)
  expect(shop.events.map(({ status }) => status)).toEqual([500, 503, 200])
  expect(new Set(shop.events.map(({ event }) => event.id)).size).toBe(1)
})

it("keeps what nobody has taken over a restart", async () => {
  await start(["payment_intent.succeeded"], ...Array(50).fill(500))
  await capture((await pay()).id)
  await come(1)
  await simulator.close()
  await shop.close()
  await start(["payment_intent.succeeded"])
  await come(1)
  expect(shop.types()).toEqual(["payment_intent.succeeded"])
})

describe("a test decides when a report comes", () => {
  const deliver = (delivery: string) => call("/v1/test_helpers/webhook_delivery", { delivery })

  it.each([
    ["before", 1],
    ["together", 1],
    ["after", 1],
    ["twice", 2],
  ])("%s", async (delivery, times) => {
    await start(["payment_intent.succeeded"])
    expect((await deliver(delivery)).status).toBe(200)
    await capture((await pay()).id)
    if (delivery === "before") expect(shop.events).toHaveLength(1)
    await come(times)
    expect(new Set(shop.events.map(({ event }) => event.id)).size).toBe(1)
  })

  it("never, and nothing else is a time", async () => {
    await start()
    await deliver("never")
    await capture((await pay()).id)
    expect((await deliver("sometimes")).status).toBe(400)
    expect((await call("/v1/test_helpers/webhook_delivery", {})).status).toBe(400)
    await deliver("after")
    await call(`/v1/refunds`, { payment_intent: (await pay()).id })
    await come(1)
    expect(shop.types()).toEqual(["refund.created"])
  })
})

it("reports what time alone changes: a slow payment, and a refund that takes its time or comes back", async () => {
  await start(["payment_intent.amount_capturable_updated", "refund.updated", "refund.failed"])
  const pending = (await call("/v1/payment_intents", order("pm_card_pendingRefund"))).body
  const failing = (await call("/v1/payment_intents", order("pm_card_refundFail"))).body
  await come(2)
  for (const { id } of [pending, failing]) await capture(id)
  const refund = async (id: string) => (await call("/v1/refunds", { payment_intent: id })).body
  const refunds = [await refund(pending.id), await refund(failing.id)]
  expect(refunds.map(({ status }) => status)).toEqual(["pending", "succeeded"])
  await come(5)
  expect(shop.types().slice(2)).toEqual(["refund.failed", "refund.updated", "refund.updated"])
  const now = await Promise.all(refunds.map(({ id }) => call(`/v1/refunds/${id}`)))
  expect(now.map(({ body }) => body.status)).toEqual(["succeeded", "failed"])
  expect((await call("/v1/test_helpers/summary")).body).toMatchObject({ captured: 5000, refunded: 2500 })
  await call("/v1/payment_intents", order("pm_card_slow"))
  await come(6)
})

it("reports a dispute from its beginning to the bank's decision", async () => {
  await start(["charge.dispute.created", "charge.dispute.updated", "charge.dispute.closed"])
  const { id } = await pay("pm_card_createDispute")
  await capture(id)
  const dispute = (await call(`/v1/disputes?payment_intent=${id}`)).body.data[0].id
  const say = (text: string) => call(`/v1/disputes/${dispute}`, { "evidence[uncategorized_text]": text })
  await say("a letter")
  await say("winning_evidence")
  expect((await say("more")).status).toBe(400)
  await come(3)
  expect(shop.types()).toEqual(["charge.dispute.closed", "charge.dispute.created", "charge.dispute.updated"])
  expect((await call(`/v1/disputes/${dispute}`)).body.status).toBe("won")
  expect((await call("/v1/refunds", { payment_intent: id })).status).toBe(200)
})

it("speaks one version of the API", async () => {
  await start()
  const asking = (version: string) =>
    fetch(`${simulator.url}/v1/refunds`, {
      headers: { authorization: `Bearer ${apiKey}`, "stripe-version": version },
    })
  expect([(await asking("2020-08-27")).status, (await asking("2026-10-28.endive")).status]).toEqual([
    400, 200,
  ])
  const old = { ...order("pm_card_visa"), "payment_method_types[]": "card" }
  expect((await call("/v1/payment_intents", old)).body.error.code).toBe("parameter_unknown")
  const today = { ...order("pm_card_visa"), "allowed_payment_method_types[0]": "card" }
  expect((await call("/v1/payment_intents", today)).status).toBe(200)
})
