import { connect } from "node:net"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { type Edge, startEdge } from "./testing/edge.ts"

let edge: Edge
let token: string
const signedIn = (headers: Record<string, string> = {}) => ({ authorization: `Bearer ${token}`, ...headers })

beforeAll(async () => {
  edge = await startEdge({ timeoutMs: 300 })
  token = await edge.token("customer=mehmet")
})
afterAll(() => edge.close())
beforeEach(() => edge.reset())

describe("a service in trouble", () => {
  it("answers 504 when the service takes too long, and gives the call up", async () => {
    const givenUp = new Promise<void>((resolve) => {
      edge.serve = (_, response) => response.on("close", resolve)
    })
    const response = await fetch(`${edge.url}/basket/checkout`, { method: "POST", headers: signedIn() })
    expect(response.status).toBe(504)
    expect(await response.json()).toMatchObject({
      type: "urn:eshop:problem:service.timeout",
      instance: "/basket/checkout",
    })
    await givenUp
    expect(edge.seen).toHaveLength(1)
  })

  it("answers 503 with Retry-After when it cannot be reached", async () => {
    const response = await fetch(`${edge.url}/discount/coupons`, { headers: signedIn() })
    expect(response.status).toBe(503)
    expect(response.headers.get("retry-after")).toBe("1")
    expect(await response.json()).toMatchObject({
      type: "urn:eshop:problem:service.unavailable",
      status: 503,
    })
  })

  it("answers 502 when what comes back is not HTTP", async () => {
    const response = await fetch(`${edge.url}/ordering/orders`, { headers: signedIn() })
    expect(response.status).toBe(502)
    expect(await response.json()).toMatchObject({ type: "urn:eshop:problem:service.bad-answer", status: 502 })
  })

  it("does not repeat a write whose connection breaks", async () => {
    edge.serve = (request) => request.socket.destroy()
    const response = await fetch(`${edge.url}/basket/checkout`, { method: "POST", headers: signedIn() })
    expect(response.status).toBe(503)
    expect(edge.seen).toHaveLength(1)
  })

  it("breaks an answer off when the service breaks it off", async () => {
    edge.serve = (request, response) => {
      response.writeHead(200, { "content-length": "100" })
      response.write("half")
      setTimeout(() => request.socket.destroy(), 20)
    }
    const response = await fetch(`${edge.url}/catalog/products`)
    await expect(response.text()).rejects.toThrow()
  })

  it("passes an answer on while it is being written", async () => {
    let finish = () => {}
    edge.serve = (_, response) => {
      response.write("first")
      finish = () => response.end(" last")
    }
    const response = await fetch(`${edge.url}/catalog/products`)
    const reader = (response.body as ReadableStream<Uint8Array>).getReader()
    expect(Buffer.from((await reader.read()).value as Uint8Array).toString()).toBe("first")
    finish()
    expect(Buffer.from((await reader.read()).value as Uint8Array).toString()).toBe(" last")
  })

  it.each([404, 500])("gives an empty %i of an app's host the shape of every other error", async (status) => {
    edge.serve = (_, response) => {
      response.writeHead(status, { "content-length": "0", "retry-after": "7" })
      response.end()
    }
    const response = await fetch(`${edge.url}/catalog/products/1`)
    expect(response.status).toBe(status)
    expect(response.headers.get("content-type")).toBe("application/problem+json")
    expect(response.headers.get("retry-after")).toBe("7")
    expect(await response.json()).toMatchObject({
      type: `urn:eshop:problem:${status === 404 ? "service.refused" : "service.failed"}`,
      status,
      instance: "/catalog/products/1",
      traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
    })
  })

  it("passes an app's own problem on as it is", async () => {
    edge.serve = (_, response) => {
      response.writeHead(409, { "content-type": "application/problem+json; charset=utf-8" })
      response.end('{"type":"urn:eshop:problem:basket.changed"}')
    }
    const response = await fetch(`${edge.url}/catalog/products/1`)
    expect([response.status, await response.text()]).toEqual([
      409,
      '{"type":"urn:eshop:problem:basket.changed"}',
    ])
  })

  it("gives up on a caller that does not read its answer", async () => {
    const closed = new Promise<void>((resolve) => {
      edge.serve = (request, response) => {
        request.socket.on("close", () => resolve())
        response.end(Buffer.alloc(64 * 1_048_576))
      }
    })
    const socket = connect(edge.port, "127.0.0.1", () =>
      socket.write("GET /catalog/products HTTP/1.1\r\nhost: shop\r\n\r\n"),
    )
    socket.pause()
    await closed
    expect(edge.seen).toHaveLength(1)
    socket.destroy()
  })
})
