import { expect, test } from "vitest"
import { DependencyUnavailableError, isUnavailable } from "./failure.ts"

const withCode = (code: string) => Object.assign(new Error("failed"), { code })

test.each([
  new DependencyUnavailableError("discount"),
  ...["ECONNREFUSED", "ECONNRESET", "ENOTFOUND", "08006", "57P01", "57P03", "53300"].map(withCode),
  // what Node gives when every address of a name refuses
  new AggregateError([withCode("ECONNREFUSED"), withCode("ECONNREFUSED")]),
  new Error("Connection terminated unexpectedly"),
  new Error("timeout exceeded when trying to connect"),
  new Error("Client has encountered a connection error and is not queryable"),
])("says that the other side is not there: %s", (error) => {
  expect(isUnavailable(error)).toBe(true)
})

test.each([
  new Error("a bug"),
  withCode("23505"),
  withCode("42P01"),
  new TypeError("x is undefined"),
  "text",
  undefined,
])("says something else: %s", (error) => {
  expect(isUnavailable(error)).toBe(false)
})
