import { connect } from "node:net"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { type Edge, parseAnswer, startEdge } from "./testing/edge.ts"

let edge: Edge
beforeAll(async () => {
  edge = await startEdge()
})
afterAll(() => edge.close())
beforeEach(() => edge.reset())

const HEAD = "POST /basket/notes HTTP/1.1\r\nhost: shop\r\n"

async function refuses(bytes: string, status: number, code: string) {
  const answer = parseAnswer(await edge.bytes(bytes))
  expect([answer.status, answer.headers["content-type"]]).toEqual([status, "application/problem+json"])
  expect(JSON.parse(answer.body)).toMatchObject({ type: `urn:eshop:problem:${code}`, status })
  expect(answer.headers["x-content-type-options"]).toBe("nosniff")
  expect(edge.seen).toHaveLength(0)
}

describe("a request that two servers could read in two ways is refused", () => {
  it.each([
    ["a length and chunks", `${HEAD}content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`],
    ["chunks and a length", `${HEAD}transfer-encoding: chunked\r\ncontent-length: 4\r\n\r\n0\r\n\r\n`],
    ["the same length twice", `${HEAD}content-length: 1\r\ncontent-length: 1\r\n\r\nx`],
    ["a list of lengths", `${HEAD}content-length: 1, 1\r\n\r\nx`],
    ["a signed length", `${HEAD}content-length: +1\r\n\r\nx`],
    ["a negative length", `${HEAD}content-length: -1\r\n\r\n`],
    ["a hexadecimal length", `${HEAD}content-length: 0x1\r\n\r\nx`],
    ["a coding that is none", `${HEAD}transfer-encoding: xchunked\r\n\r\n0\r\n\r\n`],
    ["chunks that are not the last coding", `${HEAD}transfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n`],
    [
      "two codings in two lines",
      `${HEAD}transfer-encoding: chunked\r\ntransfer-encoding: identity\r\n\r\n0\r\n\r\n`,
    ],
    ["a blank before the colon", `${HEAD}transfer-encoding : chunked\r\n\r\n0\r\n\r\n`],
    ["a folded header", `${HEAD}x-a: 1\r\n  2\r\ntransfer-encoding:\r\n chunked\r\n\r\n0\r\n\r\n`],
    ["bare line feeds", "POST /basket/notes HTTP/1.1\nhost: shop\ncontent-length: 1\n\nx"],
    ["a bare carriage return", `${HEAD}x-a: 1\rcontent-length: 1\r\n\r\nx`],
    ["a NUL in a header", `${HEAD}x-a: \0\r\n\r\n`],
    ["a chunk size with a sign", `${HEAD}transfer-encoding: chunked\r\n\r\n-1\r\n\r\n`],
    ["a chunk size that overflows", `${HEAD}transfer-encoding: chunked\r\n\r\nfffffffffffffffff\r\n\r\n`],
    ["a chunk without its end", `${HEAD}transfer-encoding: chunked\r\n\r\n1\r\nxx\r\n0\r\n\r\n`],
    ["a method in small letters", "get /catalog/products HTTP/1.1\r\nhost: shop\r\n\r\n"],
    ["no version", "GET /catalog/products\r\n\r\n"],
    ["another version", "GET /catalog/products HTTP/9.9\r\nhost: shop\r\n\r\n"],
    ["HTTP/2 without TLS", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
    ["TLS", "\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03"],
    ["a tunnel", "CONNECT shop:443 HTTP/1.1\r\nhost: shop:443\r\n\r\n"],
    ["a backslash in the path", "GET /catalog\\products HTTP/1.1\r\nhost: shop\r\nconnection: close\r\n\r\n"],
    ["a fragment", "GET /catalog/products#/../admin HTTP/1.1\r\nhost: shop\r\nconnection: close\r\n\r\n"],
  ])("%s", (_, bytes) => refuses(bytes, 400, "request.malformed"))

  it("and what follows it on the connection is not read as a request", async () => {
    const smuggled = "GET /catalog/products HTTP/1.1\r\nhost: shop\r\n\r\n"
    await refuses(
      `${HEAD}content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
      400,
      "request.malformed",
    )
  })

  it("and a body belongs to its own request", async () => {
    const inner = "GET /catalog/products/smuggled HTTP/1.1\r\nhost: shop\r\n\r\n"
    const body = `POST /basket/shop HTTP/1.1\r\nhost: shop\r\ncontent-length: ${inner.length}\r\n\r\n${inner}`
    const last = "GET /catalog/products HTTP/1.1\r\nhost: shop\r\nconnection: close\r\n\r\n"
    await edge.bytes(`${body}${last}`)
    expect(edge.seen.map(({ method, url, body }) => [method, url, body])).toEqual([
      ["POST", "/shop", inner],
      ["GET", "/products", ""],
    ])
  })
})

describe("what a path may hide", () => {
  it.each([
    "/catalog/products/%00",
    "/catalog/products/a%0d%0aset-cookie:%20b=c",
    "/catalog/products/a%7f",
    "/catalog/products/%c0%ae%c0%ae",
    "/catalog/products/%ff",
    "/catalog/products/%2e%2e%2f",
    "/catalog/products/..%5c..%5cadmin",
    "/catalog/products/.%2e/",
    "/catalog;/products",
    "/catalog%2fproducts",
    "/%63atalog/products",
  ])("%s is nothing", async (path) => {
    expect((await edge.raw(path)).status).toBe(404)
    expect(edge.seen).toHaveLength(0)
  })

  it("is decoded once: what is encoded twice is the name of something", async () => {
    await edge.raw("/catalog/products/%252e%252e%252fadmin")
    expect(edge.seen.map(({ url }) => url)).toEqual(["/products/%252e%252e%252fadmin"])
  })

  it.each([
    ["credentials", "http://admin:secret@shop.example/catalog/products"],
    ["another port", "http://shop.example:1/catalog/products"],
    ["capitals", "HTTP://SHOP.example/catalog/products"],
  ])("an absolute target with %s leads nowhere else", async (_, target) => {
    await edge.bytes(`GET ${target} HTTP/1.1\r\nhost: shop\r\nconnection: close\r\n\r\n`)
    expect(edge.seen.map(({ url }) => url)).toEqual(["/products"])
    expect(edge.seen[0]?.headers["x-forwarded-host"]).toMatch(/^shop\.example(:1)?$/)
    expect(JSON.stringify(edge.seen)).not.toContain("secret")
  })
})

describe("what a header may claim", () => {
  it("is not passed on where a server would believe it", async () => {
    const forged = {
      forwarded: "for=1.2.3.4",
      "x-forwarded-for": "1.2.3.4",
      "x-forwarded-prefix": "/evil",
      "x-forwarded-host": "evil.example",
      "x-original-url": "/admin/host/status",
      "x-rewrite-url": "/admin/host/status",
      "x-http-method-override": "DELETE",
      "x-method-override": "DELETE",
      "x-ms-client-principal": "YWRtaW4=",
      "x-ms-client-principal-id": "admin",
      "x-ms-client-principal-name": "admin",
      "x-ms-client-principal-idp": "aad",
      connection: "x-forwarded-prefix, traceparent, keep-alive",
    }
    await edge.raw("/catalog/products", forged)
    const { headers } = edge.seen[0] as (typeof edge.seen)[number]
    expect(JSON.stringify(headers)).not.toMatch(/1\.2\.3\.4|evil|admin|DELETE|YWRtaW4|aad/)
    expect(headers).toMatchObject({ "x-forwarded-prefix": "/catalog", "x-forwarded-for": "127.0.0.1" })
    expect(headers.traceparent).toMatch(/^00-/)
  })

  it("makes no other protocol of the connection", async () => {
    const upgrade = "connection: upgrade, close\r\nupgrade: websocket\r\nsec-websocket-key: eA==\r\n"
    const answer = await edge.bytes(`GET /catalog/products HTTP/1.1\r\nhost: shop\r\n${upgrade}\r\n`)
    expect(parseAnswer(answer).status).toBe(200)
    expect(edge.seen[0]?.headers).not.toHaveProperty("upgrade")
    const h2c = "connection: upgrade, http2-settings, close\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABk\r\n"
    expect(
      parseAnswer(await edge.bytes(`GET /catalog/products HTTP/1.1\r\nhost: shop\r\n${h2c}\r\n`)).status,
    ).toBe(200)
    expect(edge.seen[1]?.headers).not.toHaveProperty("http2-settings")
  })

  it("is not echoed by TRACE", async () => {
    const { status, body } = await edge.raw("/catalog/products", { authorization: "Bearer secret" }, "TRACE")
    expect(status).toBe(405)
    expect(body).not.toContain("secret")
  })

  it("is not one of more headers than are read", () =>
    refuses(
      `GET /catalog/products HTTP/1.1\r\nhost: shop\r\n${"a:\r\n".repeat(2_500)}x-last: 1\r\nconnection: close\r\n\r\n`,
      431,
      "request.headers-too-large",
    ))
})

describe("answers", () => {
  it("all say the shop's security headers, unless they say something else themselves", async () => {
    const policy = "default-src 'none'; style-src 'unsafe-inline'"
    edge.serve = (_, response) => {
      response.writeHead(200, {
        server: "Kestrel",
        "x-powered-by": "ASP.NET",
        "content-security-policy": policy,
      })
      response.end()
    }
    const always = {
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
    }
    const answer = await edge.raw("/catalog/products")
    expect(answer.headers).toMatchObject({ ...always, "content-security-policy": policy })
    expect(answer.headers).not.toHaveProperty("server")
    expect(answer.headers).not.toHaveProperty("x-powered-by")
    for (const path of ["/nothing", "/health/live", "/basket/cart"]) {
      const { headers } = await edge.raw(path)
      expect(headers).toMatchObject({
        ...always,
        "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
      })
    }
  })
})

it("a caller who sends headers a byte at a time does not keep others waiting", async () => {
  const slow = Array.from({ length: 50 }, () => connect(edge.port, "127.0.0.1").on("error", () => undefined))
  for (const socket of slow) socket.write("GET /catalog/products HTTP/1.1\r\nhost: s")
  const answers = await Promise.all(Array.from({ length: 20 }, () => edge.raw("/catalog/products")))
  expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200))
  for (const socket of slow) socket.destroy()
})
