import { describe, expect, test } from "vitest"
import { usd } from "../kernel/money.ts"
import { replay } from "./order.ts"
import {
  black,
  cancel,
  close,
  confirm,
  decide,
  deliverBlack,
  deliverRed,
  orderId,
  pay,
  red,
  refund,
  refund1,
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
import { given, noNews } from "./testing/given-when-then.ts"

test("an order begins with its submission and asks for its stock", () => {
  given()
    .when(submit)
    .then([
      { type: "OrderSubmitted", data: submission },
      { type: "StockRequested", data: {} },
    ])
})

test.each([confirm, pay, shipRed, deliverRed, close, cancel, refund(refund1, 1)])(
  "an order that nobody submitted takes no step: %s",
  (...command) => {
    given()
      .when(command as Said)
      .then("order.unknown")
  },
)

describe("submit", () => {
  const again = (more: object): Said => ["submitOrder", { ...submission, ...more }]

  test("again says nothing new, also after the order has moved on", () => {
    given(submit).when(submit).then(noNews)
    given(...toClosed)
      .when(submit)
      .then(noNews)
    given(submit)
      .when(again({ personalData: { commitment: "b".repeat(64) } }))
      .then(noNews)
  })

  test.each([
    { customerId: "somebody-else" },
    { total: usd(1) },
    { lines: submission.lines.slice(1) },
    { couponCodes: ["WELCOME10"] },
    { holdId: shipment1 },
  ])("again with another content is refused: %j", (more) => {
    given(submit).when(again(more)).then("order.other-checkout")
  })
})

describe("confirm stock", () => {
  test("leads to the payment, once", () => {
    given(submit)
      .when(confirm)
      .then([{ type: "StockConfirmed", data: {} }])
    given(submit, confirm).when(confirm).then(noNews)
  })

  test("comes too late for an order that has moved on", () => {
    given(...toPaid)
      .when(confirm)
      .then("order.wrong-state")
    given(submit, cancel).when(confirm).then("order.wrong-state")
  })
})

describe("pay", () => {
  const by = (paymentId: string, cents: number): Said => ["payOrder", { paymentId, captured: usd(cents) }]

  test("captures the total", () => {
    given(submit, confirm)
      .when(pay)
      .then([
        {
          type: "OrderPaid",
          data: { paymentId: "pi_1", captured: usd(30_00), invoiceNumber: "2026-000001" },
        },
      ])
  })

  test("captures nothing else", () => {
    given(submit, confirm).when(by("pi_1", 29_99)).then("order.wrong-amount")
    given(submit, confirm).when(by("pi_1", 30_01)).then("order.wrong-amount")
  })

  test("again says nothing new only of the same payment and amount", () => {
    given(...toPaid)
      .when(pay)
      .then(noNews)
    given(...toClosed)
      .when(pay)
      .then(noNews)
    given(...toPaid, cancel)
      .when(pay)
      .then(noNews)
    given(...toPaid)
      .when(by("pi_2", 30_00))
      .then("order.other-payment")
    given(...toPaid)
      .when(by("pi_1", 1))
      .then("order.other-payment")
  })

  test("waits for the stock, and does not wake a cancelled order", () => {
    given(submit).when(pay).then("order.wrong-state")
    given(submit, confirm, cancel).when(pay).then("order.wrong-state")
  })
})

describe("cancel", () => {
  const event = {
    type: "OrderCancelled",
    data: { code: "customer.asked", detail: "The customer asked for it." },
  } as const

  test.each([[[submit]], [[submit, confirm]]])("is possible before the payment", (said) => {
    given(...said)
      .when(cancel)
      .then([event])
  })

  test("is possible until the first shipment, and the payment goes back", () => {
    given(...toPaid)
      .when(cancel)
      .then([
        event,
        {
          type: "RefundRequested",
          data: { refundId: orderId, amount: usd(30_00), reason: "customer.asked" },
        },
      ])
  })

  test.each([[[...toPaid, shipRed]], [[...toPaid, shipRed, shipBlack]], [toClosed]])(
    "is not possible then",
    (said) => {
      given(...said)
        .when(cancel)
        .then("order.wrong-state")
    },
  )

  test("again says nothing new for the same reason alone", () => {
    given(submit, cancel).when(cancel).then(noNews)
    given(submit, cancel)
      .when([
        "cancelOrder",
        { reason: { code: "payment.declined", detail: "The payment was not accepted." } },
      ])
      .then("order.wrong-state")
  })
})

describe("ship", () => {
  const parcel = (shipmentId: string, ...lines: ReturnType<typeof red>[]): Said => [
    "shipOrder",
    { shipmentId, lines },
  ]

  test("a part, with lines of one SKU as one", () => {
    given(...toPaid)
      .when(parcel(shipment1, red(1), black(1), red(1)))
      .then([{ type: "OrderShipped", data: { shipmentId: shipment1, lines: [black(1), red(2)] } }])
  })

  test("a second parcel is a second shipment", () => {
    given(...toPaid, shipRed)
      .when(shipBlack)
      .then([{ type: "OrderShipped", data: { shipmentId: shipment2, lines: [black(1)] } }])
  })

  test("no more than is left, and nothing that was not ordered", () => {
    given(...toPaid)
      .when(parcel(shipment1, red(2), red(1)))
      .then("shipment.too-much")
    given(...toPaid, shipRed)
      .when(parcel(shipment2, black(1), red(1)))
      .then("shipment.too-much")
    given(...toPaid)
      .when(parcel(shipment1, { sku: "SAMSUNG-10-RED", quantity: 1 }))
      .then("shipment.too-much")
    expect(decide(replay(streamOf(...toPaid, shipRed)), parcel(shipment2, red(1)))).toMatchObject({
      kind: "conflict",
      data: { lines: [{ sku: "IPHONE-X-RED", requested: 1, left: 0 }] },
    })
  })

  test("again says nothing new only of the same parcel", () => {
    given(...toClosed)
      .when(shipRed)
      .then(noNews)
    given(...toPaid, shipRed)
      .when(parcel(shipment1, red(2)))
      .then("shipment.other")
    given(...toPaid, shipRed)
      .when(parcel(shipment1, red(1)))
      .then("shipment.other")
  })

  test("nothing of an order that is not paid, or cancelled, or wholly shipped", () => {
    given(submit, confirm).when(shipRed).then("order.wrong-state")
    given(...toPaid, cancel)
      .when(shipRed)
      .then("order.wrong-state")
    given(...toPaid, shipRed, shipBlack)
      .when(parcel(refund1, red(1)))
      .then("order.wrong-state")
  })
})

describe("deliver", () => {
  test("each parcel once", () => {
    given(...toPaid, shipRed)
      .when(deliverRed)
      .then([{ type: "ShipmentDelivered", data: { shipmentId: shipment1 } }])
    given(...toPaid, shipRed, deliverRed)
      .when(deliverRed)
      .then(noNews)
    given(...toClosed)
      .when(deliverBlack)
      .then(noNews)
  })

  test("no parcel that did not leave", () => {
    given(...toPaid, shipRed)
      .when(deliverBlack)
      .then("shipment.unknown")
    given(...toPaid)
      .when(deliverRed)
      .then("shipment.unknown")
  })
})

test("only a delivered order is closed, and only once", () => {
  given(...toClosed.slice(0, -1))
    .when(close)
    .then([{ type: "OrderClosed", data: {} }])
  given(...toClosed)
    .when(close)
    .then(noNews)
  given(...toClosed.slice(0, -2))
    .when(close)
    .then("order.wrong-state")
})
