import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { orderSearch, queryOf, wantedBy } from "./order-search.ts"

beforeEach(() => void vi.stubEnv("TZ", "Europe/Berlin"))
afterEach(() => void vi.unstubAllEnvs())

test("an address is read, and what makes no sense in it is left out", () => {
  expect(
    orderSearch({ status: "Paid", from: "2026-11-01", sku: 4711, attention: true, page: 3, cursor: "" }),
  ).toEqual({ status: "Paid", from: "2026-11-01", sku: "4711", attention: "true" })
  expect(orderSearch({ status: "Lost", from: "yesterday", to: [], attention: "yes" })).toEqual({})
})

test("days are those of here, both included", () => {
  expect(queryOf({ from: "2026-11-01", to: "2026-11-01", attention: "true", status: "Paid" })).toEqual({
    from: "2026-10-31T23:00:00.000Z",
    before: "2026-11-01T23:00:00.000Z",
    needsAttention: "true",
    status: "Paid",
    limit: 25,
  })
})

test.each([
  ["  ", undefined],
  ["ada@example.com ", { by: "email", email: "ada@example.com" }],
  ["7k3m q2xw 9dt4", { by: "number", number: "7k3m q2xw 9dt4" }],
  ["01A216A3-23C6-743B-8F73-E8105BBFD1F2", { by: "id", id: "01a216a3-23c6-743b-8f73-e8105bbfd1f2" }],
])("%j is understood", (typed, wanted) => {
  expect(wantedBy(typed)).toEqual(wanted)
})
