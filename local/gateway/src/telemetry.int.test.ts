import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest"
import { type Edge, startEdge } from "./testing/edge.ts"

let part: Server
let asked: string[]
let edge: Edge

beforeAll(async () => {
  part = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.host}`)
    response.writeHead(200, { "content-type": "text/plain", "content-security-policy": "default-src 'none'" })
    response.end("from the part")
  })
  await new Promise<void>((resolve) => part.listen(0, "127.0.0.1", resolve))
  edge = await startEdge({ telemetry: `http://localhost:${(part.address() as AddressInfo).port}` })
})

afterAll(async () => {
  await edge.close()
  part.close()
})

beforeEach(() => {
  asked = []
})

it("passes reads on to the page, which must not know where it is", async () => {
  const { port } = part.address() as AddressInfo
  const page = await fetch(`${edge.url}/console/telemetry/api/traces?service=a%20b`)
  expect([page.status, await page.text()]).toEqual([200, "from the part"])
  expect(page.headers.get("content-security-policy")).toBe("default-src 'none'")
  expect(asked).toEqual([`GET /api/traces?service=a%20b localhost:${port}`])
  const moved = await fetch(`${edge.url}/console/telemetry`, { redirect: "manual" })
  expect([moved.status, moved.headers.get("location")]).toEqual([308, "/console/telemetry/"])
  expect((await edge.raw("/console/telemetry/", {}, "HEAD")).status).toBe(200)
})

it.each(["POST", "PUT", "DELETE"])("passes no %s on", async (method) => {
  expect((await edge.raw("/console/telemetry/v1/traces", {}, method)).status).toBe(404)
  expect(asked).toEqual([])
})

it("passes on what its own pages tell of themselves, and nobody else's", async () => {
  const host = `127.0.0.1:${new URL(edge.url).port}`
  const send = (origin: string | undefined, body = "{}") =>
    edge.raw(
      "/console/telemetry/v1/traces",
      { "content-type": "application/json", "content-length": `${body.length}`, ...(origin && { origin }) },
      "POST",
      body,
    )
  expect((await send(`http://${host}`)).status).toBe(200)
  expect(asked).toEqual([expect.stringMatching(/^POST \/v1\/traces /)])
  asked = []
  expect((await send("http://elsewhere.example")).status).toBe(404)
  expect((await send(undefined)).status).toBe(404)
  expect((await send(`http://${host}`, "x".repeat(16_385))).status).toBe(413)
  expect(asked).toEqual([])
})

it("tells the pages where to send them and where to look at them, while the part runs", async () => {
  const directory = "nowhere"
  const pages = await startEdge({
    storefront: {
      directory,
      pages: directory,
      payments: "http://localhost:8095",
      issuer: "http://localhost:8090",
    },
    telemetry: "http://localhost:1",
  })
  const configuration = await fetch(`${pages.url}/storefront.json`)
  expect(await configuration.json()).toMatchObject({
    telemetry: "/console/telemetry/v1/traces",
    traces: "/console/telemetry/#/traces/{traceId}",
  })
  await pages.close()
})

it("has nothing there where the part does not run, and says so while it is away", async () => {
  const without = await startEdge()
  expect((await fetch(`${without.url}/console/telemetry/`)).status).toBe(404)
  await without.close()
  // Port 1 is never listened on.
  const away = await startEdge({ telemetry: "http://localhost:1" })
  const answer = await fetch(`${away.url}/console/telemetry/`)
  expect(answer.status).toBe(503)
  expect(await answer.json()).toMatchObject({ type: "urn:eshop:problem:service.unavailable" })
  await away.close()
})
