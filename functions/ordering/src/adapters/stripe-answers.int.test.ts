import { once } from "node:events"
import { createServer, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { DependencyUnavailableError } from "@eshop/building-blocks/failure"
import { newId } from "@eshop/building-blocks/ids"
import { usd } from "@eshop/domain/kernel/money"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { stripeClient } from "./stripe-client.ts"
import { stripePayments } from "./stripe-payments.ts"

// A provider that answers anything: nothing that it says wrongly moves an order.
const asked: string[] = []
let answer: (response: ServerResponse) => void
const server = createServer((request, response) => {
  asked.push(`${request.method} ${request.url}`)
  request.resume().on("end", () => answer(response))
})
let url: string

beforeAll(async () => {
  await once(server.listen(0, "127.0.0.1"), "listening")
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})
beforeEach(() => {
  asked.length = 0
})

const payments = () => stripePayments(stripeClient({ url, apiKey: "sk_test_of_this_test", timeoutMs: 300 }))
const payment = { orderId: newId(), amount: usd(470_00), paymentMethod: "pm_card_visa" }
const json =
  (body: unknown, status = 200) =>
  (response: ServerResponse) =>
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body))
const intent = (more: object) => ({
  object: "payment_intent",
  id: "pi_1",
  currency: "usd",
  amount_received: 0,
  metadata: {},
  ...more,
})

describe("an answer that is none", () => {
  test.each<[string, typeof answer]>([
    ["a page", (response) => response.writeHead(200, { "content-type": "text/html" }).end("<h1>Sorry</h1>")],
    ["nothing", (response) => response.end()],
    ["half of one", (response) => response.writeHead(200).end('{"object": "payment_intent", "id": "pi_')],
    ["null", json(null)],
    ["a list of nothing", json([])],
    ["an empty object", json({})],
    ["an object without its id", json({ object: "payment_intent", status: "succeeded" })],
    ["a redirect", (response) => response.writeHead(302, { location: `${url}/elsewhere` }).end()],
    ["one that never comes", () => {}],
    ["one that never ends", (response) => response.writeHead(200).write("{")],
    [
      "one that breaks off",
      (response) => response.writeHead(200, { "content-length": "100" }).write("{", () => response.destroy()),
    ],
    ["a failure of theirs", json({ error: { type: "api_error", message: "oops" } }, 500)],
  ])("authorises, declines, captures, refunds and undoes nothing: %s", async (_, given) => {
    answer = given
    const { authorise, check, capture, refund, checkRefund, undo } = payments()
    const calls = [
      () => authorise(payment),
      () => check("pi_1"),
      () => capture({ orderId: payment.orderId, paymentId: "pi_1" }),
      () => refund({ orderId: payment.orderId, paymentId: "pi_1", refundId: newId(), amount: usd(1) }),
      () => checkRefund("re_1"),
      () => undo(payment, undefined),
    ]
    for (const call of calls) await expect(call()).rejects.toThrow(DependencyUnavailableError)
    expect(asked.filter((request) => request.includes("elsewhere"))).toEqual([])
  })
})

test("a capture that is answered with another state is not taken for one", async () => {
  answer = json(intent({ status: "requires_capture" }))
  const captured = payments().capture({ orderId: payment.orderId, paymentId: "pi_1" })
  await expect(captured).rejects.toThrow("the capture came to requires_capture")
})

test.each([
  ["https://hooks.stripe.example/3d", "https://hooks.stripe.example/3d"],
  ["javascript:alert(1)", undefined],
  ["data:text/html,<script>alert(1)</script>", undefined],
  ["not a url", undefined],
])("a browser is sent to a web address alone: %s", async (given, redirectUrl) => {
  answer = json(intent({ status: "requires_action", next_action: { redirect_to_url: { url: given } } }))
  expect(await payments().authorise(payment)).toEqual({
    type: "action-required",
    paymentId: "pi_1",
    ...(redirectUrl && { redirectUrl }),
  })
})
