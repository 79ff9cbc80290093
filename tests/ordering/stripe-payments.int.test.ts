import { serviceClient } from "@eshop/building-blocks/http/service-client"
import { newId } from "@eshop/building-blocks/ids"
import { usd } from "@eshop/domain/money"
import type { Cloud } from "@eshop/local-cloud/cloud"
import { developmentSecrets } from "@eshop/local-cloud/settings"
import { paymentsOf } from "@eshop/local-cloud/shop/shop-client"
import { afterAll, beforeAll, expect, test } from "vitest"
import { stripePayments } from "../../functions/ordering/src/adapters/stripe-payments.ts"
import type { Payments } from "../../functions/ordering/src/checkout/ports.ts"
import { atOnce } from "../fixtures/calls.ts"
import { startParts } from "../fixtures/local-parts.ts"

let cloud: Cloud
let payments: Payments
const apiKey = developmentSecrets.paymentApiKey

beforeAll(async () => {
  cloud = await startParts(["payments"])
  payments = stripePayments(
    serviceClient({ name: "payments", baseUrl: cloud.connections.payments, apiKey, timeoutMs: 1_000 }),
  )
})
afterAll(() => cloud?.stop())

const intentsOf = (orderId: string) => paymentsOf({ url: cloud.connections.payments, apiKey }, orderId)
const order = (paymentMethod: string, orderId = newId()) => ({ orderId, amount: usd(470_00), paymentMethod })

test("an authorisation asked for 10 times at once and again is one payment; so is its capture", async () => {
  const payment = order("pm_card_visa")
  const outcomes = await atOnce(10, () => payments.authorise(payment, {}).catch(() => "again"))
  const authorised = await payments.authorise(payment, {})
  expect(authorised).toEqual({ type: "authorised", paymentId: expect.stringMatching(/^pi_/) })
  // The provider refuses a key that is being worked on; who is refused asks again.
  const answered = outcomes.filter((outcome) => outcome !== "again")
  expect(new Set(answered.map((outcome) => JSON.stringify(outcome)))).toEqual(
    new Set([JSON.stringify(authorised)]),
  )
  const { paymentId } = authorised as { paymentId: string }
  const capture = { orderId: payment.orderId, paymentId }
  expect(await payments.capture(capture, {})).toEqual({ type: "captured", paymentId })
  expect(await payments.capture(capture, {})).toEqual({ type: "captured", paymentId })
  expect(await intentsOf(payment.orderId)).toMatchObject([{ status: "succeeded", amount_received: 470_00 }])
})

test("a card that is declined, and a payment method that does not exist, are declined", async () => {
  const declined = await payments.authorise(order("pm_card_chargeDeclined"), {})
  expect(declined).toMatchObject({
    type: "declined",
    code: expect.stringMatching(/card_declined|generic_decline/),
  })
  expect(await payments.authorise(order("pm_nonsense"), {})).toMatchObject({ type: "declined" })
})

test("a payment that needs more time is processing until it is authorised", async () => {
  const first = await payments.authorise(order("pm_card_slow"), {})
  expect(first.type).toBe("processing")
  const { paymentId } = first as { paymentId: string }
  let outcome = first
  while (outcome.type === "processing") {
    await new Promise((resolve) => setTimeout(resolve, 100))
    outcome = await payments.check(paymentId, {})
  }
  expect(outcome).toEqual({ type: "authorised", paymentId })
})

test("a capture whose answer never comes is found to be done", async () => {
  const payment = order("pm_card_timeoutAfterCapture")
  const { paymentId } = (await payments.authorise(payment, {})) as { paymentId: string }
  expect(await payments.capture({ orderId: payment.orderId, paymentId }, {})).toEqual({
    type: "captured",
    paymentId,
  })
  expect(await intentsOf(payment.orderId)).toMatchObject([{ status: "succeeded", amount_received: 470_00 }])
})

test("undoing voids what was authorised, refunds what was captured, and leaves nothing to do where nothing was", async () => {
  const voided = order("pm_card_visa")
  await payments.authorise(voided, {})
  const refunded = order("pm_card_visa")
  const { paymentId } = (await payments.authorise(refunded, {})) as { paymentId: string }
  await payments.capture({ orderId: refunded.orderId, paymentId }, {})
  const never = newId()

  for (let time = 0; time < 2; time++)
    for (const orderId of [voided.orderId, refunded.orderId, never]) await payments.undo(orderId, {})

  expect(await intentsOf(voided.orderId)).toMatchObject([{ status: "canceled", amount_received: 0 }])
  expect(await intentsOf(never)).toEqual([])
  const refunds = await fetch(`${cloud.connections.payments}/v1/test_helpers/summary`, {
    headers: { authorization: `Bearer ${apiKey}` },
  })
  expect(await refunds.json()).toMatchObject({ refunded: 470_00 })
})
