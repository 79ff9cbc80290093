import { describe, test } from "vitest"
import { usd } from "../kernel/money.ts"
import {
  cancel,
  confirm,
  dispute,
  fail,
  orderId,
  refund,
  refund1,
  refund2,
  type Said,
  settle,
  shipRed,
  submit,
  toClosed,
  toPaid,
} from "./testing/given.ts"
import { given, noNews } from "./testing/given-when-then.ts"

const requested = (refundId: string, cents: number) =>
  ({ type: "RefundRequested", data: { refundId, amount: usd(cents), reason: "customer.withdrew" } }) as const

describe("a refund", () => {
  test.each([[toPaid], [[...toPaid, shipRed]], [toClosed]])("is of whatever was paid", (said) => {
    given(...said)
      .when(refund(refund1, 10_00))
      .then([requested(refund1, 10_00)])
  })

  test("is of nothing that was not paid", () => {
    given(submit, confirm).when(refund(refund1, 1)).then("order.wrong-state")
    given(submit, confirm, cancel).when(refund(refund1, 1)).then("order.wrong-state")
  })

  test("comes in parts, together no more than was captured", () => {
    const most = [...toPaid, refund(refund1, 20_00)]
    given(...most)
      .when(refund(refund2, 10_00))
      .then([requested(refund2, 10_00)])
    given(...most)
      .when(refund(refund2, 10_01))
      .then("refund.out-of-range")
    given(...most, settle(refund1))
      .when(refund(refund2, 10_01))
      .then("refund.out-of-range")
    given(...toPaid)
      .when(refund(refund1, 0))
      .then("refund.out-of-range")
    given(...toPaid, cancel)
      .when(refund(refund1, 1))
      .then("refund.out-of-range")
  })

  test("that failed may be given again, also one that a bank sent back later", () => {
    const { code } = { code: "expired_card" }
    given(...toPaid, cancel, fail(orderId))
      .when(refund(refund1, 30_00))
      .then([requested(refund1, 30_00)])
    given(...toPaid, refund(refund1, 30_00), settle(refund1))
      .when(fail(refund1))
      .then([{ type: "RefundFailed", data: { refundId: refund1, code } }])
    given(...toPaid, refund(refund1, 30_00), settle(refund1), fail(refund1))
      .when(refund(refund2, 30_00))
      .then([requested(refund2, 30_00)])
  })

  test("again says nothing new only of the same refund", () => {
    given(...toPaid, refund(refund1, 5_00))
      .when(refund(refund1, 5_00))
      .then(noNews)
    given(...toPaid, refund(refund1, 5_00), settle(refund1))
      .when(refund(refund1, 5_00))
      .then(noNews)
    given(...toPaid, refund(refund1, 5_00))
      .when(refund(refund1, 6_00))
      .then("refund.other")
  })

  test("settles or fails once", () => {
    const asked = [...toPaid, refund(refund1, 5_00)]
    given(...asked)
      .when(settle(refund1))
      .then([
        {
          type: "OrderRefunded",
          data: {
            refundId: refund1,
            amount: usd(5_00),
            reason: "customer.withdrew",
            providerRefundId: "re_1",
          },
        },
      ])
    given(...asked, settle(refund1))
      .when(settle(refund1))
      .then(noNews)
    given(...asked, settle(refund1))
      .when(["settleRefund", { refundId: refund1, providerRefundId: "re_2" }])
      .then("refund.ended")
    given(...asked, fail(refund1))
      .when(fail(refund1))
      .then(noNews)
    given(...asked, fail(refund1))
      .when(settle(refund1))
      .then("refund.ended")
    given(...asked, fail(refund1))
      .when(["failRefund", { refundId: refund1, code: "lost" }])
      .then("refund.ended")
    for (const said of [settle(refund2), fail(refund2)])
      given(...asked)
        .when(said)
        .then("refund.unknown")
  })
})

describe("a refund that somebody makes at the provider", () => {
  const note = (providerRefundId: string, cents: number, refundId = refund1): Said => [
    "noteProviderRefund",
    { refundId, providerRefundId, amount: usd(cents) },
  ]
  const data = { refundId: refund1, amount: usd(5_00), reason: "provider.refunded" }
  const noted = [
    { type: "RefundRequested", data },
    { type: "OrderRefunded", data: { ...data, providerRefundId: "re_9" } },
  ] as const

  test.each([[toPaid], [[...toPaid, shipRed]], [toClosed]])("is noted of whatever was paid", (said) => {
    given(...said)
      .when(note("re_9", 5_00))
      .then([...noted])
  })

  test("is noted once, whatever it would be called here", () => {
    given(...toPaid, note("re_9", 5_00))
      .when(note("re_9", 5_00, refund2))
      .then(noNews)
  })

  test("leaves less to go back", () => {
    given(...toPaid, note("re_9", 5_00))
      .when(refund(refund2, 25_01))
      .then("refund.out-of-range")
    given(...toPaid, refund(refund2, 25_01))
      .when(note("re_9", 5_00))
      .then("refund.out-of-range")
  })

  test("may come back from the bank as any other", () => {
    given(...toPaid, note("re_9", 5_00), fail(refund1))
      .when(refund(refund2, 30_00))
      .then([requested(refund2, 30_00)])
  })

  test("is no news of an order that was not paid", () => {
    for (const said of [
      [submit, confirm],
      [submit, confirm, cancel],
    ])
      given(...said)
        .when(note("re_9", 5_00))
        .then(noNews)
    given().when(note("re_9", 5_00)).then("order.unknown")
  })
})

describe("a dispute", () => {
  const closed = (outcome: "won" | "lost"): Said => ["closeDispute", { disputeId: "dp_1", outcome }]
  const opened = [...toPaid, dispute("dp_1", 30_00)]

  test("is opened and decided once", () => {
    given(...toPaid)
      .when(dispute("dp_1", 30_00))
      .then([
        { type: "DisputeOpened", data: { disputeId: "dp_1", amount: usd(30_00), reason: "fraudulent" } },
      ])
    given(...opened)
      .when(dispute("dp_1", 30_00))
      .then(noNews)
    given(...opened)
      .when(dispute("dp_1", 1))
      .then("dispute.other")
    given(...opened)
      .when(closed("lost"))
      .then([{ type: "DisputeClosed", data: { disputeId: "dp_1", outcome: "lost" } }])
    given(...opened, closed("lost"))
      .when(closed("lost"))
      .then(noNews)
    given(...opened, closed("lost"))
      .when(closed("won"))
      .then("dispute.other")
    given(...toPaid)
      .when(closed("won"))
      .then("dispute.unknown")
    given(submit).when(dispute("dp_1", 1)).then("order.wrong-state")
  })

  test("keeps the money from going back twice, unless it was won", () => {
    given(...opened)
      .when(refund(refund1, 1))
      .then("refund.out-of-range")
    given(...opened, closed("lost"))
      .when(refund(refund1, 1))
      .then("refund.out-of-range")
    given(...opened, closed("won"))
      .when(refund(refund1, 30_00))
      .then([requested(refund1, 30_00)])
    given(...opened)
      .when(cancel)
      .then([
        { type: "OrderCancelled", data: { code: "customer.asked", detail: "The customer asked for it." } },
      ])
  })
})
