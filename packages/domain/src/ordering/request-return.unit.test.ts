import { expect, test } from "vitest"
import { usd } from "../kernel/money.ts"
import { attentionOf } from "./attention.ts"
import { type Order, replay } from "./order.ts"
import {
  accept,
  black,
  cancel,
  comeBack,
  deliverBlack,
  deliverRed,
  dispute,
  fail,
  id1,
  id2,
  orderId,
  red,
  refund,
  refund1,
  reject,
  type Said,
  settle,
  shipBlack,
  shipRed,
  streamOf,
  submit,
  toClosed,
  toPaid,
} from "./testing/given.ts"
import { given, noNews } from "./testing/given-when-then.ts"

const delivered = [...toPaid, shipRed, deliverRed]

test("delivered goods may come back, also of a part of the order, and after it was closed", () => {
  const data = { returnId: id1, lines: [red(1)], reason: "goods.damaged", withdrawal: false }
  for (const said of [delivered, toClosed])
    given(...said)
      .when(comeBack(id1, red(1)))
      .then([{ type: "ReturnRequested", data }])
})

test("no more comes back than was delivered and is not on its way back", () => {
  given(...delivered)
    .when(comeBack(id1, red(3)))
    .then("return.too-much")
  given(...delivered, comeBack(id1, red(2)))
    .when(comeBack(id2, red(1)))
    .then("return.too-much")
  given(...delivered, comeBack(id1, red(2)), accept(id1))
    .when(comeBack(id2, red(1)))
    .then("return.too-much")
  given(...delivered, shipBlack)
    .when(comeBack(id1, black(1)))
    .then("return.too-much")
  given(...toPaid)
    .when(comeBack(id1, red(1)))
    .then("order.wrong-state")
  given(submit)
    .when(comeBack(id1, red(1)))
    .then("order.wrong-state")
})

test("what was rejected may be asked for again", () => {
  given(...delivered, comeBack(id1, red(2)), reject(id1))
    .when(comeBack(id2, red(2)))
    .then([
      {
        type: "ReturnRequested",
        data: { returnId: id2, lines: [red(2)], reason: "goods.damaged", withdrawal: false },
      },
    ])
})

test("an accepted return gives back what its lines cost", () => {
  given(...delivered, comeBack(id1, red(1)))
    .when(accept(id1))
    .then([
      { type: "ReturnAccepted", data: { returnId: id1 } },
      {
        type: "RefundRequested",
        data: { refundId: id1, amount: usd(10_00), reason: "goods.damaged" },
      },
    ])
})

test("each word again says nothing new only when it says the same", () => {
  const asked = [...delivered, comeBack(id1, red(1))]
  given(...asked)
    .when(comeBack(id1, red(1)))
    .then(noNews)
  given(...asked)
    .when(comeBack(id1, red(2)))
    .then("return.other")
  given(...asked, accept(id1))
    .when(accept(id1))
    .then(noNews)
  given(...asked, accept(id1))
    .when(reject(id1))
    .then("return.decided")
  given(...asked, reject(id1))
    .when(reject(id1))
    .then(noNews)
  given(...asked, reject(id1))
    .when(["rejectReturn", { returnId: id1, reason: "goods.missing" }])
    .then("return.decided")
  given(...asked, reject(id1))
    .when(accept(id1))
    .then("return.decided")
  for (const said of [accept(id2), reject(id2)])
    given(...asked)
      .when(said)
      .then("return.unknown")
})

test("a person is needed for what waits for a decision: a return, a refund that failed, a dispute", () => {
  const needs = (...said: Said[]) => attentionOf(replay(streamOf(...said)) as Order)
  const asked = [...delivered, comeBack(id1, red(1))]
  expect(needs(...delivered)).toEqual([])
  expect(needs(submit)).toEqual([])
  expect(needs(...asked)).toEqual(["return.requested"])
  expect(needs(...asked, accept(id1))).toEqual([])
  expect(needs(...asked, accept(id1), fail(id1))).toEqual(["refund.failed"])
  const anew: Said = ["requestRefund", { refundId: id2, amount: usd(10_00), reason: "goods.damaged" }]
  expect(needs(...asked, accept(id1), fail(id1), anew)).toEqual([])
  const atProvider = (cents: number): Said => [
    "noteProviderRefund",
    { refundId: id2, providerRefundId: "re_9", amount: usd(cents) },
  ]
  expect(needs(...asked, accept(id1), fail(id1), atProvider(10_00))).toEqual([])
  expect(needs(...asked, accept(id1), fail(id1), atProvider(9_99))).toEqual(["refund.failed"])
  expect(
    needs(...toPaid, ["openDispute", { disputeId: "dp_1", amount: usd(1), reason: "fraudulent" }]),
  ).toEqual(["dispute.open"])
  expect(needs(...toClosed, deliverBlack)).toEqual([])
})

test("a person is needed where a dispute kept money from going back and was won: of a cancellation, of a return", () => {
  const needs = (...said: Said[]) => attentionOf(replay(streamOf(...said)) as Order)
  const closed = (outcome: "won" | "lost"): Said => ["closeDispute", { disputeId: "dp_1", outcome }]
  const cancelled = [...toPaid, dispute("dp_1", 30_00), cancel]
  const returned = [...delivered, comeBack(id1, red(1)), dispute("dp_1", 30_00), accept(id1)]
  for (const said of [cancelled, returned]) {
    expect(needs(...said)).toEqual(["dispute.open"])
    expect(needs(...said, closed("lost"))).toEqual([])
    expect(needs(...said, closed("won"))).toEqual(["refund.owed"])
  }
  expect(needs(...returned, closed("won"), refund(refund1, 9_99))).toEqual(["refund.owed"])
  expect(needs(...returned, closed("won"), refund(refund1, 10_00))).toEqual([])
  expect(needs(...cancelled, closed("won"), refund(refund1, 30_00))).toEqual([])
  // A part of it was disputed: the rest has gone back by itself.
  const partly = [...toPaid, dispute("dp_1", 10_00), cancel, settle(orderId)]
  expect(needs(...partly, closed("won"))).toEqual(["refund.owed"])
  expect(needs(...partly, closed("won"), refund(refund1, 10_00))).toEqual([])
})
