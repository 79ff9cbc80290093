import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { newId } from "@eshop/building-blocks/ids"
import { usd } from "@eshop/domain/kernel/money"
import { startPaymentSimulator } from "@eshop/payment-simulator/server"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { PaymentRecord, PaymentRequest, ProviderEvent, RefundRecord } from "../payments/ports.ts"
import { type StripeCalls, stripeClient } from "./stripe-client.ts"
import { stripePayments } from "./stripe-payments.ts"

const AMOUNT = 470_00
const apiKey = process.env.STRIPE_TEST_KEY

type Provider = { readonly calls: StripeCalls; close(): Promise<void> }

async function simulated(): Promise<Provider> {
  const dataDir = await mkdtemp(join(tmpdir(), "payments-"))
  const apiKey = "sk_test_of_this_test"
  const simulator = await startPaymentSimulator({ port: 0, apiKey, dataDir, slowMs: 200 })
  return {
    calls: stripeClient({ url: simulator.url, apiKey }),
    async close() {
      await simulator.close()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

const real = async (): Promise<Provider> => ({
  calls: stripeClient({ url: "https://api.stripe.com", apiKey: apiKey as string }),
  close: async () => undefined,
})

/** What the port promises, whoever is behind it. */
function contract(connect: () => Promise<Provider>) {
  let provider: Provider
  beforeAll(async () => {
    provider = await connect()
  })
  afterAll(() => provider?.close())

  const payments = () =>
    stripePayments(provider.calls, { returnUrl: (orderId) => `https://shop.example/orders/${orderId}` })
  const order = (paymentMethod: string, amount = AMOUNT): PaymentRequest => ({
    orderId: newId(),
    amount: usd(amount),
    paymentMethod,
  })
  async function authorised(payment: PaymentRequest): Promise<string> {
    const outcome = await payments().authorise(payment)
    if (outcome.type !== "authorised") throw new Error(`it is ${outcome.type}`)
    return outcome.paymentId
  }
  async function captured(payment: PaymentRequest): Promise<string> {
    const paymentId = await authorised(payment)
    await payments().capture({ orderId: payment.orderId, paymentId })
    return paymentId
  }
  const madeAtProvider = async (paymentId: string, amount: number) =>
    (await provider.calls(({ refunds }) => refunds.create({ payment_intent: paymentId, amount }))).id
  const statusOf = async (paymentId: string | undefined) =>
    (await payments().find(paymentId as string))?.status

  test("a payment is authorised once and captured once, however often that is said", async () => {
    const payment = order("pm_card_visa")
    const paymentId = await authorised(payment)
    expect(paymentId).toMatch(/^pi_/)
    expect(await authorised(payment)).toBe(paymentId)
    expect(await payments().find(paymentId)).toEqual({
      paymentId,
      orderId: payment.orderId,
      status: "authorised",
      captured: usd(0),
    })
    for (let time = 0; time < 2; time++)
      expect(await payments().capture({ orderId: payment.orderId, paymentId })).toEqual({
        type: "captured",
        paymentId,
      })
    expect(await payments().find(paymentId)).toMatchObject({ status: "captured", captured: usd(AMOUNT) })
  })

  test.each([
    ["a card that is declined", "pm_card_visa_chargeDeclined", AMOUNT, "generic_decline"],
    ["one without money", "pm_card_chargeDeclinedInsufficientFunds", AMOUNT, "insufficient_funds"],
    ["one that has expired", "pm_card_chargeDeclinedExpiredCard", AMOUNT, "expired_card"],
    ["a payment method that does not exist", "pm_nonsense", AMOUNT, "resource_missing"],
    ["an amount below the minimum", "pm_card_visa", 49, "amount_too_small"],
  ])("%s is declined with its code, again and again", async (_, method, amount, code) => {
    const payment = order(method, amount)
    const outcome = await payments().authorise(payment)
    expect(outcome).toMatchObject({ type: "declined", code })
    expect(await payments().authorise(payment)).toEqual(outcome)
    await payments().undo(payment, outcome.paymentId)
    if (outcome.paymentId) expect(await statusOf(outcome.paymentId)).toBe("cancelled")
  })

  test("a payment that its holder must confirm says where, and can be undone", async () => {
    const payment = order("pm_card_authenticationRequired")
    const outcome = await payments().authorise(payment)
    expect(outcome).toMatchObject({ type: "action-required", redirectUrl: expect.stringMatching(/^https?:/) })
    expect(await payments().check(outcome.paymentId as string)).toEqual(outcome)
    expect(await statusOf(outcome.paymentId)).toBe("open")
    await payments().undo(payment, outcome.paymentId)
    expect(await statusOf(outcome.paymentId)).toBe("cancelled")
  })

  test.each([
    ["its id", true],
    ["its request's idempotency key", false],
  ])("undoing by %s voids what was authorised and gives back what was captured, once", async (_, isKnown) => {
    const [voided, refunded] = [order("pm_card_visa"), order("pm_card_visa")]
    const ids = [await authorised(voided), await captured(refunded)] as const
    for (let time = 0; time < 2; time++) {
      await payments().undo(voided, isKnown ? ids[0] : undefined)
      await payments().undo(refunded, isKnown ? ids[1] : undefined)
    }
    expect(await statusOf(ids[0])).toBe("cancelled")
    const refund = { orderId: refunded.orderId, paymentId: ids[1], refundId: newId(), amount: usd(1) }
    expect(await payments().refund(refund)).toEqual({ type: "refused", code: "charge_already_refunded" })
    const late = await payments().capture({ orderId: voided.orderId, paymentId: ids[0] })
    expect(late).toEqual({ type: "refused", paymentId: ids[0], code: "canceled" })
  })

  test("refunds add up to what was captured and no further; the same one said again is one", async () => {
    const { orderId, ...payment } = order("pm_card_visa")
    const paymentId = await captured({ orderId, ...payment })
    const refund = (refundId: string, amount: number) =>
      payments().refund({ orderId, paymentId, refundId, amount: usd(amount) })
    const [first, second, third] = [newId(), newId(), newId()] as const
    const done = await refund(first, 300_00)
    expect(done).toEqual({ type: "refunded", providerRefundId: expect.stringMatching(/^re_/) })
    expect(await refund(first, 300_00)).toEqual(done)
    expect((await refund(second, 170_01)).type).toBe("refused")
    expect((await refund(third, 170_00)).type).toBe("refunded")
    expect(await refund(newId(), 1)).toEqual({ type: "refused", code: "charge_already_refunded" })
  })

  test("a refund that takes its time is pending until it is settled", async () => {
    const { orderId, ...payment } = order("pm_card_pendingRefund")
    const paymentId = await captured({ orderId, ...payment })
    const pending = await payments().refund({ orderId, paymentId, refundId: newId(), amount: usd(AMOUNT) })
    expect(pending.type).toBe("pending")
    const { providerRefundId } = pending as { providerRefundId: string }
    await expect
      .poll(() => payments().checkRefund(providerRefundId), { timeout: 30_000 })
      .toEqual({ type: "refunded", providerRefundId })
  })

  test("payments are listed by the time they were made, newest first, page by page", async () => {
    const from = new Date(Date.now() - 1_000)
    const made = [await authorised(order("pm_card_visa")), await authorised(order("pm_card_visa"))]
    const to = new Date(Date.now() + 2_000)
    const found: PaymentRecord[] = []
    for (let isLast = false; !isLast; ) {
      const page = await payments().madeBetween(from, to, found.at(-1)?.paymentId, 1)
      expect(page.payments.length).toBeLessThanOrEqual(1)
      found.push(...page.payments)
      isLast = page.isLast
    }
    expect(found.map(({ paymentId }) => paymentId).filter((id) => made.includes(id))).toEqual(made.reverse())
    const before = await payments().madeBetween(new Date(0), new Date(1_000), undefined, 10)
    expect(before).toEqual({ payments: [], isLast: true })
  })

  test("refunds are listed by the time they were made, with the order of their payment and whose they are", async () => {
    const from = new Date(Date.now() - 1_000)
    const { orderId, ...payment } = order("pm_card_visa")
    const paymentId = await captured({ orderId, ...payment })
    const refundId = newId()
    await payments().refund({ orderId, paymentId, refundId, amount: usd(100_00) })
    const foreign = await madeAtProvider(paymentId, 50_00)
    const to = new Date(Date.now() + 2_000)
    const found: RefundRecord[] = []
    for (let isLast = false; !isLast; ) {
      const page = await payments().refundsMadeBetween(from, to, found.at(-1)?.providerRefundId, 1)
      expect(page.refunds.length).toBeLessThanOrEqual(1)
      found.push(...page.refunds)
      isLast = page.isLast
    }
    const made = found.filter((one) => one.paymentId === paymentId)
    expect(made).toMatchObject([
      { providerRefundId: foreign, orderId, amount: usd(50_00), outcome: { type: "refunded" } },
      { refundId, orderId, amount: usd(100_00) },
    ])
    expect(made[0]).not.toHaveProperty("refundId")
    expect(await payments().findRefund(foreign)).toEqual(made[0])
  })

  test("reports of refunds that failed and of disputes are listed as the webhook would have said them, page by page", async () => {
    const from = new Date(Date.now() - 1_000)
    const [failing, disputed] = [order("pm_card_refundFail"), order("pm_card_createDispute")]
    const ids = [await captured(failing), await captured(disputed)] as const
    const refundId = newId()
    const refund = { orderId: failing.orderId, paymentId: ids[0], refundId, amount: usd(100_00) }
    expect((await payments().refund(refund)).type).toBe("refunded")
    const mine = async () => {
      const found: ProviderEvent[] = []
      for (let isLast = false; !isLast; ) {
        const to = new Date(Date.now() + 2_000)
        const page = await payments().lateReportsMadeBetween(from, to, found.at(-1)?.id, 1)
        expect(page.reports.length).toBeLessThanOrEqual(1)
        found.push(...page.reports)
        isLast = page.isLast
      }
      return found.filter(({ about }) => ids.some((id) => id === about?.paymentId))
    }
    await expect.poll(async () => (await mine()).length, { timeout: 30_000 }).toBe(2)
    expect((await mine()).map(({ type }) => type).sort()).toEqual(["charge.dispute.created", "refund.failed"])
    const reports = (await mine()).map(({ about }) => about?.report)
    expect(reports).toContainEqual(
      expect.objectContaining({ type: "refund-settled", refundId, outcome: "failed" }),
    )
    expect(reports).toContainEqual(
      expect.objectContaining({ type: "disputed", amount: usd(AMOUNT), outcome: "open" }),
    )
  })

  test("what the provider does not know is nothing", async () => {
    expect(await payments().findRefund("re_nobody")).toBeUndefined()
    expect(await payments().find("pi_nobody")).toBeUndefined()
    expect(await payments().findDispute("dp_nobody")).toBeUndefined()
  })
}

describe("the payment simulator", () => contract(simulated))
describe.skipIf(!apiKey)("Stripe itself, which needs STRIPE_TEST_KEY", () => contract(real))
