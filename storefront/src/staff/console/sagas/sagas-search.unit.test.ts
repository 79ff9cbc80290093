import { expect, test } from "vitest"
import { queryOf, sagasSearch } from "./sagas-search.ts"

const now = Date.parse("2026-11-26T10:00:00Z")

test("an address is read as it was written, and what it does not understand is left out", () => {
  const search = { view: "failed", saga: "refund", step: "check-refund", retrying: true, age: "older-7d" }
  expect(sagasSearch({ ...search, id: "018f-ab" })).toEqual({ ...search, id: "018f-ab" })
  // What looks like a number is read as one by the router.
  expect(sagasSearch({ id: 18 })).toEqual({ id: "18" })
  expect(
    sagasSearch({ view: "open", saga: "<b>", step: "", retrying: "yes", age: "1y", id: "%", more: 1 }),
  ).toEqual({})
})

test.each([
  [{}, { runtimeStatus: "Pending,Running,Suspended,ContinuedAsNew" }],
  [{ view: "all" }, {}],
  [
    { view: "suspended", age: "24h" },
    { runtimeStatus: "Suspended", createdFrom: "2026-11-25T10:00:00.000Z" },
  ],
  [{ view: "all", age: "older-1h" }, { createdTo: "2026-11-26T09:00:00.000Z" }],
  [
    { view: "all", saga: "refund", step: "check-refund", retrying: true, id: "018f" },
    { saga: "refund", step: "check-refund", retrying: "true", idPrefix: "018f" },
  ],
] as const)("%j asks for %j", (search, query) => {
  expect(queryOf(search, now)).toEqual(query)
})
