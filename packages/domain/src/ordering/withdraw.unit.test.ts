import { describe, expect, test } from "vitest"
import { usd } from "../kernel/money.ts"
import { isRefusal } from "../kernel/refusal.ts"
import { evolve, type Order, replay, type SentOrder } from "./order.ts"
import type { OrderEvent } from "./order-events.ts"
import {
  accept,
  black,
  cancel,
  cancelSome,
  confirm,
  decide,
  deliverBlack,
  deliverRed,
  id1,
  id2,
  now,
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
import { proposeWithdrawal, type WithdrawalProposal, withdraw } from "./withdraw.ts"

const orderAfter = (...said: Said[]) => replay(streamOf(...said)) as Order
const later = (days: number, ms = 0) => new Date(now.getTime() + days * 86_400_000 + ms)
type Lines = ReturnType<typeof red>[]

function proposed(order: Order, lines?: Lines, at = now): WithdrawalProposal {
  const proposal = proposeWithdrawal(order, lines, at)
  if (isRefusal(proposal)) throw new Error(proposal.code)
  return proposal
}
const refusalOf = (order: Order | undefined, lines?: Lines, at = now) =>
  (proposeWithdrawal(order, lines, at) as { code: string }).code

/** Both steps. */
function withdrawn(order: Order, lines?: Lines): { order: Order; events: OrderEvent[]; id: string } {
  const { withdrawalId: id } = proposed(order, lines)
  const events = withdraw(order, { withdrawalId: id, returnId: id1, lines }, now)
  if (isRefusal(events)) throw new Error(events.code)
  return { order: events.reduce<Order>(evolve, order), events, id }
}
const typesOf = (events: readonly OrderEvent[]) => events.map(({ type }) => type)

describe("a withdrawal is proposed", () => {
  test("of everything that the customer has or waits for, unless they say of what", () => {
    const { withdrawalId, ...content } = proposed(orderAfter(...toPaid, shipRed))
    expect(content).toEqual({
      lines: [black(1), red(2)],
      cancelled: [black(1)],
      returned: [red(2)],
      refundNow: usd(10_00),
      refundOnReturn: usd(20_00),
    })
    expect(withdrawalId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(proposed(orderAfter(...toPaid, shipRed), [red(1)])).toMatchObject({
      lines: [red(1)],
      cancelled: [],
      returned: [red(1)],
      refundNow: usd(0),
      refundOnReturn: usd(10_00),
    })
  })

  test("from the payment on, and not once the order is cancelled", () => {
    expect(refusalOf(undefined)).toBe("order.unknown")
    expect(refusalOf(orderAfter(submit, confirm))).toBe("order.wrong-state")
    expect(refusalOf(orderAfter(...toPaid, cancel))).toBe("order.wrong-state")
  })

  test("of no more than is left, and of nothing where nothing is", () => {
    const order = orderAfter(...toPaid, shipRed)
    expect(refusalOf(order, [red(3)])).toBe("withdrawal.too-much")
    expect(refusalOf(orderAfter(...toPaid, cancelSome(id1, red(1))), [red(2)])).toBe("withdrawal.too-much")
    expect(refusalOf(withdrawn(order).order)).toBe("withdrawal.nothing-left")
  })

  test.each([
    ["2026-11-02T10:00:00.000Z", "2026-11-17T00:00:00.000Z", "of a Monday"],
    ["2026-11-02T23:59:59.999Z", "2026-11-17T00:00:00.000Z", "of the whole day on which they came"],
    ["2026-11-06T10:00:00.000Z", "2026-11-21T00:00:00.000Z", "of a Friday"],
    ["2026-11-07T10:00:00.000Z", "2026-11-24T00:00:00.000Z", "of a Saturday, which makes it the Monday"],
    ["2026-11-08T10:00:00.000Z", "2026-11-24T00:00:00.000Z", "of a Sunday, which makes it the Monday"],
  ])("until the end of the fourteenth day after the last parcel came on %s: %s, %s", (came, deadline) => {
    const closed = orderAfter(...toClosed) as SentOrder
    const shipments = closed.shipments.map((one) => ({ ...one, deliveredAt: came }))
    const order = { ...closed, shipments }
    const end = new Date(deadline)
    expect(proposed(order).deadline).toBe(deadline)
    expect(proposed(order, undefined, new Date(end.getTime() - 1)).lines).toHaveLength(2)
    expect(refusalOf(order, undefined, end)).toBe("withdrawal.too-late")
  })

  test("without a deadline while a parcel is still to come", () => {
    const underWay = orderAfter(...toPaid, shipRed, deliverRed, shipBlack)
    expect(proposed(underWay, undefined, later(100))).not.toHaveProperty("deadline")
    const [last] = streamOf(...toPaid, shipRed, deliverRed, shipBlack, deliverBlack).slice(-1) as [OrderEvent]
    const arrived = evolve(underWay, { ...last, at: later(20).toISOString() })
    expect(proposed(arrived, undefined, later(30)).deadline).toBe("2026-12-08T00:00:00.000Z")
  })
})

describe("a withdrawal is confirmed", () => {
  test("before anything was shipped: the order is cancelled, and everything goes back", () => {
    const { order, events } = withdrawn(orderAfter(...toPaid))
    expect(typesOf(events)).toEqual(["OrderWithdrawn", "OrderCancelled", "RefundRequested"])
    expect(order).toMatchObject({ status: "Cancelled", reason: { code: "customer.withdrew" } })
    expect(events.at(-1)?.data).toEqual({
      refundId: orderId,
      amount: usd(30_00),
      reason: "customer.withdrew",
    })
  })

  test("of a part that was not shipped: these lines are cancelled", () => {
    const { order, events, id } = withdrawn(orderAfter(...toPaid), [red(1)])
    expect(typesOf(events)).toEqual(["OrderWithdrawn", "OrderLinesCancelled", "RefundRequested"])
    expect(order.status).toBe("Paid")
    expect(events[1]?.data).toMatchObject({ cancellationId: id, lines: [red(1)], refund: usd(10_00) })
  })

  test("of what was shipped: it has to come back, and the money follows", () => {
    const { order, events } = withdrawn(orderAfter(...toClosed))
    expect(typesOf(events)).toEqual(["OrderWithdrawn", "ReturnRequested"])
    expect(order.status).toBe("Closed")
    expect(events[1]?.data).toEqual({
      returnId: id1,
      lines: [black(1), red(2)],
      reason: "customer.withdrew",
      withdrawal: true,
    })
  })

  test("of both: what is not shipped is cancelled, which makes the rest Shipped", () => {
    const { order, events } = withdrawn(orderAfter(...toPaid, shipRed))
    expect(typesOf(events)).toEqual([
      "OrderWithdrawn",
      "OrderLinesCancelled",
      "RefundRequested",
      "ReturnRequested",
    ])
    expect(order.status).toBe("Shipped")
  })

  test("with the shipping, when it is of everything and everything came back", () => {
    const shipping = { method: "standard", price: usd(5_00) }
    const total = usd(35_00)
    const order = orderAfter(
      ["submitOrder", { ...submission, shipping, total }],
      confirm,
      ["payOrder", { paymentId: "pi_1", captured: total }],
      shipRed,
    )
    expect(proposed(order)).toMatchObject({ refundNow: usd(10_00), refundOnReturn: usd(25_00) })
    expect(proposed(order, [red(2)])).toMatchObject({ refundOnReturn: usd(20_00) })
    const { order: waiting } = withdrawn(order)
    const accepted = decide(waiting, accept(id1)) as OrderEvent[]
    expect(accepted.at(-1)?.data).toMatchObject({ refundId: id1, amount: usd(25_00) })
  })

  test("only as it was shown: an order that has moved on is looked at again", () => {
    const { withdrawalId } = proposed(orderAfter(...toPaid))
    const confirmed = (order: Order, lines?: Lines) =>
      withdraw(order, { withdrawalId, returnId: id1, lines }, now)
    expect(confirmed(orderAfter(...toPaid, shipRed))).toMatchObject({ code: "withdrawal.other" })
    expect(confirmed(orderAfter(...toPaid, refund(refund1, 1_00)))).toMatchObject({
      code: "withdrawal.other",
    })
    expect(confirmed(orderAfter(...toPaid), [red(1)])).toMatchObject({ code: "withdrawal.other" })
    expect(withdraw(undefined, { withdrawalId, returnId: id1 }, now)).toMatchObject({ code: "order.unknown" })
  })

  test("once, also when it is said again after the order has moved on and the time is over", () => {
    const { order, id } = withdrawn(orderAfter(...toClosed), [red(1)])
    const again = (lines?: Lines, at = later(99)) =>
      withdraw(order, { withdrawalId: id, returnId: id2, lines }, at)
    expect(again([red(1)])).toEqual([])
    expect(again()).toEqual([])
    expect(again([red(2)])).toMatchObject({ code: "withdrawal.other" })
    // The same once more is another withdrawal.
    expect(proposed(order, [red(1)]).withdrawalId).not.toBe(id)
  })
})
