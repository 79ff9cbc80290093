import { createHash } from "node:crypto"
import { once } from "node:events"
import type { AddressInfo } from "node:net"
import { createServer } from "node:net"
import { metrics, SpanKind, trace } from "@opentelemetry/api"
import { logs } from "@opentelemetry/api-logs"
import { afterEach, expect, test, vi } from "vitest"
import { type OtlpSink, startOtlpSink } from "../../../../../tests/fixtures/otlp-sink.ts"
import { readSettings } from "../../settings.ts"
import { ambient } from "../ambient.ts"
import { clientCall } from "../client-call.ts"
import { databaseCall } from "../database-call.ts"
import { log } from "../log.ts"
import { count } from "../metrics.ts"
import { isTelling } from "../running.ts"
import { inSharedSpan, inSpan, recordNamedSpan } from "../spans.ts"
import { isWanted, startTelemetry, startTelemetrySoon, TelemetrySettings } from "./start-telemetry.ts"

const service = { name: "things", version: "3" }
const incoming = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`
const settingsOf = (env: NodeJS.ProcessEnv) => readSettings(TelemetrySettings, env)
const call = () =>
  databaseCall({ system: "postgresql", namespace: "things" }, "SELECT thing", { operation: "SELECT" })

let sink: OtlpSink | undefined
afterEach(async () => {
  await sink?.close()
  sink = undefined
  trace.disable()
  metrics.disable()
  logs.disable()
  vi.unstubAllEnvs()
})

/** Runs the work with an SDK that sends to a sink. @returns what was sent by its stop */
async function sent(work: () => Promise<unknown>, env: Record<string, string> = {}): Promise<OtlpSink> {
  sink = await startOtlpSink()
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value)
  const settings = settingsOf({ OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, ...env })
  const telemetry = await startTelemetry(settings, service)
  await work()
  await telemetry?.stop()
  return sink
}

test("no setting, or an empty one, starts nothing", async () => {
  for (const env of [{}, { OTEL_EXPORTER_OTLP_ENDPOINT: " " }, { OTEL_METRICS_EXPORTER: "otlp" }]) {
    expect(isWanted(settingsOf(env))).toBe(false)
    expect(await startTelemetry(settingsOf(env), service)).toBeUndefined()
  }
  expect(startTelemetrySoon(settingsOf({}), service)).toBeUndefined()
  expect(isTelling()).toBe(false)
})

test("a call's span lies below the ambient one; what belongs to no call has none", async () => {
  const { spans, points } = await sent(async () => {
    await inSpan({ name: "work", kind: SpanKind.SERVER, traceparent: incoming }, () =>
      clientCall(call, async () => 1),
    )
    await clientCall(call, async () => 2)
  })
  expect(spans.map(({ name, kind, parentSpanId }) => [name, kind, parentSpanId])).toEqual([
    ["SELECT thing", "CLIENT", spans.find(({ name }) => name === "work")?.spanId],
    ["work", "SERVER", "b".repeat(16)],
  ])
  expect(spans.every(({ service, traceId }) => service === "things" && traceId === "a".repeat(32))).toBe(true)
  const point = [...points.values()].find(({ name }) => name === "db.client.operation.duration")
  expect(point?.value).toBe(2)
})

test("a failed call says its code, never its text", async () => {
  const fault = Object.assign(new Error("duplicate key (email)=(a@b.example)"), { code: "23505" })
  const { spans, received } = await sent(() =>
    inSpan({ name: "work", kind: SpanKind.SERVER, traceparent: incoming }, () =>
      expect(clientCall(call, () => Promise.reject(fault))).rejects.toBe(fault),
    ),
  )
  expect(spans.map(({ name, failed, attributes }) => [name, failed, attributes["error.type"]])).toEqual([
    ["SELECT thing", true, "23505"],
    ["work", false, undefined],
  ])
  expect(received.join()).not.toContain("a@b.example")
})

test("a trace that its caller does not sample is passed on and not told of", async () => {
  let passedOn: string | undefined
  const { spans } = await sent(() =>
    inSpan({ name: "work", kind: SpanKind.SERVER, traceparent: incoming.replace(/01$/, "00") }, async () => {
      passedOn = ambient()?.traceparent
      await clientCall(call, async () => 1)
    }),
  )
  expect(passedOn).toMatch(/^00-a{32}-(?!b{16})[0-9a-f]{16}-00$/)
  expect(spans).toEqual([])
})

test("the standard variable decides what is sampled", async () => {
  const { spans } = await sent(
    () => inSpan({ name: "work", kind: SpanKind.SERVER, traceparent: incoming }, async () => 1),
    { OTEL_TRACES_SAMPLER: "always_off" },
  )
  expect(spans).toEqual([])
})

test("a span whose id was told before is made with it, and the next one is not", async () => {
  const about = { name: "saga", kind: SpanKind.INTERNAL, traceparent: incoming, startTime: new Date(1_000) }
  const { spans } = await sent(async () => {
    recordNamedSpan("c".repeat(16), about, new Date(61_000))
    recordNamedSpan("d".repeat(16), about, new Date(61_000))
    await inSpan({ ...about, name: "other" }, async () => 1)
  })
  expect(spans.map(({ spanId }) => spanId).slice(0, 2)).toEqual(["c".repeat(16), "d".repeat(16)])
  expect(spans[2]?.spanId).not.toMatch(/^([cd])\1+$/)
  expect(Number(BigInt(spans[0]?.endTimeUnixNano ?? 0) - BigInt(spans[0]?.startTimeUnixNano ?? 0))).toBe(60e9)
})

test("work for several traces is told in each of them, what it calls in the first", async () => {
  const other = incoming.replace(/a{32}/, "e".repeat(32))
  const about = { name: "project", kind: SpanKind.INTERNAL, traceparent: incoming }
  const { spans } = await sent(() => inSharedSpan(about, [other], () => clientCall(call, async () => 1)))
  const of = (id: string) => spans.filter(({ traceId }) => traceId === id.repeat(32)).map(({ name }) => name)
  expect([of("a").sort(), of("e")]).toEqual([["SELECT thing", "project"], ["project"]])
  const [first] = spans.filter(({ name, traceId }) => name === "project" && traceId.startsWith("a"))
  const [second] = spans.filter(({ traceId }) => traceId.startsWith("e"))
  expect(second?.links?.map(({ spanId }) => spanId)).toEqual([first?.spanId])
})

test("what is told before the SDK is loaded is kept, and sent when it is", async () => {
  sink = await startOtlpSink()
  vi.spyOn(console, "info").mockImplementation(() => {})
  const telemetry = startTelemetrySoon(settingsOf({ OTEL_EXPORTER_OTLP_ENDPOINT: sink.url }), service)
  let running = () => {}
  const long = inSpan({ name: "longer", kind: SpanKind.SERVER, traceparent: incoming }, async (span) => {
    log.info("a thing was shown", { thing: "7" })
    count("eshop.orders", 2, { "eshop.order.status": "Paid" })
    await clientCall(call, async () => 1)
    recordNamedSpan(
      "c".repeat(16),
      { name: "saga", kind: SpanKind.INTERNAL, traceparent: span.traceparent, startTime: new Date(1_000) },
      new Date(61_000),
      "Stranded",
    )
    await new Promise<void>((resolve) => {
      running = resolve
    })
    span.set({ "eshop.outcome": "done" })
  })
  expect(sink.received).toEqual([])
  await telemetry?.flush()
  running()
  await long
  await telemetry?.stop()
  vi.restoreAllMocks()
  const of = (name: string) => sink?.spans.find((span) => span.name === name)
  expect(sink.spans.map(({ name }) => name).sort()).toEqual(["SELECT thing", "longer", "saga"])
  expect([of("longer")?.parentSpanId, of("longer")?.attributes]).toEqual([
    "b".repeat(16),
    { "eshop.outcome": "done" },
  ])
  expect([of("SELECT thing")?.parentSpanId, of("saga")?.parentSpanId]).toEqual(
    Array(2).fill(of("longer")?.spanId),
  )
  expect([of("saga")?.spanId, of("saga")?.failed, of("saga")?.attributes["error.type"]]).toEqual([
    "c".repeat(16),
    true,
    "Stranded",
  ])
  expect(sink.logs.map(({ text, traceId, attributes }) => [text, traceId, attributes.thing])).toEqual([
    ["a thing was shown", "a".repeat(32), "7"],
  ])
  const points = [...sink.points.values()].map(({ name, value }) => [name, value])
  expect(points.sort()).toEqual([
    ["db.client.operation.duration", 1],
    ["eshop.orders", 2],
  ])
})

test("a trace that its caller does not sample is not told of, if the SDK comes later", async () => {
  sink = await startOtlpSink()
  const telemetry = startTelemetrySoon(settingsOf({ OTEL_EXPORTER_OTLP_ENDPOINT: sink.url }), service)
  const unsampled = incoming.replace(/01$/, "00")
  await inSpan({ name: "work", kind: SpanKind.SERVER, traceparent: unsampled }, async ({ traceparent }) => {
    expect(traceparent).toMatch(/-00$/)
  })
  await telemetry?.stop()
  expect(sink.spans).toEqual([])
})

test("of what is told before the SDK is loaded, two thousand are kept", async () => {
  sink = await startOtlpSink()
  const telemetry = startTelemetrySoon(settingsOf({ OTEL_EXPORTER_OTLP_ENDPOINT: sink.url }), service)
  for (let at = 0; at < 3_000; at++) count("eshop.orders", 1, { "eshop.order.status": "Paid" })
  await telemetry?.stop()
  expect([...sink.points.values()].map(({ value }) => value)).toEqual([2_000])
})

test("a share of the traces is sampled by their ids, whatever the caller says", async () => {
  const ids = Array.from({ length: 400 }, (_, at) => createHash("md5").update(`${at}`).digest("hex"))
  const work = async () => {
    for (const [at, id] of ids.entries())
      await inSpan(
        { name: "work", kind: SpanKind.SERVER, traceparent: `00-${id}-${"b".repeat(16)}-0${at % 2}` },
        async () => 1,
      )
  }
  const env = { OTEL_TRACES_SAMPLER: "traceidratio", OTEL_TRACES_SAMPLER_ARG: "0.1" }
  const first = (await sent(work, env)).spans.map(({ traceId }) => traceId)
  await sink?.close()
  for (const api of [trace, metrics, logs]) api.disable()
  const second = (await sent(work, env)).spans.map(({ traceId }) => traceId)
  expect(second).toEqual(first)
  expect(first).toHaveLength(32)
})

test("a receiver that says nothing harms nobody: a stop ends within its time", async () => {
  const deaf = createServer(() => {})
  deaf.listen(0, "127.0.0.1")
  await once(deaf, "listening")
  const endpoint = `http://127.0.0.1:${(deaf.address() as AddressInfo).port}`
  const telemetry = await startTelemetry(settingsOf({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }), service)
  await inSpan({ name: "work", kind: SpanKind.SERVER, traceparent: incoming }, async () => 1)
  const started = performance.now()
  await telemetry?.stop()
  expect(performance.now() - started).toBeLessThan(5_500)
  deaf.close()
})

test("a receiver that is away leads to one line, not to one for each export", async () => {
  const lines: string[] = []
  vi.spyOn(console, "warn").mockImplementation((line) => void lines.push(String(line)))
  const telemetry = await startTelemetry(
    settingsOf({ OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1", OTEL_EXPORTER_OTLP_TIMEOUT: "100" }),
    service,
  )
  for (let round = 0; round < 3; round++) {
    await inSpan({ name: "work", kind: SpanKind.SERVER, traceparent: incoming }, async () => 1)
    await telemetry?.flush()
  }
  await telemetry?.stop()
  vi.restoreAllMocks()
  expect(lines.filter((line) => line.includes("telemetry could not be sent"))).toHaveLength(1)
})
