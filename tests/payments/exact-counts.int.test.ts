import { afterEach, beforeEach, describe, expect, test, vi } from "vitest"
import { type ShopWithPayments, shopWithPayments, TOTAL } from "./shop.ts"
import { captureTimeouts, oneCaptureOrOneVoid } from "./timeouts.ts"

const ORDERS = 20

describe("a report and the capture's own answer", () => {
  let shop: ShopWithPayments
  beforeEach(async () => {
    shop = await shopWithPayments({ timeoutMs: 1_000 })
  })
  afterEach(() => shop.close())

  test.each([
    ["before it", "before", "pm_card_visa"],
    ["at the same moment", "together", "pm_card_visa"],
    ["after it", "after", "pm_card_visa"],
    ["twice", "twice", "pm_card_visa"],
    ["never", "never", "pm_card_visa"],
    ["before an answer that never comes", "before", "pm_card_timeoutAfterCapture"],
    ["instead of an answer", "after", "pm_card_timeoutAfterCapture"],
  ] as const)("make one payment of one order: the report comes %s", async (_, delivery, method) => {
    const alarms = vi.spyOn(console, "error").mockImplementation(() => {})
    shop.simulator.deliver(delivery)
    const ids = Array.from({ length: ORDERS }, () => shop.placeOrder(method))
    expect(await Promise.all(ids.map((orderId) => shop.play(orderId)))).toEqual(Array(ORDERS).fill("Paid"))
    await shop.settled()
    for (const orderId of ids) {
      expect(shop.typesOf(orderId).filter((type) => type === "OrderPaid")).toHaveLength(1)
      expect(await shop.intentsOf(orderId)).toEqual([`succeeded ${TOTAL.amount}`])
    }
    const captured = ORDERS * TOTAL.amount
    expect(await shop.totals()).toEqual({ intents: ORDERS, capturable: 0, captured, refunded: 0 })
    // What the shop's own request has brought about is nobody's news.
    const times = { before: 1, together: 1, after: 1, twice: 2, never: 0 }[delivery]
    await expect.poll(shop.toldOfCaptures).toBe(times * ORDERS)
    expect(shop.reports).toEqual([])
    expect(await shop.reconcile(60)).toMatchObject({
      right: ORDERS,
      waiting: 0,
      voided: 0,
      refunded: 0,
      alarms: 0,
    })
    expect([shop.watched.size, alarms.mock.calls]).toEqual([0, []])
    alarms.mockRestore()
  })
})

describe("the reports of a dispute and of its end", () => {
  let shop: ShopWithPayments
  beforeEach(async () => {
    shop = await shopWithPayments({ timeoutMs: 1_000 })
  })
  afterEach(() => shop.close())

  test.each(["before", "together", "after", "twice", "never"] as const)(
    "that come %s are taken once, also by two runs of the reconciler at that moment",
    async (delivery) => {
      shop.simulator.deliver(delivery)
      const ids = Array.from({ length: ORDERS / 2 }, () => shop.placeOrder("pm_card_createDispute"))
      for (const orderId of ids) {
        await shop.play(orderId)
        await shop.decideDispute(orderId, "losing_evidence")
      }
      await Promise.all([shop.reconcile(60), shop.reconcile(60)])
      await shop.settled()
      expect(shop.reports).toHaveLength(ORDERS)
      for (const orderId of ids)
        expect(shop.typesOf(orderId).filter((type) => type.startsWith("Dispute"))).toEqual([
          "DisputeOpened",
          "DisputeClosed",
        ])
    },
  )
})

test("a capture that times out ends in one capture or one void, in 30 of 30", async () => {
  const { reconciled, ...came } = await captureTimeouts(30)
  expect(came).toEqual(oneCaptureOrOneVoid(30))
  expect(reconciled).toMatchObject({ waiting: 0, voided: 0, alarms: 0 })
})
