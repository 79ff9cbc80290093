import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { repositoryRoot } from "@eshop/local-cloud/settings"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { readGatewayFiles } from "./routes.ts"
import { type Edge, parseAnswer, startEdge } from "./testing/edge.ts"

let edge: Edge
beforeAll(async () => {
  edge = await startEdge()
})
afterAll(() => edge.close())
beforeEach(() => edge.reset())

describe("the route table", () => {
  it.each([
    "/",
    "/nothing",
    "/catalogue/products",
    "/catalog",
    "/catalog/openapi.json",
    "/catalog/health/live",
    "/catalog/admin/host/status",
    "/catalog//admin/functions",
    "/catalog/%61dmin/functions",
    "/catalog/%2Fadmin/functions",
    "/catalog/products/..%2F..%2Fadmin%2Ffunctions",
    "/catalog/x/../runtime/webhooks/durabletask/instances",
    "/catalog/%2e/Runtime/webhooks",
    "/catalog/%E0%A4%A",
  ])("publishes nothing at %s, whoever asks", async (path) => {
    const authorization = `Bearer ${await edge.token("role=catalog.write")}`
    const { status, body } = await edge.raw(path, { authorization })
    expect(status).toBe(404)
    expect(JSON.parse(body)).toMatchObject({
      type: "urn:eshop:problem:route.unknown",
      title: "Not found",
      status: 404,
      instance: path,
      traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
    })
    expect(edge.seen).toHaveLength(0)
  })

  it.each([
    ["DELETE", "/catalog/products", "GET, HEAD, POST"],
    ["GET", "/basket/checkout", "POST"],
    ["PATCH", "/basket/cart/items/1", "DELETE"],
    ["PROPFIND", "/basket/cart", "GET, HEAD"],
  ])("answers 405 to %s %s and says what is allowed", async (method, path, allow) => {
    const { status, headers, body } = await edge.raw(path, {}, method)
    expect([status, headers.allow]).toEqual([405, allow])
    expect(JSON.parse(body)).toMatchObject({ type: "urn:eshop:problem:route.method", status: 405 })
    expect(edge.seen).toHaveLength(0)
  })

  it("answers HEAD with the headers of GET, whether or not the service knows HEAD", async () => {
    edge.serve = (request, response) => {
      response.writeHead(request.method === "GET" ? 200 : 404, { "content-length": "2", etag: '"1"' })
      response.end("ok")
    }
    const { status, headers, body } = await edge.raw("/catalog/products", {}, "HEAD")
    expect([status, headers["content-length"], headers.etag, body]).toEqual([200, "2", '"1"', ""])
  })
})

describe("request targets and hosts", () => {
  const get = async (request: string) => parseAnswer(await edge.bytes(request))
  const last = "connection: close\r\n\r\n"

  it("takes the absolute form, whose host wins over the header", async () => {
    const target = "http://shop.example:8080/catalog/products?limit=1"
    const { status } = await get(`GET ${target} HTTP/1.1\r\nhost: other\r\n${last}`)
    expect(status).toBe(200)
    expect(edge.seen[0]).toMatchObject({
      url: "/products?limit=1",
      headers: { "x-forwarded-host": "shop.example:8080", "x-forwarded-prefix": "/catalog" },
    })
  })

  it("takes HTTP/1.0 without Host", async () => {
    expect((await get("GET /catalog/products HTTP/1.0\r\n\r\n")).status).toBe(200)
    expect(edge.seen[0]?.headers).not.toHaveProperty("x-forwarded-host")
  })

  it.each([
    ["no Host", `GET /catalog/products HTTP/1.1\r\n${last}`],
    ["two Hosts", `GET /catalog/products HTTP/1.1\r\nhost: a\r\nhost: b\r\n${last}`],
    ["an empty Host", `GET /catalog/products HTTP/1.1\r\nhost:\r\n${last}`],
    ["a Host with a path", `GET /catalog/products HTTP/1.1\r\nhost: a/b\r\n${last}`],
    ["a Host with a user", `GET /catalog/products HTTP/1.1\r\nhost: a@b\r\n${last}`],
    ["a Host with a wrong port", `GET /catalog/products HTTP/1.1\r\nhost: a:x\r\n${last}`],
    ["an asterisk", `OPTIONS * HTTP/1.1\r\nhost: shop\r\n${last}`],
    ["another scheme", `GET ftp://shop/catalog/products HTTP/1.1\r\nhost: shop\r\n${last}`],
    ["no HTTP", "hello\r\n\r\n"],
    ["a broken header", "GET /catalog/products HTTP/1.1\r\nhost shop\r\n\r\n"],
    [
      "two lengths",
      "POST /basket/notes HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nx",
    ],
    ["a broken chunk", "POST /basket/notes HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"],
  ])("answers 400 in the shape of every other error to %s", async (_, request) => {
    const { status, headers, body } = await get(request)
    expect([status, headers["content-type"]]).toEqual([400, "application/problem+json"])
    expect(JSON.parse(body)).toMatchObject({ type: "urn:eshop:problem:request.malformed", status: 400 })
    expect(edge.seen).toHaveLength(0)
  })

  it("answers 431 in that shape to headers without end", async () => {
    const { status, body } = await get(`GET / HTTP/1.1\r\nhost: a\r\nx: ${"x".repeat(20_000)}\r\n\r\n`)
    expect(status).toBe(431)
    expect(JSON.parse(body)).toMatchObject({ type: "urn:eshop:problem:request.headers-too-large" })
  })
})

describe("the files of infra/gateway", () => {
  const real = join(repositoryRoot, "infra", "gateway", "routes.json")

  it("are what the gateway can read", async () => {
    const { services, routes, issuer } = await readGatewayFiles(real)
    expect(services.map(({ prefix }) => prefix)).toEqual(["/catalog", "/basket", "/discount", "/ordering"])
    expect(new Set(routes.map(({ service }) => service)).size).toBe(services.length)
    expect(issuer).toEqual({ audience: "eshop", rolesClaim: "roles" })
  })

  it.each([
    [
      { access: "everyone" },
      "access is neither anyone nor signed-in nor signed-in-or-guest nor customer nor shopper nor order nor a role",
    ],
    [
      { access: {} },
      "access is neither anyone nor signed-in nor signed-in-or-guest nor customer nor shopper nor order nor a role",
    ],
    [
      { access: undefined },
      "access is neither anyone nor signed-in nor signed-in-or-guest nor customer nor shopper nor order nor a role",
    ],
    [{ service: "billing" }, "gateway.json has no service billing"],
    [{ path: "/x/{*rest}" }, "/x/{*rest} is not a path of literal segments and {parameters}"],
    [{ path: "cart" }, "cart is not a path of literal segments and {parameters}"],
    [{ maxBodyBytes: undefined }, "maxBodyBytes is not a number of bytes"],
  ])("are refused with %j", async (part, fault) => {
    const folder = await mkdtemp(join(tmpdir(), "routes-"))
    const route = {
      name: "a",
      service: "catalog",
      method: "GET",
      path: "/a",
      access: "anyone",
      maxBodyBytes: 1,
    }
    const services = [{ name: "catalog", prefix: "/catalog" }]
    await writeFile(join(folder, "gateway.json"), JSON.stringify({ services }))
    await writeFile(join(folder, "storefront.json"), "{}")
    await writeFile(join(folder, "routes.json"), JSON.stringify({ routes: [{ ...route, ...part }] }))
    await expect(readGatewayFiles(join(folder, "routes.json"))).rejects.toThrow(`a: ${fault}`)
    await rm(folder, { recursive: true })
  })
})
