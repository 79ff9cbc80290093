import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { afterEach, beforeEach, expect, it } from "vitest"
import { type Edge, startEdge } from "./testing/edge.ts"

type Span = { traceId: string; spanId: string; parentSpanId?: string; name: string; attributes: unknown[] }

let receiver: Server
let spans: Span[]
let edge: Edge

beforeEach(async () => {
  spans = []
  receiver = createServer(async (request, response) => {
    let body = ""
    for await (const chunk of request) body += chunk
    for (const { scopeSpans } of JSON.parse(body).resourceSpans)
      for (const scope of scopeSpans) spans.push(...scope.spans)
    response.end("{}")
  })
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve))
  edge = await startEdge({ otlp: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}` })
})
afterEach(() => receiver.close())

const traceId = "a".repeat(32)
const traceparent = `00-${traceId}-${"b".repeat(16)}-01`

it("is the caller's child and the service's parent, named by the route", async () => {
  await edge.raw("/catalog/products/42?q=x", { traceparent })
  const [request] = edge.seen
  await edge.close()
  expect(spans.map(({ name, traceId, parentSpanId }) => [name, traceId, parentSpanId])).toEqual([
    ["GET /catalog/products/{id}", traceId, "b".repeat(16)],
  ])
  expect(request?.headers.traceparent).toBe(`00-${traceId}-${spans[0]?.spanId}-01`)
  expect(JSON.stringify(spans)).not.toContain("42?")
})

it("begins a trace for a caller without one, and tells its id in a problem", async () => {
  const answer = await edge.raw("/basket/cart")
  await edge.close()
  expect(answer.status).toBe(401)
  expect(spans.map(({ name, parentSpanId }) => [name, parentSpanId])).toEqual([
    ["GET /basket/cart", undefined],
  ])
  expect(JSON.parse(answer.body).traceId).toBe(spans[0]?.traceId)
})

it("passes on a trace that its caller does not sample, and tells nobody of it", async () => {
  await edge.raw("/catalog/products", { traceparent: traceparent.replace(/01$/, "00") })
  const [request] = edge.seen
  await edge.close()
  expect(spans).toEqual([])
  expect(request?.headers.traceparent).toMatch(/^00-a{32}-(?!b{16})[0-9a-f]{16}-00$/)
})
