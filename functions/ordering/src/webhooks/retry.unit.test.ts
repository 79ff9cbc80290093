import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { judge, retryAfterSeconds } from "./retry.ts"

const now = new Date("2026-11-01T10:00:00.000Z")
const status = (code: number, retryAfter?: string) => ({
  status: code,
  text: "",
  ...(retryAfter !== undefined && { retryAfter }),
})
const middle = 0.5

describe("an attempt", () => {
  test.each([200, 201, 202, 204, 299])("that is answered with %d has delivered", (code) => {
    expect(judge(3, status(code), now, middle)).toEqual({ state: "delivered", delaySeconds: 0 })
  })

  test.each([100, 301, 307, 400, 401, 404, 500, 503])("that is answered with %d is made again", (code) => {
    expect(judge(0, status(code), now, middle)).toEqual({ state: "pending", delaySeconds: 5 })
  })

  test("is made again by the schedule of Standard Webhooks, ten times in all", () => {
    const judged = Array.from({ length: 10 }, (_, attempts) => judge(attempts, status(500), now, middle))
    expect(judged.map(({ delaySeconds }) => delaySeconds)).toEqual([
      5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400, 0,
    ])
    expect(judged.map(({ state }) => state)).toEqual([...Array(9).fill("pending"), "failed"])
  })

  test("is made again up to a tenth earlier or later", () => {
    fc.assert(
      fc.property(fc.nat(8), fc.double({ min: 0, max: 1, noNaN: true }), (attempts, random) => {
        const exact = judge(attempts, status(500), now, middle).delaySeconds
        const { delaySeconds } = judge(attempts, status(500), now, random)
        expect(Math.abs(delaySeconds - exact)).toBeLessThanOrEqual(Math.ceil(exact / 10))
      }),
    )
  })

  test("that is answered with 410 ends the delivery and its subscription", () => {
    expect(judge(0, status(410), now, middle)).toEqual({ state: "failed", delaySeconds: 0, isGone: true })
  })

  test.each([429, 502, 504])("that is answered with %d slows the subscription down", (code) => {
    expect(judge(0, status(code), now, middle)).toEqual({
      state: "pending",
      delaySeconds: 5,
      throttleSeconds: 60,
    })
    expect(judge(0, status(code, "17"), now, middle)).toMatchObject({ delaySeconds: 17, throttleSeconds: 17 })
    expect(judge(9, status(code), now, middle)).toMatchObject({ state: "failed", throttleSeconds: 60 })
  })

  test("that takes too long slows the subscription down, another failure does not", () => {
    expect(judge(0, { error: "timeout" }, now, middle)).toMatchObject({ throttleSeconds: 60 })
    expect(judge(0, { error: "ECONNREFUSED" }, now, middle)).toEqual({ state: "pending", delaySeconds: 5 })
  })

  test("waits for as long as the receiver asks, and no shorter than the schedule says", () => {
    expect(judge(0, status(503, "90"), now, middle)).toEqual({ state: "pending", delaySeconds: 90 })
    expect(judge(1, status(503, "90"), now, middle)).toEqual({ state: "pending", delaySeconds: 300 })
  })
})

test.each([
  [undefined, undefined],
  ["120", 120],
  [" 5 ", 5],
  ["0", 0],
  ["Sun, 01 Nov 2026 10:02:00 GMT", 120],
  ["Sun, 01 Nov 2026 09:00:00 GMT", 0],
  ["999999999", 86_400],
  ["Sat, 01 Nov 2036 10:00:00 GMT", 86_400],
  ["soon", undefined],
  ["", undefined],
  ["-5", undefined],
])("Retry-After %j is %j seconds", (header, seconds) => {
  expect(retryAfterSeconds(header, now)).toBe(seconds)
})
