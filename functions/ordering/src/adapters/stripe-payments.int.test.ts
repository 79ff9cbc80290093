import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DependencyUnavailableError } from "@eshop/building-blocks/failure"
import {
  type ServiceClient,
  type ServiceRequest,
  serviceClient,
} from "@eshop/building-blocks/http/service-client"
import { newId } from "@eshop/building-blocks/ids"
import { usd } from "@eshop/domain/kernel/money"
import { type PaymentSimulator, startPaymentSimulator } from "@eshop/payment-simulator/server"
import { afterAll, beforeAll, expect, test } from "vitest"
import type { PaymentRequest } from "../checkout/ports.ts"
import { stripePayments } from "./stripe-payments.ts"

const apiKey = "sk_test_of_this_test"
const AMOUNT = 470_00

let dataDir: string
let simulator: PaymentSimulator
let client: ServiceClient
const requests: ServiceRequest[] = []

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "payments-"))
  // The search never catches up: nothing may depend on it.
  const slow = { slowMs: 300, withholdMs: 60_000, searchLagMs: 3_600_000 }
  simulator = await startPaymentSimulator({ port: 0, apiKey, dataDir, ...slow })
  const real = serviceClient({ name: "payments", baseUrl: simulator.url, apiKey, timeoutMs: 1_000 })
  client = {
    send(request) {
      requests.push(request)
      return real.send(request)
    },
  }
})
afterAll(async () => {
  await simulator?.close()
  await rm(dataDir, { recursive: true, force: true })
})

const payments = () => stripePayments(client)
const order = (paymentMethod: string, amount = AMOUNT): PaymentRequest => ({
  orderId: newId(),
  amount: usd(amount),
  paymentMethod,
})
const ask = async <T>(path: string) => {
  const response = await fetch(`${simulator.url}/v1/${path}`, {
    headers: { authorization: `Bearer ${apiKey}` },
  })
  return (await response.json()) as T
}
type Intents = {
  data: { status: string; amount_received: number; metadata: { order_id: string } }[]
  has_more: boolean
}

/** The payments of an order, as they stand: `status captured`. */
async function intentsOf({ orderId }: PaymentRequest): Promise<string[]> {
  const { data, has_more } = await ask<Intents>("payment_intents?limit=100")
  expect(has_more).toBe(false)
  return data
    .filter(({ metadata }) => metadata.order_id === orderId)
    .map(({ status, amount_received }) => `${status} ${amount_received}`)
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

test.each([
  ["a card that is declined", "pm_card_chargeDeclined", AMOUNT, "generic_decline"],
  ["a payment method that does not exist", "pm_nonsense", AMOUNT, "resource_missing"],
  ["an amount below the provider's minimum", "pm_card_visa", 49, "amount_too_small"],
])("%s is declined with its code", async (_, method, amount, code) => {
  expect(await payments().authorise(order(method, amount))).toMatchObject({ type: "declined", code })
})

test("a payment that needs more time is processing until it is authorised", async () => {
  const first = await payments().authorise(order("pm_card_slow"))
  expect(first.type).toBe("processing")
  const { paymentId } = first as { paymentId: string }
  await expect.poll(() => payments().check(paymentId)).toEqual({ type: "authorised", paymentId })
})

test("a payment that its holder must confirm asks for that, and can be undone", async () => {
  const payment = order("pm_card_authenticationRequired")
  const outcome = await payments().authorise(payment)
  expect(outcome).toMatchObject({ type: "action-required", paymentId: expect.stringMatching(/^pi_/) })
  await payments().undo(payment, outcome.paymentId)
  expect(await intentsOf(payment)).toEqual(["canceled 0"])
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

test("a capture of a payment that was undone meanwhile is refused", async () => {
  const payment = order("pm_card_visa")
  const paymentId = await authorised(payment)
  await payments().undo(payment, paymentId)
  const refused = await payments().capture({ orderId: payment.orderId, paymentId })
  expect(refused).toEqual({ type: "refused", paymentId, code: "canceled" })
})

test.each([
  ["its id", true],
  ["its request's idempotency key", false],
])("undoing by %s voids what was authorised and refunds what was captured, once", async (_, isKnown) => {
  const [voided, refunded] = [order("pm_card_visa"), order("pm_card_visa")]
  const ids = [await authorised(voided), await authorised(refunded)] as const
  await payments().capture({ orderId: refunded.orderId, paymentId: ids[1] })
  const before = await totals()
  for (let time = 0; time < 2; time++) {
    await payments().undo(voided, isKnown ? ids[0] : undefined)
    await payments().undo(refunded, isKnown ? ids[1] : undefined)
  }
  expect(await intentsOf(voided)).toEqual(["canceled 0"])
  expect(await intentsOf(refunded)).toEqual([`succeeded ${AMOUNT}`])
  expect((await totals()).refunded - before.refunded).toBe(AMOUNT)
})

test("undoing what was never asked for, or was declined, leaves no payment open", async () => {
  const [never, declined] = [order("pm_card_visa"), order("pm_card_chargeDeclined")]
  await payments().authorise(declined)
  for (const payment of [never, declined]) {
    await payments().undo(payment, undefined)
    expect(await intentsOf(payment)).toEqual(["canceled 0"])
  }
})

test.each([409, 429])("an answer %i asks to be asked again", async (status) => {
  const busy = stripePayments({ send: async () => ({ status, headers: new Headers(), text: "{}" }) })
  const payment = order("pm_card_visa")
  await expect(busy.authorise(payment)).rejects.toThrow(DependencyUnavailableError)
  await expect(busy.capture({ orderId: payment.orderId, paymentId: "pi_1" })).rejects.toThrow(
    DependencyUnavailableError,
  )
  await expect(busy.undo(payment, "pi_1")).rejects.toThrow(DependencyUnavailableError)
})

test("none of this has searched", () => {
  expect(requests.length).toBeGreaterThan(0)
  expect(requests.filter(({ path }) => path.includes("search"))).toEqual([])
})
