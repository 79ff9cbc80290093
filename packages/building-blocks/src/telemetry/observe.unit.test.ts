import { InvocationContext } from "@azure/functions"
import { metrics, type SpanOptions, trace } from "@opentelemetry/api"
import { afterEach, expect, test } from "vitest"
import { DependencyUnavailableError } from "../failure.ts"
import { ambient } from "./ambient.ts"
import { idsOf, isReported, observe, reportSaga, warn } from "./observe.ts"

const incoming = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`
const logged: string[] = []
const invocation = new InvocationContext({
  logHandler: (level, ...text) => logged.push(`${level} ${text.join(" ")}`),
})

type Told = {
  name: string
  kind: unknown
  parent: unknown
  attributes: object
  status?: unknown
  ended: boolean
}
type Recorded = { instrument: string; value: number; attributes: object }

/** An SDK that keeps what it is told. */
function registerSdk() {
  const spans: Told[] = []
  const records: Recorded[] = []
  const keep = (instrument: string) => (value: number, attributes: object) =>
    records.push({ instrument, value, attributes })
  trace.setGlobalTracerProvider({
    getTracer: () => ({
      startSpan(name: string, options: SpanOptions, context: never) {
        const parent = trace.getSpanContext(context)
        const span: Told = { name, kind: options.kind, parent, attributes: {}, ended: false }
        spans.push(span)
        return {
          spanContext: () => ({ traceId: parent?.traceId, spanId: "c".repeat(16), traceFlags: 1 }),
          setAttributes: (attributes: object) => Object.assign(span.attributes, attributes),
          setStatus: (status: unknown) => Object.assign(span, { status }),
          end: () => Object.assign(span, { ended: true }),
        }
      },
    }),
  } as never)
  metrics.setGlobalMeterProvider({
    getMeter: () => ({
      createHistogram: (name: string) => ({ record: keep(name) }),
      createCounter: (name: string) => ({ add: keep(name) }),
    }),
  } as never)
  return { spans, records }
}
afterEach(() => {
  logged.length = 0
  trace.disable()
  metrics.disable()
})

const observed = {
  name: "order.pay",
  trigger: "event",
  caller: "service",
  traceparent: incoming,
  about: {},
  invocation,
} as const
const run = <T>(work: () => Promise<T>, about: Record<string, string> = {}) =>
  observe({ ...observed, about }, work, () => "done")

test("one line tells what was done, about what, for whom, under which trace", async () => {
  await run(async () => 1, { orderId: "o 1" })
  expect(logged).toHaveLength(1)
  expect(logged[0]).toMatch(
    /^information useCase=order.pay outcome=done ms=\d+ trigger=event caller=service orderId="o 1" trace=a{32}$/,
  )
})

test("a line is about ids and nothing else of the input", () => {
  const input = { orderId: "o", sku: "S-1", email: "a@b.example", id: 7, lines: [{ id: "x" }] }
  expect(idsOf(input)).toEqual({ orderId: "o", sku: "S-1" })
  expect([idsOf(undefined), idsOf("text")]).toEqual([{}, {}])
})

test("without an SDK the trace goes on in a child of what came in", async () => {
  const inside = await run(async () => ambient()?.traceparent)
  expect(inside).toMatch(/^00-a{32}-[0-9a-f]{16}-01$/)
  expect(inside).not.toBe(incoming)
  expect(ambient()).toBeUndefined()
})

test("with an SDK there is a span under what came in, which what goes out belongs to, and one record of the time", async () => {
  const { spans, records } = registerSdk()
  expect(await run(async () => ambient()?.traceparent)).toBe(`00-${"a".repeat(32)}-${"c".repeat(16)}-01`)
  expect(spans).toEqual([
    {
      name: "order.pay",
      kind: 4,
      parent: { traceId: "a".repeat(32), spanId: "b".repeat(16), traceFlags: 1, isRemote: true },
      attributes: { "eshop.outcome": "done", "enduser.kind": "service" },
      ended: true,
    },
  ])
  expect(records).toEqual([
    {
      instrument: "eshop.use_case.duration",
      value: expect.any(Number),
      attributes: { "eshop.use_case": "order.pay", "eshop.outcome": "done" },
    },
  ])
})

test("a failure is an error with its stack, told once; a dependency that is out is a warning", async () => {
  const { spans } = registerSdk()
  const bug = new RangeError("a bug")
  await expect(run(() => run(() => Promise.reject(bug)))).rejects.toBe(bug)
  await expect(run(() => Promise.reject(new DependencyUnavailableError("discount")))).rejects.toThrow()
  expect(logged.map((line) => line.replace(/ ms=.*| {4}at .*|\n.*/gs, ""))).toEqual([
    "error useCase=order.pay outcome=RangeError",
    "error RangeError: a bug",
    "error useCase=order.pay outcome=RangeError",
    "warning useCase=order.pay outcome=unavailable",
    "warning discount is not available",
  ])
  expect([isReported(bug), isReported(new Error())]).toEqual([true, false])
  expect(spans.map(({ status }) => status)).toEqual(
    ["RangeError", "RangeError", "unavailable"].map((message) => ({ code: 2, message })),
  )
})

test("a saga's end is a line and a count", () => {
  const { records } = registerSdk()
  const about = { saga: "checkout", id: "o-1", traceparent: incoming }
  reportSaga(invocation, { ...about, outcome: "completed" })
  reportSaga(invocation, { ...about, outcome: "faulty", traceparent: undefined }, new Error("oops"))
  expect(logged.map((line) => line.split("\n")[0])).toEqual([
    `information saga=checkout id=o-1 outcome=completed trace=${"a".repeat(32)}`,
    "error saga=checkout id=o-1 outcome=faulty",
    "error Error: oops",
  ])
  expect(records.map(({ instrument, value, attributes }) => [instrument, value, attributes])).toEqual(
    ["completed", "faulty"].map((outcome) => [
      "eshop.saga.outcomes",
      1,
      { "eshop.saga": "checkout", "eshop.outcome": outcome },
    ]),
  )
})

test("a warning belongs to the call that is under way", async () => {
  await run(async () => warn("the cache is out"))
  expect(logged[0]).toBe("warning the cache is out")
})
