import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { allowedOrigin, type Edge, startEdge } from "./testing/edge.ts"

let edge: Edge
let token: string
const signedIn = (headers: Record<string, string> = {}) => ({ authorization: `Bearer ${token}`, ...headers })

beforeAll(async () => {
  edge = await startEdge()
  token = await edge.token("customer=mehmet")
})
afterAll(() => edge.close())
beforeEach(() => edge.reset())

describe("routing", () => {
  it("takes the prefix off and passes method, query, body and conditions on", async () => {
    edge.serve = (_, response) => {
      response.writeHead(201, { etag: '"7"', location: "/carts/1", "set-cookie": ["a=1", "b=2"] })
      response.end("made")
    }
    const response = await fetch(`${edge.url}/basket/cart/items?dry=1&x=%2F`, {
      method: "PUT",
      body: '{"quantity":2}',
      headers: signedIn({ "idempotency-key": "k-1", "if-match": '"6"', "content-type": "application/json" }),
    })
    expect([response.status, await response.text()]).toEqual([201, "made"])
    expect(response.headers.get("etag")).toBe('"7"')
    expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"])
    expect(edge.seen).toHaveLength(1)
    expect(edge.seen[0]).toMatchObject({
      method: "PUT",
      url: "/cart/items?dry=1&x=%2F",
      body: '{"quantity":2}',
    })
    expect(edge.seen[0]?.headers).toMatchObject({
      "idempotency-key": "k-1",
      "if-match": '"6"',
      authorization: `Bearer ${token}`,
      "x-forwarded-for": "127.0.0.1",
      "x-forwarded-host": `localhost:${edge.port}`,
      "x-forwarded-proto": "http",
      "x-forwarded-prefix": "/basket",
    })
  })

  it("keeps what concerns one connection to that connection, and forged edge headers out", async () => {
    edge.serve = (_, response) => {
      response.writeHead(200, {
        connection: "x-internal",
        "x-internal": "1",
        "x-public": "1",
        "access-control-allow-origin": "*",
      })
      response.end()
    }
    await edge.raw("/catalog/products", {
      connection: "keep-alive, x-hop",
      "x-hop": "1",
      te: "trailers",
      "proxy-authorization": "Basic eA==",
      "x-forwarded-for": "1.2.3.4",
      "x-ms-client-principal": "admin",
      forwarded: "for=1.2.3.4",
    })
    expect(edge.seen[0]?.headers).not.toHaveProperty("x-hop")
    for (const name of ["te", "proxy-authorization", "x-ms-client-principal", "forwarded"]) {
      expect(edge.seen[0]?.headers).not.toHaveProperty(name)
    }
    expect(edge.seen[0]?.headers["x-forwarded-for"]).toBe("127.0.0.1")
    const response = await fetch(`${edge.url}/catalog/products`)
    expect(response.headers.get("x-public")).toBe("1")
    expect(response.headers.get("x-internal")).toBeNull()
    expect(response.headers.get("access-control-allow-origin")).toBeNull()
  })

  it("makes a trace context where there is none and passes one on", async () => {
    await fetch(`${edge.url}/catalog/products`)
    expect(edge.seen[0]?.headers.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/)
    const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    await fetch(`${edge.url}/catalog/products`, { headers: { traceparent } })
    expect(edge.seen[1]?.headers.traceparent).toBe(traceparent)
  })
})

describe("cross-origin requests", () => {
  const preflight = (origin: string) =>
    fetch(`${edge.url}/basket/cart`, {
      method: "OPTIONS",
      headers: {
        origin,
        "access-control-request-method": "PUT",
        "access-control-request-headers": "if-match",
      },
    })

  it("answers a preflight without asking the service or for a token", async () => {
    const response = await preflight(allowedOrigin)
    expect(response.status).toBe(204)
    expect(response.headers.get("access-control-allow-origin")).toBe(allowedOrigin)
    expect(response.headers.get("access-control-allow-methods")).toContain("PUT")
    expect(response.headers.get("access-control-allow-headers")).toContain("idempotency-key")
    expect(response.headers.get("access-control-max-age")).toBe("600")
    expect(edge.seen).toHaveLength(0)
  })

  it("permits other origins nothing", async () => {
    const response = await preflight("http://evil.example")
    expect(response.headers.get("access-control-allow-origin")).toBeNull()
    expect(response.headers.get("access-control-allow-methods")).toBeNull()
  })

  it("lets an allowed page read answers and problems", async () => {
    edge.serve = (_, response) => {
      response.setHeader("vary", "Accept")
      response.end()
    }
    const answer = await fetch(`${edge.url}/catalog/products`, { headers: { origin: allowedOrigin } })
    expect(answer.headers.get("access-control-allow-origin")).toBe(allowedOrigin)
    expect(answer.headers.get("access-control-expose-headers")).toContain("etag")
    expect(answer.headers.get("vary")).toBe("Accept, Origin")
    const problem = await fetch(`${edge.url}/basket/cart`, { headers: { origin: allowedOrigin } })
    expect(problem.headers.get("access-control-allow-origin")).toBe(allowedOrigin)
  })
})

describe("health", () => {
  it("is live, and ready only when every part is", async () => {
    expect((await fetch(`${edge.url}/health/live`)).status).toBe(200)
    edge.parts = {}
    expect((await fetch(`${edge.url}/health/ready`)).status).toBe(503)
    edge.parts = { postgres: "ready", catalog: "starting" }
    const before = await fetch(`${edge.url}/health/ready`)
    expect(before.status).toBe(503)
    expect(await before.json()).toEqual({ status: "starting", missing: ["catalog"], parts: edge.parts })
    edge.parts = { postgres: "ready", catalog: "ready" }
    const after = await fetch(`${edge.url}/health/ready`)
    expect(after.status).toBe(200)
    expect(await after.json()).toEqual({ status: "ready", parts: edge.parts })
  })
})
