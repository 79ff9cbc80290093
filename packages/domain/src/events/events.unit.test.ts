import { describe, expect, test } from "vitest"
import { usd } from "../money.ts"
import { Address, BasketCheckedOut, Checkout } from "./basket-events.ts"
import { ProductChanged, StockRejected, StockReserved } from "./catalog-events.ts"
import { CloudEvent, toCloudEvent } from "./define-event.ts"
import { OrderCancelled, OrderCreated, OrderPaid } from "./ordering-events.ts"

const id = "018f0000-0000-7000-8000-000000000001"
const address: Address = {
  firstName: "Mehmet",
  lastName: "Yılmaz",
  emailAddress: "mehmet@example.com",
  addressLine: "Bağdat Caddesi 1",
  country: "TR",
}
const checkout: Checkout = {
  checkoutId: id,
  customerId: id,
  lines: [{ productId: id, name: "Phone", quantity: 1, unitPrice: usd(100) }],
  subtotal: usd(100),
  discount: usd(0),
  total: usd(100),
  discountUnavailable: false,
  shippingAddress: address,
  paymentMethod: "pm_card_visa",
}

test("types, sources and topics are the public contract: a change of one is a new version", () => {
  const events = [
    ProductChanged,
    StockReserved,
    StockRejected,
    BasketCheckedOut,
    OrderCreated,
    OrderPaid,
    OrderCancelled,
  ]
  expect(events.map(({ type, source, topic }) => [type, source, topic])).toEqual([
    ["eshop.catalog.product-changed.v1", "/eshop/catalog", "catalog-events"],
    ["eshop.catalog.stock-reserved.v1", "/eshop/catalog", "catalog-events"],
    ["eshop.catalog.stock-rejected.v1", "/eshop/catalog", "catalog-events"],
    ["eshop.basket.checked-out.v1", "/eshop/basket", "basket-events"],
    ["eshop.ordering.order-created.v1", "/eshop/ordering", "ordering-events"],
    ["eshop.ordering.order-paid.v1", "/eshop/ordering", "ordering-events"],
    ["eshop.ordering.order-cancelled.v1", "/eshop/ordering", "ordering-events"],
  ])
})

describe("a CloudEvent", () => {
  const meta = { id, time: new Date("2026-01-01T12:00:00+03:00"), subject: "about" }
  const traceparent = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`

  test("survives its way over the wire, in UTC and with its trace", () => {
    const event = toCloudEvent(BasketCheckedOut, { ...meta, traceparent }, checkout)
    expect(CloudEvent.parse(JSON.parse(JSON.stringify(event)))).toEqual({
      specversion: "1.0",
      id,
      type: "eshop.basket.checked-out.v1",
      source: "/eshop/basket",
      subject: "about",
      time: "2026-01-01T09:00:00.000Z",
      datacontenttype: "application/json",
      traceparent,
      data: checkout,
    })
  })

  test("has no trace where there was none", () => {
    expect(toCloudEvent(BasketCheckedOut, meta, checkout)).not.toHaveProperty("traceparent")
  })

  test("is not made of data that its schema refuses", () => {
    expect(() => toCloudEvent(BasketCheckedOut, meta, { ...checkout, lines: [] })).toThrow()
  })

  test("carries no card data: what the schema does not know stays behind", () => {
    const withCard = { ...checkout, cardNumber: "4242424242424242", cvv: "123" }
    expect(JSON.stringify(toCloudEvent(BasketCheckedOut, meta, withCard))).not.toMatch(/4242|cvv/)
  })
})

describe("an address", () => {
  const accepts = (more: object) => Address.safeParse({ ...address, ...more }).success

  test("asks only for what every country has", () => {
    expect(accepts({})).toBe(true)
    for (const zipCode of ["SW1A 1AA", "K1A 0B1", "10115", "1012 AB", "34710-1234"])
      expect(accepts({ zipCode })).toBe(true)
  })

  test("is not blank, and is bounded", () => {
    expect(accepts({ firstName: "  " })).toBe(false)
    expect(accepts({ addressLine: "x".repeat(201) })).toBe(false)
    expect(accepts({ emailAddress: "nobody" })).toBe(false)
  })
})

test("a payment method is a token of the provider's, never a card number", () => {
  const accepts = (paymentMethod: string) => Checkout.safeParse({ ...checkout, paymentMethod }).success
  expect(accepts("pm_card_visa")).toBe(true)
  for (const wrong of ["4242424242424242", "pm_", "pm_a b", `pm_${"a".repeat(61)}`, ""])
    expect(accepts(wrong)).toBe(false)
})
