import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { type Edge, startEdge } from "./testing/edge.ts"

let edge: Edge
let token: string
const signedIn = (headers: Record<string, string> = {}) => ({ authorization: `Bearer ${token}`, ...headers })

beforeAll(async () => {
  edge = await startEdge()
  token = await edge.token("customer=mehmet")
})
afterAll(() => edge.close())
beforeEach(() => edge.reset())

describe("tokens", () => {
  it("lets anyone read the catalog and nobody else do anything without a token", async () => {
    expect((await fetch(`${edge.url}/catalog/products`)).status).toBe(200)
    expect((await fetch(`${edge.url}/catalog/products`, { method: "HEAD" })).status).toBe(200)
    expect(edge.seen).toHaveLength(2)
    for (const [method, path] of [
      ["POST", "/catalog/products"],
      ["GET", "/basket/cart"],
      ["DELETE", "/basket/cart/items/1"],
    ] as const) {
      const response = await fetch(`${edge.url}${path}`, { method })
      expect(response.status).toBe(401)
      expect(response.headers.get("content-type")).toBe("application/problem+json")
      expect(response.headers.get("www-authenticate")).toBe('Bearer realm="eshop"')
      expect(await response.json()).toMatchObject({
        type: "urn:eshop:problem:auth.required",
        status: 401,
        instance: path,
      })
    }
    expect(edge.seen).toHaveLength(2)
  })

  it.each([
    ["another scheme", () => "Basic bWVobWV0Og=="],
    ["no token at all", () => "Bearer"],
    ["a broken token", () => `Bearer ${token.slice(0, -4)}AAAA`],
    ["a token without signature", () => `Bearer ${token.split(".").slice(0, 2).join(".")}.`],
  ])("refuses %s, even where none is needed", async (_, authorization) => {
    const response = await fetch(`${edge.url}/catalog/products`, {
      headers: { authorization: authorization() },
    })
    expect(response.status).toBe(401)
    expect(response.headers.get("www-authenticate")).toBe('Bearer realm="eshop", error="invalid_token"')
    expect(edge.seen).toHaveLength(0)
  })

  it("lets in whom a route is for", async () => {
    const send = async (who: string) => {
      const headers = { authorization: `Bearer ${await edge.token(who)}` }
      return fetch(`${edge.url}/catalog/products`, { method: "POST", headers })
    }
    expect((await send("role=catalog.write")).status).toBe(200)
    const refused = await send("customer=mehmet&role=catalog.read")
    expect(refused.status).toBe(403)
    expect(await refused.json()).toMatchObject({ type: "urn:eshop:problem:auth.role-missing", status: 403 })
    expect(edge.seen).toHaveLength(1)
  })

  it("lets guests through where a route is for them too, and anybody where shoppers may become guests", async () => {
    const status = async (path: string, headers: Record<string, string>) =>
      (await fetch(`${edge.url}${path}`, { method: "POST", headers })).status
    const guests: Record<string, string>[] = [
      { "x-guest-token": "t" },
      { cookie: "guest=t" },
      { cookie: "a=1; __Host-guest=t" },
    ]
    for (const headers of guests)
      expect([await status("/basket/hold", headers), await status("/basket/checkout", headers)]).toEqual([
        200, 401,
      ])
    expect(await status("/basket/hold", { cookie: "not-guest=t" })).toBe(401)
    expect(await status("/basket/hold", {})).toBe(401)
    expect(await status("/basket/shop", {})).toBe(200)
    expect(await status("/basket/shop", { authorization: "Bearer a.b.c" })).toBe(401)
  })

  it("lets through who shows the token of an order, where it counts", async () => {
    const status = async (path: string, headers: Record<string, string>) =>
      (await fetch(`${edge.url}/basket/${path}`, { method: "POST", headers })).status
    const token = { "x-order-token": "t" }
    expect([await status("orders/1", token), await status("hold", token)]).toEqual([200, 401])
    expect([await status("orders/1", { "x-guest-token": "t" }), await status("orders/1", {})]).toEqual([
      200, 401,
    ])
  })

  it("answers 503 while the issuer cannot be asked; open routes stay open", async () => {
    const lonely = await startEdge({ issuer: "http://localhost:1" })
    const response = await fetch(`${lonely.url}/basket/cart`, { headers: signedIn() })
    expect([response.status, response.headers.get("retry-after")]).toEqual([503, "1"])
    expect(await response.json()).toMatchObject({ type: "urn:eshop:problem:identity.unavailable" })
    expect((await fetch(`${lonely.url}/catalog/products`)).status).toBe(200)
    await lonely.close()
  })
})
