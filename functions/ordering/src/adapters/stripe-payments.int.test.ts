import { mkdtemp, rm } from "node:fs/promises"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DependencyUnavailableError } from "@eshop/building-blocks/failure"
import { newId } from "@eshop/building-blocks/ids"
import { usd } from "@eshop/domain/kernel/money"
import { type PaymentSimulator, startPaymentSimulator } from "@eshop/payment-simulator/server"
import { afterAll, beforeAll, expect, test } from "vitest"
import type { PaymentRequest } from "../payments/ports.ts"
import { type StripeCalls, stripeClient } from "./stripe-client.ts"
import { stripePayments } from "./stripe-payments.ts"

const apiKey = "sk_test_of_this_test"
const AMOUNT = 470_00

let dataDir: string
let simulator: PaymentSimulator
let calls: StripeCalls
const requests: string[] = []

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "payments-"))
  // The search never catches up: nothing may depend on it.
  const slow = { slowMs: 300, withholdMs: 60_000, searchLagMs: 3_600_000 }
  simulator = await startPaymentSimulator({ port: 0, apiKey, dataDir, ...slow })
  calls = stripeClient({ url: simulator.url, apiKey, timeoutMs: 1_000 })
  await calls(async (stripe) => stripe.on("request", (sent: { path: string }) => requests.push(sent.path)))
})
afterAll(async () => {
  await simulator?.close()
  await rm(dataDir, { recursive: true, force: true })
})

const payments = () => stripePayments(calls)
const order = (paymentMethod: string): PaymentRequest => ({
  orderId: newId(),
  amount: usd(AMOUNT),
  paymentMethod,
})
const ask = async <T>(path: string) => {
  const response = await fetch(`${simulator.url}/v1/${path}`, {
    headers: { authorization: `Bearer ${apiKey}` },
  })
  return (await response.json()) as T
}
type Intents = { data: { status: string; amount_received: number }[] }

/** The payments of an order, as they stand: `status captured`. */
async function intentsOf({ orderId }: PaymentRequest): Promise<string[]> {
  const { data } = await ask<Intents>(`test_helpers/payment_intents?order_id=${orderId}`)
  return data.map(({ status, amount_received }) => `${status} ${amount_received}`)
}
const totals = () => ask<{ captured: number; refunded: number }>("test_helpers/summary")
async function authorised(payment: PaymentRequest): Promise<string> {
  const outcome = await payments().authorise(payment)
  if (outcome.type !== "authorised") throw new Error(`it is ${outcome.type}`)
  return outcome.paymentId
}

test("an authorisation asked for 10 times at once and again is one payment; so is its capture", async () => {
  const payment = order("pm_card_visa")
  const outcomes = await Promise.all(
    Array.from({ length: 10 }, () =>
      payments()
        .authorise(payment)
        .catch((error) => {
          // The provider refuses a key that is being worked on; who is refused asks again.
          expect(error).toBeInstanceOf(DependencyUnavailableError)
          return "again"
        }),
    ),
  )
  const again = await payments().authorise(payment)
  expect(again).toEqual({ type: "authorised", paymentId: expect.stringMatching(/^pi_/) })
  for (const outcome of outcomes) expect([again, "again"]).toContainEqual(outcome)
  const { paymentId } = again as { paymentId: string }
  const before = await totals()
  const capture = { orderId: payment.orderId, paymentId }
  for (let time = 0; time < 2; time++)
    expect(await payments().capture(capture)).toEqual({ type: "captured", paymentId })
  expect(await intentsOf(payment)).toEqual([`succeeded ${AMOUNT}`])
  expect((await totals()).captured - before.captured).toBe(AMOUNT)
})

test("a payment that needs more time is processing until it is authorised", async () => {
  const first = await payments().authorise(order("pm_card_slow"))
  expect(first.type).toBe("processing")
  const { paymentId } = first as { paymentId: string }
  await expect.poll(() => payments().check(paymentId)).toEqual({ type: "authorised", paymentId })
})

test("a capture whose answer never comes is found to be done, once", async () => {
  const payment = order("pm_card_timeoutAfterCapture")
  const paymentId = await authorised(payment)
  const before = await totals()
  const capture = { orderId: payment.orderId, paymentId }
  for (let time = 0; time < 2; time++)
    expect(await payments().capture(capture)).toEqual({ type: "captured", paymentId })
  expect(await intentsOf(payment)).toEqual([`succeeded ${AMOUNT}`])
  expect((await totals()).captured - before.captured).toBe(AMOUNT)
})

test("10 refunds of one id at once are one", async () => {
  const payment = order("pm_card_visa")
  const paymentId = await authorised(payment)
  await payments().capture({ orderId: payment.orderId, paymentId })
  const before = await totals()
  const refund = { orderId: payment.orderId, paymentId, refundId: newId(), amount: usd(100_00) }
  await Promise.allSettled(Array.from({ length: 10 }, () => payments().refund(refund)))
  expect((await payments().refund(refund)).type).toBe("refunded")
  expect((await totals()).refunded - before.refunded).toBe(100_00)
})

test("undoing what was never asked for, or was declined, leaves no payment open", async () => {
  const [never, declined] = [order("pm_card_visa"), order("pm_card_chargeDeclined")]
  await payments().authorise(declined)
  for (const payment of [never, declined]) {
    await payments().undo(payment, undefined)
    expect(await intentsOf(payment)).toEqual(["canceled 0"])
  }
})

test("a dispute is found as it stands", async () => {
  const payment = order("pm_card_createDispute")
  const paymentId = await authorised(payment)
  await payments().capture({ orderId: payment.orderId, paymentId })
  const { data } = await ask<{ data: { id: string }[] }>(`disputes?payment_intent=${paymentId}`)
  const disputeId = data[0]?.id as string
  const open = { disputeId, paymentId, amount: usd(AMOUNT), reason: "fraudulent", outcome: "open" }
  expect(await payments().findDispute(disputeId)).toEqual(open)
  await calls(({ disputes }) =>
    disputes.update(disputeId, { evidence: { uncategorized_text: "winning_evidence" } }),
  )
  expect(await payments().findDispute(disputeId)).toEqual({ ...open, outcome: "won" })
})

test("a payment that is disputed is let go once the bank has given it back, and not before", async () => {
  const payment = order("pm_card_createDispute")
  const paymentId = await authorised(payment)
  await payments().capture({ orderId: payment.orderId, paymentId })
  const release = () => payments().release({ orderId: payment.orderId, paymentId })
  await expect(release()).rejects.toThrow("has been charged back")
  const { data } = await ask<{ data: { id: string }[] }>(`disputes?payment_intent=${paymentId}`)
  await calls(({ disputes }) => disputes.close(data[0]?.id as string))
  const before = await totals()
  for (let said = 0; said < 2; said++) await release()
  expect(await totals()).toEqual(before)
})

/** A provider with one answer to everything, and how often it was asked. */
async function providerThat(status: number, error: object) {
  let asked = 0
  const server = createServer((request, response) => {
    request.resume()
    asked++
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify({ error }))
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo
  return {
    payments: stripePayments(stripeClient({ url: `http://127.0.0.1:${port}`, apiKey })),
    asked: () => asked,
    close: () => new Promise((resolve) => server.close(resolve).closeAllConnections()),
  }
}

test.each([
  [409, { type: "invalid_request_error", code: "lock_timeout" }],
  [409, { type: "idempotency_error", code: "idempotency_key_in_use" }],
  [429, { type: "invalid_request_error", code: "rate_limit" }],
  [401, { type: "invalid_request_error" }],
  [500, { type: "api_error" }],
  [503, { type: "api_error" }],
])("an answer %i (%j) asks to be asked again, and is asked once", async (status, error) => {
  const provider = await providerThat(status, error)
  const payment = order("pm_card_visa")
  const asking = { orderId: payment.orderId, paymentId: "pi_1", refundId: newId(), amount: usd(1) }
  try {
    await expect(provider.payments.authorise(payment)).rejects.toThrow(DependencyUnavailableError)
    expect(provider.asked()).toBe(1)
    const { find, capture, undo, refund, checkRefund } = provider.payments
    for (const call of [
      () => capture({ orderId: payment.orderId, paymentId: "pi_1" }),
      () => undo(payment, "pi_1"),
      () => refund(asking),
      () => checkRefund("re_1"),
      () => find("pi_1"),
    ])
      await expect(call()).rejects.toThrow(DependencyUnavailableError)
  } finally {
    await provider.close()
  }
})

test("a key that was used for another payment is a fault, and no decline", async () => {
  const payment = order("pm_card_visa")
  await authorised(payment)
  const other = payments().authorise({ ...payment, amount: usd(1_00) })
  await expect(other).rejects.toThrow("Keys for idempotent requests")
})

test("a provider that is away is asked no more after ten calls, for a moment", async () => {
  const provider = await providerThat(500, { type: "api_error" })
  try {
    for (let n = 0; n < 15; n++)
      await expect(provider.payments.find("pi_1")).rejects.toThrow(DependencyUnavailableError)
    expect(provider.asked()).toBe(10)
  } finally {
    await provider.close()
  }
})

test("none of this has searched", () => {
  expect(requests.length).toBeGreaterThan(0)
  expect(requests.filter((path) => path.includes("search"))).toEqual([])
})
