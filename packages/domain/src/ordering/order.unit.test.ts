import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { Checkout } from "../contracts/basket-events.ts"
import { OrderStatus } from "../contracts/ordering-events.ts"
import { usd } from "../kernel/money.ts"
import { checkoutStepFailed, paymentDeclined, reasonOf } from "./cancel-reasons.ts"
import { evolve, type Order, replay, unshipped } from "./order.ts"
import { CancelReason, type OrderEvent, readOrderEvent } from "./order-events.ts"
import {
  at,
  black,
  type CommandName,
  cancel,
  close,
  commands,
  confirm,
  decide,
  deliverBlack,
  deliverRed,
  orderId,
  pay,
  red,
  refund,
  refund1,
  refund2,
  type Said,
  shipBlack,
  shipment1,
  shipment2,
  shipRed,
  streamOf,
  submission,
  submit,
  toClosed,
  toPaid,
} from "./testing/given.ts"

const statusOf = (...said: readonly Said[]) => replay(streamOf(...said))?.status

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
  const payment = { paymentId: "pi_1", captured: usd(30_00), refunds: [] }
  const reason = { code: "customer.asked", detail: "The customer asked for it." }
  expect(replay(streamOf(submit))).toEqual({ ...order, paymentMethod, status: "AwaitingStock" })
  expect(replay(streamOf(...toPaid))).toEqual({ ...order, status: "Paid", payment })
  expect(replay(streamOf(submit, cancel))).toEqual({ ...order, status: "Cancelled", reason })
  expect(replay(streamOf(...toPaid, cancel, refund(refund1, 30_00)))).toEqual({
    ...order,
    status: "Cancelled",
    reason,
    payment: {
      ...payment,
      refunds: [{ refundId: refund1, amount: usd(30_00), reason: "customer.withdrew", refundedAt: at }],
    },
  })
  expect(replay(streamOf(...toPaid, shipRed, deliverRed))).toEqual({
    ...order,
    status: "PartiallyShipped",
    payment,
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

/** Commands as they may come: right ones and wrong ones, early, late and again. */
const said = fc.oneof(
  fc.constantFrom(submit, confirm, pay, cancel, close, shipRed, shipBlack, deliverRed, deliverBlack),
  fc
    .record({ id: fc.constantFrom("pi_1", "pi_2"), cents: fc.constantFrom(30_00, 1) })
    .map(({ id, cents }): Said => ["payOrder", { paymentId: id, captured: usd(cents) }]),
  fc
    .record({ id: fc.constantFrom(refund1, refund2), cents: fc.nat(31_00) })
    .map(({ id, cents }) => refund(id, cents)),
  fc
    .record({
      shipmentId: fc.constantFrom(shipment1, shipment2, refund1),
      lines: fc.array(
        fc.record({
          sku: fc.constantFrom(red(1).sku, black(1).sku),
          quantity: fc.integer({ min: 1, max: 3 }),
        }),
        { minLength: 1, maxLength: 3 },
      ),
    })
    .map((parcel): Said => ["shipOrder", parcel]),
)
/** Every prefix of the right way is likely, so that the late states are reached too. */
const story = fc
  .tuple(fc.nat(toClosed.length), fc.array(said, { maxLength: 12 }))
  .map(([steps, more]): Said[] => [...toClosed.slice(0, Math.max(1, steps)), ...more])

/** Says all of it; what is refused adds nothing. */
function tell(story: readonly Said[]): { stream: OrderEvent[]; orders: Order[] } {
  const stream: OrderEvent[] = []
  const orders: Order[] = []
  let order: Order | undefined
  for (const one of story) {
    const decided = decide(order, one)
    if (!Array.isArray(decided)) continue
    stream.push(...decided)
    order = decided.reduce<Order | undefined>(evolve, order)
    if (order) orders.push(order)
  }
  return { stream, orders }
}
const sumOf = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0)

describe("whatever is said, in whatever order", () => {
  test("a paid order captured its total, and no more of it is refunded", () => {
    fc.assert(
      fc.property(story, (all) => {
        for (const order of tell(all).orders) {
          if (!("payment" in order && order.payment)) continue
          expect(order.payment.captured).toEqual(order.total)
          expect(sumOf(order.payment.refunds.map(({ amount }) => amount.amount))).toBeLessThanOrEqual(30_00)
        }
      }),
    )
  })

  test("no more is shipped of a SKU than was ordered, and no parcel twice", () => {
    fc.assert(
      fc.property(story, (all) => {
        const order = tell(all).orders.at(-1)
        const shipments = order && "shipments" in order ? order.shipments : []
        const shipped = shipments.flatMap(({ lines }) => lines)
        const of = (sku: string) => sumOf(shipped.map((line) => (line.sku === sku ? line.quantity : 0)))
        expect(of(red(1).sku)).toBeLessThanOrEqual(2)
        expect(of(black(1).sku)).toBeLessThanOrEqual(1)
        expect(new Set(shipments.map(({ shipmentId }) => shipmentId)).size).toBe(shipments.length)
      }),
    )
  })

  test("the state only moves on, and ends in Closed or Cancelled", () => {
    const way = OrderStatus.options
    fc.assert(
      fc.property(story, (all) => {
        const states = tell(all).orders.map(({ status }) => status)
        states.slice(1).forEach((status, index) => {
          const before = states[index] as OrderStatus
          expect(way.indexOf(status)).toBeGreaterThanOrEqual(way.indexOf(before))
          if (before === "Closed" || before === "Cancelled") expect(status).toBe(before)
        })
      }),
    )
  })

  test("the stream, stored and read again, tells of the very order", () => {
    fc.assert(
      fc.property(story, (all) => {
        const { stream, orders } = tell(all)
        const read = stream.map((event) => readOrderEvent(JSON.parse(JSON.stringify(event))))
        expect(replay(read)).toEqual(orders.at(-1))
        expect(orders.at(-1)?.id).toBe(orderId)
      }),
    )
  })

  test("a command that was taken says nothing new when it is said again at once", () => {
    fc.assert(
      fc.property(story, (all) => {
        const order = tell(all.slice(0, -1)).orders.at(-1)
        const last = all.at(-1) as Said
        const first = decide(order, last)
        fc.pre(Array.isArray(first))
        const after = (first as OrderEvent[]).reduce<Order | undefined>(evolve, order)
        expect(decide(after, last)).toEqual([])
      }),
    )
  })

  test("every command is among what these tests say, and every refusal is of a kind that is no server's fault", () => {
    const spoken = new Set<CommandName>()
    const kinds = new Set<string>()
    fc.assert(
      fc.property(story, (all) => {
        let order: Order | undefined
        for (const one of all) {
          spoken.add(one[0])
          const decided = decide(order, one)
          if (Array.isArray(decided)) order = decided.reduce<Order | undefined>(evolve, order)
          else kinds.add(decided.kind)
        }
      }),
      { seed: 1 },
    )
    expect([...spoken].sort()).toEqual(Object.keys(commands).sort())
    expect([...kinds].sort()).toEqual(["conflict", "not-found"])
  })
})
