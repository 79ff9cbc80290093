import { describe, expect, test } from "vitest"
import { Checkout, LineDiscount } from "../contracts/basket-events.ts"
import { usd } from "../kernel/money.ts"
import { checkoutStepFailed, paymentDeclined, reasonOf } from "./cancel-reasons.ts"
import { type Order, replay } from "./order.ts"
import { CancelReason, type OrderEvent, readOrderEvent } from "./order-events.ts"
import { unshipped } from "./order-lines.ts"
import {
  at,
  black,
  cancel,
  deliverRed,
  orderId,
  red,
  refund,
  refund1,
  type Said,
  settle,
  shipBlack,
  shipment1,
  shipRed,
  streamOf,
  submission,
  submit,
  toClosed,
  toPaid,
} from "./testing/given.ts"

const statusOf = (...said: readonly Said[]) => replay(streamOf(...said))?.status

test("a stream keeps all that a checkout can say of a discount", () => {
  const discount: LineDiscount = {
    ...{ couponCode: "SPRING", promotionId: "018f0000-0000-7000-8000-0000000000d1", amount: usd(0) },
    ...{ reason: "Spring", translations: { de: "Frühling" } },
  }
  expect(Object.keys(discount).toSorted()).toEqual(Object.keys(LineDiscount.shape).toSorted())
  const lines = submission.lines.map((line) => ({ ...line, discounts: [discount] }))
  const stream = streamOf(["submitOrder", { ...submission, lines }])
  expect(stream.map((event) => readOrderEvent(JSON.parse(JSON.stringify(event))))).toEqual(stream)
  expect(JSON.stringify(stream)).toContain("Frühling")
})

test("the way of an order", () => {
  expect(toClosed.map((_, index) => statusOf(...toClosed.slice(0, index + 1)))).toEqual([
    "AwaitingStock",
    "AwaitingPayment",
    "Paid",
    "PartiallyShipped",
    "Shipped",
    "Shipped",
    "Delivered",
    "Closed",
  ])
  expect(statusOf(...toPaid, shipRed, deliverRed)).toBe("PartiallyShipped")
  expect(statusOf(...toPaid, shipRed, deliverRed, shipBlack)).toBe("Shipped")
  expect(statusOf(...toPaid, cancel)).toBe("Cancelled")
  expect(statusOf(...toPaid, refund(refund1, 30_00))).toBe("Paid")
})

test("an order has in each state exactly what it has there", () => {
  const { orderId: id, paymentMethod, ...placed } = submission
  const order = { ...placed, id, submittedAt: at, changedAt: at }
  const payment = {
    paymentId: "pi_1",
    captured: usd(30_00),
    invoiceNumber: "2026-000001",
    refunds: [],
    corrections: [],
    disputes: [],
  }
  const paid = { ...order, payment, cancellations: [], withdrawals: [] }
  const reason = { code: "customer.asked", detail: "The customer asked for it." }
  expect(replay(streamOf(submit))).toEqual({ ...order, paymentMethod, status: "AwaitingStock" })
  expect(replay(streamOf(...toPaid))).toEqual({ ...paid, status: "Paid" })
  expect(replay(streamOf(submit, cancel))).toEqual({ ...order, status: "Cancelled", reason })
  expect(replay(streamOf(...toPaid, cancel, settle(orderId)))).toEqual({
    ...paid,
    status: "Cancelled",
    reason,
    payment: {
      ...payment,
      refunds: [
        {
          refundId: orderId,
          amount: usd(30_00),
          reason: "customer.asked",
          requestedAt: at,
          status: "settled",
          settledAt: at,
          providerRefundId: "re_1",
        },
      ],
      corrections: [
        {
          type: "credit-note",
          refundId: orderId,
          amount: usd(30_00),
          reason: "customer.asked",
          madeAt: at,
        },
      ],
    },
  })
  expect(replay(streamOf(...toPaid, shipRed, deliverRed))).toEqual({
    ...paid,
    status: "PartiallyShipped",
    returns: [],
    shipments: [{ shipmentId: shipment1, lines: [red(2)], carrier: "DHL", shippedAt: at, deliveredAt: at }],
  })
})

test("what is left to ship is told per SKU", () => {
  const left = (...said: Said[]) => unshipped(replay(streamOf(...said)) as Order)
  expect(left(...toPaid)).toEqual([black(1), red(2)])
  expect(left(...toPaid, shipRed)).toEqual([black(1)])
  expect(left(...toClosed)).toEqual([])
})

test("a stream that begins in its middle, or tells what nothing decides, is an error", () => {
  const [submitted, requested] = streamOf(submit) as [OrderEvent, OrderEvent]
  expect(() => replay([requested])).toThrow("the stream begins with StockRequested")
  expect(() => replay([submitted, submitted])).toThrow(
    "the stream tells of OrderSubmitted while the order is Submitted",
  )
  expect(replay([])).toBeUndefined()
})

describe("a stored event", () => {
  test("is read as it was written, whatever its type", () => {
    const stream = [...streamOf(...toClosed, refund(refund1, 1)), ...streamOf(submit, cancel)]
    expect(new Set(stream.map(({ type }) => type)).size).toBe(9)
    expect(stream.map((event) => readOrderEvent(JSON.parse(JSON.stringify(event))))).toEqual(stream)
  })

  test("is not Basket's event, and holds nothing of a person", () => {
    const [submitted] = streamOf(submit)
    expect(Checkout.safeParse(submitted?.data).success).toBe(false)
    expect(JSON.stringify(submitted)).not.toMatch(/firstName|email|address/i)
  })
})

describe("a reason to cancel", () => {
  test("is a declared refusal's code, sentence and data", () => {
    expect(reasonOf(paymentDeclined({ providerCode: "expired_card" }))).toEqual({
      code: "payment.declined",
      detail: "The payment was not accepted.",
      data: { providerCode: "expired_card" },
    })
    expect(CancelReason.parse(reasonOf(checkoutStepFailed({ step: "reserve-coupon" }))).data).toEqual({
      step: "reserve-coupon",
    })
  })
})
