import { describe, expect, test } from "vitest"
import { usd } from "../kernel/money.ts"
import { replay } from "./order.ts"
import {
  black,
  cancelSome,
  confirm,
  deliverRed,
  id1,
  id2,
  orderId,
  red,
  refund,
  refund1,
  type Said,
  shipBlack,
  shipRed,
  streamOf,
  submission,
  submit,
  toClosed,
  toPaid,
} from "./testing/given.ts"
import { given, noNews } from "./testing/given-when-then.ts"

const reason = { code: "stock.damaged", detail: "The goods are damaged." }
const refundOf = (refundId: string, cents: number) =>
  ({ type: "RefundRequested", data: { refundId, amount: usd(cents), reason: reason.code } }) as const
const linesCancelled = (cancellationId: string, lines: object[], cents: number) =>
  ({
    type: "OrderLinesCancelled",
    data: { cancellationId, lines, reason, refund: usd(cents) },
  }) as never

describe("cancel lines", () => {
  test("gives back what they cost, and the rest goes on", () => {
    given(...toPaid)
      .when(cancelSome(id1, red(1)))
      .then([linesCancelled(id1, [red(1)], 10_00), refundOf(id1, 10_00)])
    expect(replay(streamOf(...toPaid, cancelSome(id1, red(1))))?.status).toBe("Paid")
  })

  test("ends an order of which nothing was shipped, and gives everything back that is left", () => {
    given(...toPaid, refund(refund1, 1_00), cancelSome(id1, red(2)))
      .when(cancelSome(id2, black(1)))
      .then([
        linesCancelled(id2, [black(1)], 9_00),
        { type: "OrderCancelled", data: reason },
        refundOf(id2, 9_00),
      ])
  })

  test("of what was not shipped makes a partly shipped order Shipped, and Delivered where all has arrived", () => {
    const status = (...said: Said[]) => replay(streamOf(...said))?.status
    expect(status(...toPaid, shipRed, cancelSome(id1, black(1)))).toBe("Shipped")
    expect(status(...toPaid, shipRed, cancelSome(id1, black(1)), deliverRed)).toBe("Delivered")
    expect(status(...toPaid, shipRed, deliverRed, cancelSome(id1, black(1)))).toBe("Delivered")
    expect(status(...toPaid, cancelSome(id1, black(1)), shipRed)).toBe("Shipped")
  })

  test("gives the shipping back with the last of everything alone", () => {
    const shipping = { method: "standard", price: usd(5_00) }
    const total = usd(35_00)
    const paid: Said[] = [
      ["submitOrder", { ...submission, shipping, total }],
      confirm,
      ["payOrder", { paymentId: "pi_1", captured: total }],
    ]
    given(...paid)
      .when(cancelSome(id1, red(2)))
      .then([linesCancelled(id1, [red(2)], 20_00), refundOf(id1, 20_00)])
    given(...paid, cancelSome(id1, red(2)))
      .when(cancelSome(id2, black(1)))
      .then([
        linesCancelled(id2, [black(1)], 15_00),
        { type: "OrderCancelled", data: reason },
        refundOf(id2, 15_00),
      ])
    given(...paid, shipRed)
      .when(cancelSome(id1, black(1)))
      .then([linesCancelled(id1, [black(1)], 10_00), refundOf(id1, 10_00)])
  })

  test("is refused of more than is left to ship, and where nothing can be shipped", () => {
    given(...toPaid)
      .when(cancelSome(id1, red(3)))
      .then("cancellation.too-much")
    given(...toPaid, shipRed)
      .when(cancelSome(id1, red(1)))
      .then("cancellation.too-much")
    given(...toPaid, shipRed, shipBlack)
      .when(cancelSome(id1, red(1)))
      .then("order.wrong-state")
    given(submit, confirm)
      .when(cancelSome(id1, red(1)))
      .then("order.wrong-state")
    given(...toClosed)
      .when(cancelSome(id1, red(1)))
      .then("order.wrong-state")
    given()
      .when(cancelSome(id1, red(1)))
      .then("order.unknown")
  })

  test("again says nothing new only with the same content, also once the order has ended by it", () => {
    const whole = cancelSome(id1, black(1), red(2))
    given(...toPaid, whole)
      .when(whole)
      .then(noNews)
    given(...toPaid, whole)
      .when(cancelSome(id1, red(2)))
      .then("cancellation.other")
    given(...toPaid, cancelSome(id1, red(1)))
      .when(cancelSome(id1, red(2)))
      .then("cancellation.other")
  })

  test("gives back no more than is left of the payment, and asks for no refund of nothing", () => {
    given(...toPaid, refund(refund1, 25_00))
      .when(cancelSome(id1, red(2)))
      .then([linesCancelled(id1, [red(2)], 5_00), refundOf(id1, 5_00)])
    given(...toPaid, refund(refund1, 30_00))
      .when(cancelSome(id1, red(2)))
      .then([{ type: "OrderLinesCancelled", data: { cancellationId: id1, lines: [red(2)], reason } }])
  })
})

test("an order that is cancelled keeps the id of the refund for the whole of it", () => {
  given(...toPaid, cancelSome(id1, red(1)))
    .when(["cancelOrder", { reason }])
    .then([{ type: "OrderCancelled", data: reason }, refundOf(orderId, 20_00)])
})
