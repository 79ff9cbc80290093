import { createServer, request } from "node:http"
import { gzipSync } from "node:zlib"
import { SpanKind, SpanStatusCode } from "@opentelemetry/api"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { startTelemetry, type Telemetry } from "./server.ts"
import { atRoot, type Sender, SeverityNumber, sender } from "./testing/sender.ts"

const ORIGIN = "http://localhost:8080"
const ORDER = "0198c2b1-7c3e-7d7a-9b1a-2f0d5c1e4a01"
let telemetry: Telemetry

beforeEach(async () => {
  telemetry = await startTelemetry({ port: 0, allowedOrigins: [ORIGIN] })
})

afterEach(() => telemetry.close())

// biome-ignore lint/suspicious/noExplicitAny: what comes over the wire is what is looked at
const get = async (path: string): Promise<any> => (await fetch(telemetry.url + path)).json()
const kept = async () => (await get("/api/overview")).kept

const post = (path: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
  fetch(telemetry.url + path, {
    method: "POST",
    body,
    headers: { "content-type": "application/json", ...headers },
  })

/** An order's checkout, as Basket and Ordering tell of it. */
async function checkOut(basket: Sender, ordering: Sender): Promise<string> {
  const traceId = basket.within("POST /checkout", atRoot, (request, inRequest) => {
    request.setAttributes({ "http.response.status_code": 202, tags: ["a", "b"], ratio: 0.5, isGuest: false })
    ordering.within("consume BasketCheckedOut", inRequest, (consumed, inConsumer) => {
      consumed.setAttribute("orderId", ORDER)
      consumed.setStatus({ code: SpanStatusCode.ERROR, message: "no connection" })
      consumed.recordException(new Error("no connection"))
      ordering.logger.emit({
        severityNumber: SeverityNumber.WARN,
        body: "held, not lost",
        attributes: { orderId: ORDER, attempt: 2 },
        context: inConsumer,
      })
    })
    return request.spanContext().traceId
  })
  ordering.meter.createCounter("orders", { unit: "{order}" }).add(3, { status: "Paid" })
  const duration = ordering.meter.createHistogram("duration", {
    unit: "s",
    advice: { explicitBucketBoundaries: [1, 2] },
  })
  for (const seconds of [0.5, 1.5, 5]) duration.record(seconds)
  ordering.meter.createObservableGauge("pending").addCallback((result) => result.observe(7))
  await basket.flush()
  await ordering.flush()
  return traceId
}

describe.each([
  { encoding: "json", isCompressed: false },
  { encoding: "json", isCompressed: true },
  { encoding: "protobuf", isCompressed: false },
  { encoding: "protobuf", isCompressed: true },
] as const)("OpenTelemetry's exporters in $encoding, compressed: $isCompressed", (how) => {
  it("have what they send kept and shown", async () => {
    const basket = sender(telemetry.url, { service: "basket", ...how })
    const ordering = sender(telemetry.url, { service: "ordering", ...how })
    const traceId = await checkOut(basket, ordering)

    const { traces, matching } = await get("/api/traces?service=ordering&errors=true&name=post")
    expect(matching).toBe(1)
    expect(traces).toMatchObject([
      {
        traceId,
        name: "POST /checkout",
        service: "basket",
        spans: 2,
        errors: 1,
        services: ["basket", "ordering"],
      },
    ])
    const { tree, logs } = await get(`/api/traces/${traceId}`)
    expect(tree).toMatchObject([
      {
        ...{ name: "POST /checkout", depth: 0, isError: false, service: "basket", isOrphan: false },
        attributes: { "http.response.status_code": 202, tags: ["a", "b"], ratio: 0.5, isGuest: false },
        resource: { "service.instance.id": "basket-1" },
      },
      {
        ...{ name: "consume BasketCheckedOut", depth: 1, isError: true, message: "no connection" },
        attributes: { orderId: ORDER },
        events: [{ name: "exception", attributes: { "exception.message": "no connection" } }],
        parentId: tree[0].spanId,
      },
    ])
    const line = {
      ...{ text: "held, not lost", level: "warn", severity: 13, service: "ordering", traceId },
      ...{ attributes: { orderId: ORDER, attempt: 2 }, spanId: tree[1].spanId, number: 1 },
    }
    expect(logs).toMatchObject([line])
    expect((await get("/api/logs?text=NOT%20lost&level=warn&service=ordering")).logs).toMatchObject([line])
    expect(Math.abs(tree[0].start - Date.now())).toBeLessThan(60_000)

    expect((await get("/api/metrics")).metrics).toMatchObject([
      { name: "duration", unit: "s", kind: "histogram", services: ["ordering"], series: 1 },
      { name: "orders", unit: "{order}", kind: "counter", services: ["ordering"], series: 1 },
      { name: "pending", kind: "gauge", services: ["ordering"], series: 1 },
    ])
    const orders = await get("/api/metrics/orders")
    expect(orders.seriesOf).toMatchObject([
      { service: "ordering", attributes: { status: "Paid" }, total: 3, samples: [{ value: 3 }] },
    ])
    expect((await get("/api/metrics/duration")).seriesOf[0].samples).toMatchObject([
      { count: 3, mean: 7 / 3, p50: 1.5, p95: 2 },
    ])
    expect((await get("/api/metrics/pending")).seriesOf[0].samples).toMatchObject([{ value: 7 }])
    await basket.stop()
    await ordering.stop()
  })
})

describe("the receiver", () => {
  const traceId = "0af7651916cd43dd8448eb211c80319c"
  const span = {
    traceId,
    spanId: "b7ad6b7169203331",
    name: "one",
    startTimeUnixNano: "1",
    endTimeUnixNano: "2",
  }
  const traces = (...spans: object[]) => JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] })

  it("takes a span that is sent twice once", async () => {
    for (let time = 0; time < 2; time++) expect((await post("/v1/traces", traces(span))).status).toBe(200)
    expect((await kept()).spans.size).toBe(1)
  })

  it("says how many of a request it could not take, and keeps the others", async () => {
    const body = traces(span, { ...span, traceId: "0".repeat(32) }, { ...span, spanId: "short" })
    const answer = await post("/v1/traces", body)
    expect(answer.status).toBe(200)
    expect(await answer.json()).toEqual({
      partialSuccess: {
        rejectedSpans: "2",
        errorMessage: "spans need a trace id of 32 and a span id of 16 hexadecimal digits",
      },
    })
    expect((await kept()).spans.size).toBe(1)
  })

  it("says so of kinds of metrics that it does not keep", async () => {
    const metrics = [
      { name: "a", summary: { dataPoints: [{}, {}] } },
      { name: "b", gauge: { dataPoints: [{ timeUnixNano: "1", asDouble: 1 }] } },
    ]
    const answer = await post(
      "/v1/metrics",
      JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics }] }] }),
    )
    expect(await answer.json()).toEqual({
      partialSuccess: {
        rejectedDataPoints: "2",
        errorMessage: "exponential histograms and summaries are not kept",
      },
    })
    expect((await kept()).metrics.size).toBe(1)
  })

  it("answers an empty request with success in its encoding", async () => {
    const json = await post("/v1/logs", "{}")
    expect([json.status, await json.text()]).toEqual([200, "{}"])
    const binary = await post("/v1/logs", new Uint8Array(), { "content-type": "application/x-protobuf" })
    expect([binary.status, (await binary.arrayBuffer()).byteLength]).toEqual([200, 0])
    expect(binary.headers.get("content-type")).toBe("application/x-protobuf")
  })

  it.each([
    ["no JSON", "{", {}, 400],
    ["another JSON value", "[]", {}, 400],
    ["another shape", '{"resourceSpans":[null]}', {}, 400],
    ["no Protocol Buffers", "\x0a\xff\xff\xff\xff\x0fxx", { "content-type": "application/x-protobuf" }, 400],
    ["a cut message", "\x0a\x05\x12", { "content-type": "application/x-protobuf" }, 400],
    ["no gzip", "{}", { "content-encoding": "gzip" }, 400],
    ["a page of a foreign origin", traces(span), { origin: "http://elsewhere.example" }, 403],
    ["another media type", traces(span), { "content-type": "text/plain" }, 415],
    ["another compression", traces(span), { "content-encoding": "br" }, 415],
  ] as const)("refuses %s and keeps nothing", async (_, body, headers, status) => {
    const answer = await post("/v1/traces", body, headers)
    expect(answer.status).toBe(status)
    expect((await kept()).spans).toEqual({ size: 0, bytes: 0 })
  })

  it("refuses too much, also when it is small only while it is compressed", async () => {
    const much = Buffer.alloc(17 * 1_048_576, " ")
    expect((await post("/v1/logs", much)).status).toBe(413)
    expect((await post("/v1/logs", gzipSync(much), { "content-encoding": "gzip" })).status).toBe(413)
  })

  it("lets pages of an allowed origin send", async () => {
    const preflight = await fetch(`${telemetry.url}/v1/traces`, {
      method: "OPTIONS",
      headers: { origin: ORIGIN, "access-control-request-method": "POST" },
    })
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get("access-control-allow-origin")).toBe(ORIGIN)
    expect(preflight.headers.get("access-control-allow-headers")).toBe("content-type, content-encoding")
    const answer = await post("/v1/traces", traces(span), { origin: ORIGIN })
    expect([answer.status, answer.headers.get("access-control-allow-origin")]).toEqual([200, ORIGIN])
  })

  it("answers other methods with those that there are", async () => {
    const read = await fetch(`${telemetry.url}/v1/traces`)
    expect([read.status, read.headers.get("allow")]).toEqual([405, "POST, OPTIONS"])
    const write = await fetch(`${telemetry.url}/api/traces`, { method: "DELETE" })
    expect([write.status, write.headers.get("allow")]).toEqual([405, "GET, HEAD"])
  })

  it("answers only at the names of this machine", async () => {
    const { port } = new URL(telemetry.url)
    const status = await new Promise((resolve, reject) => {
      const asked = request({
        host: "127.0.0.1",
        port,
        path: "/api/traces",
        headers: { host: "rebound.example" },
      })
      asked.on("response", (answer) => resolve(answer.statusCode)).on("error", reject)
      asked.end()
    })
    expect(status).toBe(403)
  })

  it("does not start where something listens already", async () => {
    const other = createServer().listen(0, "127.0.0.1")
    await new Promise((resolve) => other.once("listening", resolve))
    const address = other.address()
    const port = address && typeof address === "object" ? address.port : 0
    await expect(startTelemetry({ port, allowedOrigins: [] })).rejects.toThrow("EADDRINUSE")
    other.close()
  })
})

describe("spans of all kinds", () => {
  it("keep their kind", async () => {
    const basket = sender(telemetry.url, { service: "basket", encoding: "protobuf", isCompressed: false })
    const kinds = [SpanKind.INTERNAL, SpanKind.SERVER, SpanKind.CLIENT, SpanKind.PRODUCER, SpanKind.CONSUMER]
    for (const kind of kinds) basket.tracer.startSpan("x", { kind }, atRoot).end()
    await basket.flush()
    const { traces } = await get("/api/traces")
    expect(traces.map(({ kind }: { kind: string }) => kind).sort()).toEqual([
      "client",
      "consumer",
      "internal",
      "producer",
      "server",
    ])
    expect((await get("/api/traces?kind=request")).matching).toBe(4)
    await basket.stop()
  })
})
