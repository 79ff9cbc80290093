import { InvocationContext } from "@azure/functions"
import { metrics, type SpanOptions, trace } from "@opentelemetry/api"
import { afterEach, expect, test, vi } from "vitest"
import { DependencyUnavailableError } from "../failure.ts"
import { ambient } from "./ambient.ts"
import { log } from "./log.ts"
import { alarm, idsOf, isReported, nameInLog, observe } from "./observe.ts"
import { pseudonymOf } from "./pseudonym.ts"

const incoming = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`
const logged: { level: string; line: Record<string, unknown> }[] = []
const invocation = new InvocationContext({
  logHandler: (level, text) => logged.push({ level, line: JSON.parse(String(text)) }),
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
        const span: Told = {
          name,
          kind: options.kind,
          parent,
          attributes: { ...options.attributes },
          ended: false,
        }
        spans.push(span)
        return {
          spanContext: () => ({ traceId: parent?.traceId, spanId: "c".repeat(16), traceFlags: 1 }),
          setAttributes: (attributes: object) => Object.assign(span.attributes, attributes),
          setStatus: (status: unknown) => Object.assign(span, { status }),
          setAttribute: (name: string, value: unknown) => Object.assign(span.attributes, { [name]: value }),
          isRecording: () => true,
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
  caller: { kind: "service" },
  traceparent: incoming,
  about: {},
  invocation,
} as const
const run = <T>(work: () => Promise<T>, about: Record<string, string> = {}) =>
  observe({ ...observed, about }, work, () => "done")

test("one line tells what was done, about what, for whom, under which trace", async () => {
  const caller = { kind: "customer", customerId: "oid-of-mehmet" }
  await observe(
    { ...observed, caller, about: { orderId: "o-1" } },
    async () => 1,
    () => "done",
  )
  expect(logged).toEqual([
    {
      level: "information",
      line: {
        level: "info",
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        msg: "order.pay: done",
        useCase: "order.pay",
        outcome: "done",
        ms: expect.any(Number),
        trigger: "event",
        caller: "customer",
        customer: pseudonymOf("oid-of-mehmet"),
        orderId: "o-1",
        trace: "a".repeat(32),
        span: expect.stringMatching(/^[0-9a-f]{16}$/),
      },
    },
  ])
})

test("a line is about ids and nothing else of the input, each by one name", () => {
  const input = { checkoutId: "o", sku: "S-1", email: "a@b.example", id: 7, lines: [{ id: "x" }] }
  expect(idsOf(input)).toEqual({ orderId: "o", sku: "S-1" })
  expect(idsOf({ id: "o-1", returnId: "r-1" }, "order")).toEqual({ orderId: "o-1", returnId: "r-1" })
  expect([idsOf({ id: "u-1" }), idsOf(undefined), idsOf("text")]).toEqual([{ id: "u-1" }, {}, {}])
})

test("every line of a call names what it is about, also what it finds out on its way, and what ran it", async () => {
  await run(
    async () => {
      log.warn("before")
      nameInLog({ orderId: "o-1" })
      await observe(
        { ...observed, name: "within" },
        async () => log.warn("inside"),
        () => "done",
      )
    },
    { paymentId: "p-1" },
  )
  expect(logged.map(({ line }) => [line.msg, line.useCase, line.orderId, line.paymentId])).toEqual([
    ["before", "order.pay", undefined, "p-1"],
    ["inside", "within", "o-1", "p-1"],
    ["within: done", "within", "o-1", "p-1"],
    ["order.pay: done", "order.pay", "o-1", "p-1"],
  ])
})

test("what a call leaves behind writes to the console: its invocation takes no line any more", async () => {
  const console = vi.spyOn(globalThis.console, "warn").mockReturnValue()
  let left: Promise<void> | undefined
  await run(async () => {
    left = new Promise((resolve) => setImmediate(resolve)).then(() => log.warn("late"))
  })
  await left
  expect(logged.map(({ line }) => line.msg)).toEqual(["order.pay: done"])
  expect(JSON.parse(String(console.mock.calls[0]?.[0]))).toMatchObject({ msg: "late", useCase: "order.pay" })
  console.mockRestore()
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
      kind: 0,
      parent: { traceId: "a".repeat(32), spanId: "b".repeat(16), traceFlags: 1, isRemote: true },
      attributes: { "eshop.caller": "service", "eshop.outcome": "done" },
      ended: true,
    },
  ])
  expect(logged[0]?.line).toMatchObject({ trace: "a".repeat(32), span: "c".repeat(16) })
  expect(records).toEqual([
    {
      instrument: "eshop.use_case.duration",
      value: expect.any(Number),
      attributes: {
        "eshop.use_case": "order.pay",
        "eshop.trigger": "event",
        "eshop.outcome": "done",
      },
    },
  ])
})

test("a failure is an error with its stack, told once; a dependency that is out is a warning with its cause", async () => {
  const { spans } = registerSdk()
  const bug = new RangeError("a bug")
  const out = new DependencyUnavailableError("discount", new Error("connect ECONNREFUSED"))
  await expect(run(() => run(() => Promise.reject(bug)))).rejects.toBe(bug)
  await expect(run(() => Promise.reject(out))).rejects.toThrow()
  const told = logged.map(({ level, line }) => [level, line.outcome, String(line.stack).split("\n    at")[0]])
  expect(told).toEqual([
    ["error", "RangeError", "RangeError: a bug"],
    ["error", "RangeError", "undefined"],
    ["warning", "unavailable", "DependencyUnavailableError: discount is not available"],
  ])
  expect(logged[2]?.line.stack).toContain("Caused by: Error: connect ECONNREFUSED")
  expect([isReported(bug), isReported(new Error())]).toEqual([true, false])
  expect(spans.map(({ status }) => status)).toEqual(
    ["RangeError", "RangeError", "unavailable"].map(() => ({ code: 2 })),
  )
})

test("an alarm is an error and a count, both by its name", async () => {
  const { records } = registerSdk()
  await run(async () => alarm("stock-gone", "an order has left without stock", { orderId: "o-1" }))
  expect(logged[0]).toMatchObject({
    level: "error",
    line: { msg: "an order has left without stock", alarm: "stock-gone", orderId: "o-1" },
  })
  expect(records[0]).toEqual({
    instrument: "eshop.alarms",
    value: 1,
    attributes: { "eshop.alarm": "stock-gone" },
  })
})
