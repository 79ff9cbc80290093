import { expect, test } from "vitest"
import { ApiError } from "../api/api.ts"
import { retry } from "./query-client.ts"

const failed = (status: number, retryAfter?: number) => {
  const headers: Record<string, string> =
    retryAfter === undefined ? {} : { "retry-after": String(retryAfter) }
  const response = status === 0 ? undefined : new Response(null, { status, headers })
  return new ApiError({ type: "urn:eshop:problem:x", title: "X", status }, response)
}

test.each<[what: string, error: unknown, sentAgain: boolean]>([
  ["no answer at all", failed(0), true],
  ["a failure of the shop", failed(500), true],
  ["an outage that asks to wait for a moment", failed(503, 5), true],
  ["a limit that ends in ten seconds", failed(429, 10), true],
  ["a limit that ends in an hour", failed(429, 3_600), false],
  ["a refusal", failed(409), false],
  ["a fault of ours", new TypeError("x"), false],
])("what follows after %s", (_, error, sentAgain) => {
  expect([retry(0, error), retry(2, error), retry(3, error)]).toEqual([sentAgain, sentAgain, false])
})
