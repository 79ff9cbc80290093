import { afterAll, beforeAll, expect, test } from "vitest"
import { type Edge, startEdge } from "./testing/edge.ts"

let edge: Edge
const limit = (quota: number) => ({ quota, windowSeconds: 3_600 })
beforeAll(async () => {
  edge = await startEdge(
    {},
    { default: limit(6), signedIn: limit(3), strict: { ...limit(1), routes: ["basket POST /shop"] } },
  )
})
afterAll(() => edge.close())

const ask = async (path: string, headers: Record<string, string> = {}, method = "GET") => {
  const answer = await edge.raw(path, headers, method)
  return { ...answer, ratelimit: String(answer.headers.ratelimit).replaceAll(/;t=\d+/g, "") }
}

test("every answer says what is left, by subject for a good token and by address for everybody else", async () => {
  const mehmet = { authorization: `Bearer ${await edge.token("customer=mehmet")}` }
  const john = { authorization: `Bearer ${await edge.token("customer=john")}` }
  const steps: [string, Record<string, string>, string | undefined, number, string][] = [
    ["/basket/cart", mehmet, undefined, 200, '"signed-in";r=2'],
    ["/catalog/products/1", {}, undefined, 200, '"default";r=5'],
    ["/nothing/here", {}, undefined, 404, '"default";r=4'],
    ["/catalog/products", {}, "DELETE", 405, '"default";r=3'],
    ["/basket/cart", {}, undefined, 401, '"default";r=2'],
    ["/basket/shop", {}, "POST", 200, '"default";r=1, "strict";r=0'],
    ["/basket/shop", {}, "POST", 429, '"default";r=0, "strict";r=0'],
    // The address has used up its quota, whatever it says of itself.
    [
      "/catalog/products",
      { "x-forwarded-for": "203.0.113.9", forwarded: "for=203.0.113.9" },
      undefined,
      429,
      '"default";r=0',
    ],
    ["/basket/cart", { authorization: "Bearer a.b.c" }, undefined, 429, '"default";r=0'],
    // Who signs in has a quota of their own, at the same address.
    ["/basket/cart", mehmet, undefined, 200, '"signed-in";r=1'],
    ["/basket/shop", mehmet, "POST", 200, '"signed-in";r=0, "strict";r=0'],
    ["/basket/cart", mehmet, undefined, 429, '"signed-in";r=0'],
    ["/basket/cart", john, undefined, 200, '"signed-in";r=2'],
  ]
  edge.reset()
  for (const [path, headers, method, status, left] of steps) {
    const answer = await ask(path, headers, method)
    expect([path, answer.status, answer.ratelimit]).toEqual([path, status, left])
  }
  expect(edge.seen.map(({ url }) => url)).toEqual([
    "/cart",
    "/products/1",
    "/shop",
    "/cart",
    "/shop",
    "/cart",
  ])

  const refused = await ask("/basket/cart", mehmet)
  expect(JSON.parse(refused.body)).toMatchObject({
    type: "urn:eshop:problem:client.requests",
    title: "Too many requests",
    status: 429,
    instance: "/basket/cart",
  })
  expect(refused.headers["content-type"]).toBe("application/problem+json")
  expect(refused.headers["retry-after"]).toMatch(/^3\d{3}$/)
  expect(refused.headers["ratelimit-policy"]).toBe('"signed-in";q=3;w=3600')
})

test("the gateway's own health and documents are nobody's quota", async () => {
  for (const path of ["/health/live", "/docs/"]) {
    const { status, headers } = await ask(path)
    expect([path, status, headers.ratelimit]).toEqual([path, 200, undefined])
  }
})

test("without limits nothing is counted", async () => {
  const open = await startEdge(
    { rateLimited: false },
    { default: limit(1), signedIn: limit(1), strict: { ...limit(1), routes: [] } },
  )
  const statuses = [await open.raw("/catalog/products"), await open.raw("/catalog/products")]
  expect(statuses.map(({ status, headers }) => [status, headers.ratelimit])).toEqual([
    [200, undefined],
    [200, undefined],
  ])
  await open.close()
})
