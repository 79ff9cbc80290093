import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { Checkout } from "../events/basket-events.ts"
import { usd } from "../money.ts"
import { isRefusal } from "../refusal.ts"
import { decide, type Order, type OrderCommand, type OrderEvent, type OrderStatus, replay } from "./order.ts"

const now = new Date("2026-11-01T10:00:00.000Z")
const at = now.toISOString()
const checkout: Checkout = {
  checkoutId: "0197c0de-0000-7000-8000-000000000001",
  customerId: "58c49479-ec65-4de2-86e7-033c546291aa",
  lines: [
    {
      productId: "5334c996-8457-4cf0-815c-ed2b77c4ff61",
      name: "IPhone X",
      quantity: 2,
      unitPrice: usd(950_00),
    },
  ],
  subtotal: usd(1_900_00),
  discount: usd(0),
  total: usd(1_900_00),
  discountUnavailable: false,
  shippingAddress: {
    firstName: "A",
    lastName: "B",
    emailAddress: "a@b.example",
    addressLine: "C 1",
    country: "DE",
  },
  paymentMethod: "pm_card_visa",
}

const commands = {
  submit: { type: "submit", checkout },
  "confirm-stock": { type: "confirm-stock" },
  pay: { type: "pay", paymentId: "pi_1", captured: usd(1_900_00) },
  ship: { type: "ship", trackingNumber: "1Z" },
  deliver: { type: "deliver" },
  cancel: { type: "cancel", reason: { code: "customer.asked", detail: "The customer asked for it." } },
  refund: { type: "refund", refunded: usd(1_900_00) },
} as const satisfies Record<string, OrderCommand>
type Step = keyof typeof commands

/** The stream after the steps; a refused step adds nothing. */
function streamOf(...steps: Step[]): readonly OrderEvent[] {
  const stream: OrderEvent[] = []
  for (const step of steps) {
    const events = decide(replay(stream), commands[step], now)
    if (!isRefusal(events)) stream.push(...events)
  }
  return stream
}

const ways: Record<OrderStatus, Step[]> = {
  Submitted: [],
  AwaitingStock: ["submit"],
  AwaitingPayment: ["submit", "confirm-stock"],
  Paid: ["submit", "confirm-stock", "pay"],
  Shipped: ["submit", "confirm-stock", "pay", "ship"],
  Delivered: ["submit", "confirm-stock", "pay", "ship", "deliver"],
  Cancelled: ["submit", "cancel"],
  Refunded: ["submit", "confirm-stock", "pay", "refund"],
}
const table: [Exclude<OrderStatus, "Submitted">, Partial<Record<Step, OrderStatus>>][] = [
  ["AwaitingStock", { "confirm-stock": "AwaitingPayment", cancel: "Cancelled" }],
  ["AwaitingPayment", { pay: "Paid", cancel: "Cancelled" }],
  ["Paid", { ship: "Shipped", cancel: "Cancelled", refund: "Refunded" }],
  ["Shipped", { deliver: "Delivered", refund: "Refunded" }],
  ["Delivered", { refund: "Refunded" }],
  ["Cancelled", { refund: "Refunded" }],
  ["Refunded", {}],
]
const repeats: Partial<Record<OrderStatus, Step>> = {
  AwaitingPayment: "confirm-stock",
  Paid: "pay",
  Shipped: "ship",
  Delivered: "deliver",
  Cancelled: "cancel",
  Refunded: "refund",
}

describe("an order", () => {
  it("begins with the checkout and asks for its stock", () => {
    expect(decide(undefined, commands.submit, now)).toEqual([
      { type: "OrderSubmitted", at, data: checkout },
      { type: "StockRequested", at },
    ])
  })

  it("keeps the payment method out of its state", () => {
    const order = replay(streamOf("submit")) as Order
    expect(order).toMatchObject({ id: checkout.checkoutId, status: "AwaitingStock", total: checkout.total })
    expect(JSON.stringify(order)).not.toContain("pm_card_visa")
  })

  it.each(table)("that is %s takes only the steps of the state machine", (status, allowed) => {
    const stream = streamOf(...ways[status])
    const before = replay(stream) as Order
    expect(before.status).toBe(status)
    for (const step of Object.keys(commands) as Step[]) {
      if (step === "submit" || step === repeats[status]) {
        expect([step, decide(before, commands[step], now)]).toEqual([step, []])
        continue
      }
      const events = decide(before, commands[step], now)
      const next = allowed[step]
      if (next) expect(replay([...stream, ...(events as OrderEvent[])])?.status).toBe(next)
      else expect(events).toMatchObject({ refused: true, kind: "conflict", code: "order.wrong-state" })
    }
  })

  it("is not paid with another amount than its total", () => {
    const order = replay(streamOf("submit", "confirm-stock"))
    expect(decide(order, { ...commands.pay, captured: usd(1) }, now)).toMatchObject({
      code: "order.wrong-amount",
    })
  })

  it("that nobody submitted takes no step", () => {
    expect(decide(undefined, commands.pay, now)).toMatchObject({ kind: "not-found", code: "order.unknown" })
  })

  it("any sequence of commands leaves a stream that replays, in which nothing happened twice", () => {
    const sequences = fc.array(fc.constantFrom(...(Object.keys(commands) as Step[])), { maxLength: 12 })
    fc.assert(
      fc.property(sequences, (steps) => {
        const stream = streamOf("submit", ...steps)
        const types = stream.map(({ type }) => type)
        expect(new Set(types).size).toBe(types.length)
        expect(replay(stream)?.id).toBe(checkout.checkoutId)
      }),
    )
  })
})
