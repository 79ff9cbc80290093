import { mkdtemp, rm } from "node:fs/promises"
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http"
import { type AddressInfo, createServer as createTcpServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { startIdentityProvider } from "@eshop/identity-provider/server"
import { repositoryRoot } from "@eshop/local-cloud/settings"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { readRoutes } from "./routes.ts"
import { type Gateway, startGateway } from "./server.ts"

const allowed = "http://localhost:5173"
const TIMEOUT_MS = 150

let dataDir: string
let identity: Server
let service: Server
let gateway: Gateway
let url: string
let token: string
let parts: Record<string, string> = {}
/** Requests that reached the service behind the gateway. */
let seen: { method: string; url: string; headers: IncomingMessage["headers"]; body: string }[] = []
let serve: (request: IncomingMessage, response: ServerResponse, body: string) => void

const portOf = (server: Server) => (server.address() as AddressInfo).port

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "gateway-"))
  identity = await startIdentityProvider({ port: 0, audience: "eshop", dataDir, allowedOrigins: [] })
  const issuer = `http://localhost:${portOf(identity)}`
  const asText = { headers: { accept: "text/plain" } }
  token = await (await fetch(`${issuer}/dev/token?customer=mehmet`, asText)).text()
  service = createServer(async (request, response) => {
    let body = ""
    for await (const chunk of request) body += chunk
    seen.push({ method: request.method ?? "", url: request.url ?? "", headers: request.headers, body })
    serve(request, response, body)
  })
  await new Promise<void>((resolve) => service.listen(0, "127.0.0.1", resolve))
  const noHttp = createTcpServer((socket) => socket.end("this is not HTTP\r\n\r\n"))
  await new Promise<void>((resolve) => noHttp.listen(0, "127.0.0.1", resolve))
  noHttp.unref()
  gateway = await startGateway({
    port: 0,
    routes: await readRoutes(join(repositoryRoot, "infra", "gateway", "routes.json")),
    issuer,
    upstreams: {
      catalog: `http://127.0.0.1:${portOf(service)}`,
      basket: `http://127.0.0.1:${portOf(service)}`,
      // Port 1 is never listened on.
      discount: "http://127.0.0.1:1",
      ordering: `http://127.0.0.1:${(noHttp.address() as AddressInfo).port}`,
    },
    partStates: () => parts,
    timeoutMs: TIMEOUT_MS,
  })
  url = `http://localhost:${gateway.port}`
})

afterAll(async () => {
  await gateway.close()
  for (const server of [service, identity]) {
    server.closeAllConnections()
    server.close()
  }
  await rm(dataDir, { recursive: true })
})

beforeEach(() => {
  seen = []
  serve = (_, response) => response.end("ok")
})

const signedIn = (headers: Record<string, string> = {}) => ({ authorization: `Bearer ${token}`, ...headers })

/** Sends a request target as it stands; fetch would normalise it. */
function raw(path: string, headers: Record<string, string> = {}, method = "GET") {
  return new Promise<{ status: number; body: string }>((resolve, reject) => {
    const asked = request(
      { host: "127.0.0.1", port: gateway.port, path, method, headers },
      async (answer) => {
        let body = ""
        for await (const chunk of answer) body += chunk
        resolve({ status: answer.statusCode ?? 0, body })
      },
    )
    asked.on("error", reject)
    asked.end()
  })
}

describe("routing", () => {
  it("takes the prefix off and passes method, query, body and conditions on", async () => {
    serve = (_, response) => {
      response.writeHead(201, { etag: '"7"', location: "/carts/1", "set-cookie": ["a=1", "b=2"] })
      response.end("made")
    }
    const response = await fetch(`${url}/basket/cart/items?dry=1&x=%2F`, {
      method: "PUT",
      body: '{"quantity":2}',
      headers: signedIn({ "idempotency-key": "k-1", "if-match": '"6"', "content-type": "application/json" }),
    })
    expect([response.status, await response.text()]).toEqual([201, "made"])
    expect(response.headers.get("etag")).toBe('"7"')
    expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"])
    expect(seen).toHaveLength(1)
    expect(seen[0]).toMatchObject({ method: "PUT", url: "/cart/items?dry=1&x=%2F", body: '{"quantity":2}' })
    expect(seen[0]?.headers).toMatchObject({
      "idempotency-key": "k-1",
      "if-match": '"6"',
      authorization: `Bearer ${token}`,
      "x-forwarded-for": "127.0.0.1",
      "x-forwarded-host": `localhost:${gateway.port}`,
      "x-forwarded-proto": "http",
      "x-forwarded-prefix": "/basket",
    })
  })

  it("keeps what concerns one connection to that connection, and forged edge headers out", async () => {
    serve = (_, response) => {
      response.writeHead(200, {
        connection: "x-internal",
        "x-internal": "1",
        "x-public": "1",
        "access-control-allow-origin": "*",
      })
      response.end()
    }
    await raw("/catalog/products", {
      connection: "keep-alive, x-hop",
      "x-hop": "1",
      te: "trailers",
      "proxy-authorization": "Basic eA==",
      "x-forwarded-for": "1.2.3.4",
      "x-ms-client-principal": "admin",
      forwarded: "for=1.2.3.4",
    })
    expect(seen[0]?.headers).not.toHaveProperty("x-hop")
    for (const name of ["te", "proxy-authorization", "x-ms-client-principal", "forwarded"]) {
      expect(seen[0]?.headers).not.toHaveProperty(name)
    }
    expect(seen[0]?.headers["x-forwarded-for"]).toBe("127.0.0.1")
    const response = await fetch(`${url}/catalog/products`)
    expect(response.headers.get("x-public")).toBe("1")
    expect(response.headers.get("x-internal")).toBeNull()
    expect(response.headers.get("access-control-allow-origin")).toBeNull()
  })

  it("makes a trace context where there is none and passes one on", async () => {
    await fetch(`${url}/catalog/products`)
    expect(seen[0]?.headers.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/)
    const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    await fetch(`${url}/catalog/products`, { headers: { traceparent } })
    expect(seen[1]?.headers.traceparent).toBe(traceparent)
  })

  it.each([
    "/",
    "/nothing",
    "/catalogue/products",
    "/catalog/admin/host/status",
    "/catalog//admin/functions",
    "/catalog/%61dmin/functions",
    "/catalog/%2Fadmin/functions",
    "/catalog/x/../runtime/webhooks/durabletask/instances",
    "/catalog/%2e/Runtime/webhooks",
    "/catalog/%E0%A4%A",
  ])("publishes nothing at %s", async (path) => {
    const { status, body } = await raw(path, signedIn())
    expect(status).toBe(404)
    expect(JSON.parse(body)).toMatchObject({
      type: "urn:eshop:problem:route.unknown",
      title: "Not found",
      status: 404,
      instance: path,
      traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
    })
    expect(seen).toHaveLength(0)
  })
})

describe("tokens", () => {
  it("lets anyone read the catalog and nobody else do anything without a token", async () => {
    expect((await fetch(`${url}/catalog/products`)).status).toBe(200)
    expect((await fetch(`${url}/catalog/products`, { method: "HEAD" })).status).toBe(200)
    expect(seen).toHaveLength(2)
    for (const [method, path] of [
      ["POST", "/catalog/products"],
      ["GET", "/basket/cart"],
      ["DELETE", "/ordering/orders/1"],
    ] as const) {
      const response = await fetch(`${url}${path}`, { method })
      expect(response.status).toBe(401)
      expect(response.headers.get("content-type")).toBe("application/problem+json")
      expect(response.headers.get("www-authenticate")).toBe('Bearer realm="eshop"')
      expect(await response.json()).toMatchObject({
        type: "urn:eshop:problem:token.required",
        status: 401,
        instance: path,
      })
    }
    expect(seen).toHaveLength(2)
  })

  it.each([
    ["another scheme", () => "Basic bWVobWV0Og=="],
    ["no token at all", () => "Bearer"],
    ["a broken token", () => `Bearer ${token.slice(0, -4)}AAAA`],
    ["a token without signature", () => `Bearer ${token.split(".").slice(0, 2).join(".")}.`],
  ])("refuses %s, even where none is needed", async (_, authorization) => {
    const response = await fetch(`${url}/catalog/products`, { headers: { authorization: authorization() } })
    expect(response.status).toBe(401)
    expect(response.headers.get("www-authenticate")).toBe('Bearer realm="eshop", error="invalid_token"')
    expect(seen).toHaveLength(0)
  })
})

describe("limits", () => {
  const limit = 1_048_576

  it("passes a body of exactly 1 MiB and refuses one byte more", async () => {
    const send = (bytes: number) =>
      fetch(`${url}/basket/cart`, { method: "POST", body: "x".repeat(bytes), headers: signedIn() })
    expect((await send(limit)).status).toBe(200)
    expect(seen[0]?.body).toHaveLength(limit)
    const refused = await send(limit + 1)
    expect(refused.status).toBe(413)
    expect(await refused.json()).toMatchObject({ type: "urn:eshop:problem:request.too-large", status: 413 })
    expect(seen).toHaveLength(1)
  })

  it("refuses a body of unknown length before the service sees any of it", async () => {
    const send = (chunks: number) =>
      fetch(`${url}/basket/cart`, {
        method: "POST",
        body: ReadableStream.from(Array.from({ length: chunks }, () => Buffer.alloc(65_536))),
        duplex: "half",
        headers: signedIn(),
      } as RequestInit)
    expect((await send(17)).status).toBe(413)
    expect(seen).toHaveLength(0)
    expect((await send(16)).status).toBe(200)
    expect(seen[0]?.headers["content-length"]).toBe(String(limit))
  })

  it("refuses before a careful client sends anything", async () => {
    const status = await new Promise((resolve) => {
      const headers = signedIn({ expect: "100-continue", "content-length": String(limit + 1) })
      const asked = request({
        host: "127.0.0.1",
        port: gateway.port,
        path: "/basket/cart",
        method: "POST",
        headers,
      })
      asked.on("continue", () => resolve("continue"))
      asked.on("response", (answer) => {
        resolve(answer.statusCode)
        asked.destroy()
      })
      asked.flushHeaders()
    })
    expect(status).toBe(413)
  })
})

describe("a service in trouble", () => {
  it("answers 504 when the service takes too long, and gives the call up", async () => {
    const givenUp = new Promise<void>((resolve) => {
      serve = (_, response) => response.on("close", resolve)
    })
    const response = await fetch(`${url}/basket/slow`, { method: "POST", headers: signedIn() })
    expect(response.status).toBe(504)
    expect(await response.json()).toMatchObject({
      type: "urn:eshop:problem:service.timeout",
      instance: "/basket/slow",
    })
    await givenUp
    expect(seen).toHaveLength(1)
  })

  it("answers 503 with Retry-After when it cannot be reached", async () => {
    const response = await fetch(`${url}/discount/coupons`, { headers: signedIn() })
    expect(response.status).toBe(503)
    expect(response.headers.get("retry-after")).toBe("1")
    expect(await response.json()).toMatchObject({
      type: "urn:eshop:problem:service.unavailable",
      status: 503,
    })
  })

  it("answers 502 when what comes back is not HTTP", async () => {
    const response = await fetch(`${url}/ordering/orders`, { headers: signedIn() })
    expect(response.status).toBe(502)
    expect(await response.json()).toMatchObject({ type: "urn:eshop:problem:service.bad-answer", status: 502 })
  })

  it("does not repeat a write whose connection breaks", async () => {
    serve = (request) => request.socket.destroy()
    const response = await fetch(`${url}/basket/checkout`, { method: "POST", headers: signedIn() })
    expect(response.status).toBe(503)
    expect(seen).toHaveLength(1)
  })

  it("breaks an answer off when the service breaks it off", async () => {
    serve = (request, response) => {
      response.writeHead(200, { "content-length": "100" })
      response.write("half")
      setTimeout(() => request.socket.destroy(), 20)
    }
    const response = await fetch(`${url}/catalog/products`)
    await expect(response.text()).rejects.toThrow()
  })

  it("passes an answer on while it is being written", async () => {
    let finish = () => {}
    serve = (_, response) => {
      response.write("first")
      finish = () => response.end(" last")
    }
    const response = await fetch(`${url}/catalog/products`)
    const reader = (response.body as ReadableStream<Uint8Array>).getReader()
    expect(Buffer.from((await reader.read()).value as Uint8Array).toString()).toBe("first")
    finish()
    expect(Buffer.from((await reader.read()).value as Uint8Array).toString()).toBe(" last")
  })
})

describe("cross-origin requests", () => {
  const preflight = (origin: string) =>
    fetch(`${url}/basket/cart`, {
      method: "OPTIONS",
      headers: {
        origin,
        "access-control-request-method": "PUT",
        "access-control-request-headers": "if-match",
      },
    })

  it("answers a preflight without asking the service or for a token", async () => {
    const response = await preflight(allowed)
    expect(response.status).toBe(204)
    expect(response.headers.get("access-control-allow-origin")).toBe(allowed)
    expect(response.headers.get("access-control-allow-methods")).toContain("PUT")
    expect(response.headers.get("access-control-allow-headers")).toContain("idempotency-key")
    expect(response.headers.get("access-control-max-age")).toBe("600")
    expect(seen).toHaveLength(0)
  })

  it("permits other origins nothing", async () => {
    const response = await preflight("http://evil.example")
    expect(response.headers.get("access-control-allow-origin")).toBeNull()
    expect(response.headers.get("access-control-allow-methods")).toBeNull()
  })

  it("lets an allowed page read answers and problems", async () => {
    serve = (_, response) => {
      response.setHeader("vary", "Accept")
      response.end()
    }
    const answer = await fetch(`${url}/catalog/products`, { headers: { origin: allowed } })
    expect(answer.headers.get("access-control-allow-origin")).toBe(allowed)
    expect(answer.headers.get("access-control-expose-headers")).toContain("etag")
    expect(answer.headers.get("vary")).toBe("Accept, Origin")
    const problem = await fetch(`${url}/basket/cart`, { headers: { origin: allowed } })
    expect(problem.headers.get("access-control-allow-origin")).toBe(allowed)
  })
})

describe("health", () => {
  it("is live, and ready only when every part is", async () => {
    expect((await fetch(`${url}/health/live`)).status).toBe(200)
    parts = {}
    expect((await fetch(`${url}/health/ready`)).status).toBe(503)
    parts = { postgres: "ready", catalog: "starting" }
    const before = await fetch(`${url}/health/ready`)
    expect(before.status).toBe(503)
    expect(await before.json()).toEqual({ status: "starting", missing: ["catalog"], parts })
    parts = { postgres: "ready", catalog: "ready" }
    const after = await fetch(`${url}/health/ready`)
    expect(after.status).toBe(200)
    expect(await after.json()).toEqual({ status: "ready", parts })
  })
})
