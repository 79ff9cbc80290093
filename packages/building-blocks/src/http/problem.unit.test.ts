import { defineRefusal } from "@eshop/domain/kernel/refusal"
import { describe, expect, test } from "vitest"
import * as z from "zod"
import { ofInvalidFields, ofInvalidInput, ofRefusal, problem } from "./problem.ts"

const about = { instance: "/cart", traceId: "a".repeat(32) }

test("a problem is RFC 9457 with a stable type and the trace, and is not cached", () => {
  const { status, headers, body } = problem(
    { status: 409, code: "cart.empty", detail: "The cart is empty.", extra: { version: 3 } },
    about,
  )
  expect(status).toBe(409)
  expect(headers).toEqual({ "content-type": "application/problem+json", "cache-control": "no-store" })
  expect(JSON.parse(body as string)).toEqual({
    type: "urn:eshop:problem:cart.empty",
    title: "Conflict",
    status: 409,
    detail: "The cart is empty.",
    instance: "/cart",
    traceId: "a".repeat(32),
    version: 3,
  })
})

test.each([
  ["not-found", 404],
  ["conflict", 409],
  ["stale", 412],
  ["rule", 422],
  ["forbidden", 403],
  ["too-many", 429],
  ["unavailable", 503],
] as const)("a refusal of kind %s is %d and keeps its code", (kind, status) => {
  const refuse = defineRefusal("some.code", kind, "Detail.", z.object({ fact: z.int() }))
  expect(ofRefusal(refuse({ fact: 1 }))).toMatchObject({
    status,
    code: "some.code",
    detail: "Detail.",
    extra: { fact: 1 },
  })
})

test("a dependency that is out is worth another try later", () => {
  const refuse = defineRefusal("some.code", "unavailable", "Out.")
  expect(ofRefusal(refuse()).headers).toEqual({ "retry-after": "5" })
})

test("what was asked for too often is worth another try when it says", () => {
  const refuse = defineRefusal("some.code", "too-many", "Later.", z.object({ retryAfterSeconds: z.int() }))
  expect(ofRefusal(refuse({ retryAfterSeconds: 17 })).headers).toEqual({ "retry-after": "17" })
})

describe("failing fields", () => {
  const Schema = z.strictObject({
    "a/b": z.object({ "c~d": z.int() }).optional(),
    list: z.array(z.strictObject({ n: z.int() })).max(2),
  })
  const pointers = (input: unknown) => {
    const { extra } = ofInvalidInput(Schema.safeParse(input).error as z.ZodError)
    return (extra as { errors: { pointer: string }[] }).errors.map(({ pointer }) => pointer)
  }

  test("are addressed by JSON Pointer", () => {
    expect(pointers({ "a/b": { "c~d": "x" }, list: [{ n: 1 }, { n: "y" }] })).toEqual([
      "/a~1b/c~0d",
      "/list/1/n",
    ])
    expect(pointers(7)).toEqual([""])
  })

  test("are the unknown members themselves, not the object that has them", () => {
    expect(pointers({ list: [{ n: 1, x: 1 }], "y/": 1, z: 1 })).toEqual(["/list/0/x", "/y~1", "/z"])
  })

  test("are 100 at the most", () => {
    const fields = Array.from({ length: 1_000 }, (_, index) => ({ path: [index], code: "c", message: "m" }))
    expect(ofInvalidFields(fields).extra?.errors).toHaveLength(100)
  })

  test("never show what was sent", () => {
    const { extra } = ofInvalidInput(Schema.safeParse({ list: "4242424242424242" }).error as z.ZodError)
    expect(JSON.stringify(extra)).not.toContain("4242")
  })
})
