import { expect, test } from "vitest"
import { holdsCardNumber } from "./card-number.ts"

test.each([
  ["/catalog/search?q=4242424242424242", true],
  ["/discount/coupons/3782-822463-10005", true],
  ["/catalog/search?q=5555%205555%205555%204444", true],
  ["/catalog/search?q=5555+5555+5555+4444", true],
  ["/catalog/search?q=30569309025904", true],
  ["/catalog/search?q=4242424242424241", false],
  ["/catalog/search?q=4000000000006", false],
  ["/ordering/orders/42424242-4242-4242-4242-424242424242", false],
  ["/catalog/products?cursor=eyJhZnRlciI6MTc2NDExNTIwMDAwOH0", false],
  ["/%", false],
])("%s: %s", (target, expected) => {
  expect(holdsCardNumber(target)).toBe(expected)
})
