import { expect, test } from "vitest"
import { BasketCheckedOut } from "./basket-events.ts"
import { CloudEvent, toCloudEvent } from "./event.ts"

const id = "018f0000-0000-7000-8000-000000000001"
const meta = { id, time: new Date("2026-01-01T12:00:00+03:00"), subject: "about" }
const traceparent = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`
const checkout = BasketCheckedOut.example

test("a CloudEvent survives its way over the wire, in UTC and with its trace", () => {
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

test("it has no trace where there was none", () => {
  expect(toCloudEvent(BasketCheckedOut, meta, checkout)).not.toHaveProperty("traceparent")
})

test("it is not made of data that its schema refuses", () => {
  expect(() => toCloudEvent(BasketCheckedOut, meta, { ...checkout, lines: [] })).toThrow()
})

test("what the schema does not know stays behind: card data and a person's data", () => {
  const more = { ...checkout, cardNumber: "4242424242424242", shippingAddress: { lastName: "Yılmaz" } }
  expect(JSON.stringify(toCloudEvent(BasketCheckedOut, meta, more))).not.toMatch(/4242|Yılmaz/)
})
