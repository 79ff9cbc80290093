import { expect, test } from "vitest"
import * as z from "zod"
import { confirmRedemption, releaseRedemption } from "./redemptions.ts"
import { defineRoute, requestOf } from "./route.ts"
import { getVariant } from "./variants.ts"

const orderId = "018f0000-0000-7000-8000-000000000001"

test("the members that the path names are its parameters, the rest is the body, or the query without one", () => {
  expect(requestOf(getVariant, { sku: "IPHONE-X-BLACK" })).toEqual({
    method: "GET",
    path: "/variants/IPHONE-X-BLACK",
    template: "/variants/{sku}",
  })
  expect(requestOf(releaseRedemption, { orderId, couponCode: "A-1" })).toEqual({
    method: "DELETE",
    path: `/redemptions/${orderId}?couponCode=A-1`,
    template: "/redemptions/{orderId}",
  })
  expect(requestOf(confirmRedemption, { orderId, couponCode: "A-1" })).toEqual({
    method: "POST",
    path: `/redemptions/${orderId}/confirm`,
    template: "/redemptions/{orderId}/confirm",
    body: '{"couponCode":"A-1"}',
  })
  expect(requestOf(confirmRedemption, { orderId }).body).toBe("{}")
})

const find = defineRoute({
  method: "GET",
  path: "shelves/{shelf}/books",
  input: z.strictObject({ shelf: z.string(), title: z.string().optional() }),
  answer: z.object({}),
  example: { input: { shelf: "1" }, answer: {} },
})

test("nothing that a member holds can leave its place", () => {
  expect(requestOf(find, { shelf: "../a?b#c", title: "x&y=z" }).path).toBe(
    "/shelves/..%2Fa%3Fb%23c/books?title=x%26y%3Dz",
  )
  expect(requestOf(find, { shelf: "1", title: undefined }).path).toBe("/shelves/1/books")
})

test("a path that names no member of the input does not compile", () => {
  // @ts-expect-error shelf is no member
  defineRoute({ ...find, path: "shelves/{shelf}", input: z.strictObject({ title: z.string() }) })
  expect(find.path).toBe("shelves/{shelf}/books")
})
