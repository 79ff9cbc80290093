import { expect, test } from "vitest"
import { redacted } from "./redacted.ts"

test("what a log line may not say is struck out, by its name and by its look", () => {
  const seen = redacted({
    orderId: "018f0000-0000-7000-8000-000000000001",
    payment_method: "pm_card_visa",
    lines: [{ sku: "IPHONE-X-BLACK", quantity: 1, note: "write to ada@example.com" }],
    deep: { ShippingAddress: { city: "Paris" } },
    paid: true,
    none: null,
  })
  expect(seen).toEqual({
    orderId: "018f0000-0000-7000-8000-000000000001",
    payment_method: "[redacted]",
    lines: [{ sku: "IPHONE-X-BLACK", quantity: 1, note: "write to [redacted]" }],
    deep: { ShippingAddress: "[redacted]" },
    paid: true,
    none: null,
  })
})

test("neither length nor depth makes an answer long", () => {
  expect(String(redacted({ text: Array.from({ length: 2_000 }, () => "word") })).length).toBe(8_193)
  let deep: unknown = "the bottom"
  for (let level = 0; level < 5_000; level++) deep = [deep]
  expect(JSON.stringify(redacted(deep))).toBe(`${"[".repeat(13)}"…"${"]".repeat(13)}`)
  expect(redacted(undefined)).toBeUndefined()
})
