import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { Reading } from "../otlp/records.ts"
import { ORDER, record, span, storeAt, traceIdOf } from "../testing/records.ts"
import { identifiersIn } from "./identifiers.ts"
import { logStore } from "./logs.ts"
import { metricStore } from "./metrics.ts"
import { spanStore } from "./spans.ts"

const HOUR_MS = 3_600_000

describe("identifiers", () => {
  it("are the UUIDs of texts and attributes, and the values of attributes that are called ids", () => {
    const found = identifiersIn(
      [`saga ${ORDER.toUpperCase()} failed`],
      {
        orderId: ORDER,
        sagaId: ORDER,
        paymentId: "pi_1",
        "messaging.message.id": "m-1",
        id: "7",
        ms: 12,
        note: `of ${ORDER}`,
        video: "no id",
      },
      { sku: "IPHONE-X-BLACK", customerId: "" },
    )
    expect(Object.fromEntries(found)).toEqual({
      [ORDER]: ["orderId", "sagaId", "note"],
      pi_1: ["paymentId"],
      "m-1": ["messaging.message.id"],
      "7": ["id"],
    })
  })
})

describe("the spans", () => {
  it("are found by trace and by what they name, until they are an hour old", () => {
    const { store, clock } = storeAt(0)
    store.spans.add(span("t", "old", { attributes: { orderId: ORDER } }))
    clock.time = HOUR_MS - 1
    store.spans.add(span("t", "new", { message: `about ${ORDER}` }))
    store.spans.add(span("t", "new", { name: "sent again" }))
    const names = () => [...store.spans.naming(ORDER.toUpperCase())].map(({ name }) => name)
    expect([store.spans.trace(traceIdOf("t"))?.size, names()]).toEqual([2, ["old", "new"]])
    expect(store.spans.identifiersNamed(/orderId/)).toEqual([ORDER])

    clock.time = HOUR_MS
    store.spans.expire()
    expect([store.spans.trace(traceIdOf("t"))?.size, names()]).toEqual([1, ["new"]])
    clock.time = 2 * HOUR_MS
    store.spans.expire()
    expect([store.spans.trace(traceIdOf("t")), names(), [...store.spans.traces()]]).toEqual([
      undefined,
      [],
      [],
    ])
    expect(store.spans.identifiersNamed(/orderId/)).toEqual([])
    expect(store.spans.kept).toMatchObject({ size: 0, bytes: 0 })
  })

  it("never take more than their bound, and their indexes hold what is kept and nothing else", () => {
    const sent = fc.record({
      trace: fc.constantFrom("t", "u", "v"),
      id: fc.integer({ min: 0, max: 30 }),
      order: fc.constantFrom("order-1", "order-2"),
      text: fc.string({ maxLength: 400 }),
    })
    fc.assert(
      fc.property(fc.array(sent, { maxLength: 60 }), (all) => {
        const maxBytes = 8_000
        const spans = spanStore({ maxBytes, maxAgeMs: HOUR_MS }, () => 0)
        for (const { trace, id, order, text } of all) {
          spans.add(span(trace, String(id), { attributes: { orderId: order, text } }))
          expect(spans.kept.bytes).toBeLessThanOrEqual(maxBytes)
        }
        const inTraces = [...spans.traces()].flatMap(([, trace]) => [...trace.values()])
        const byOrder = ["order-1", "order-2"].flatMap((order) => [...spans.naming(order)])
        expect(inTraces).toHaveLength(spans.kept.size)
        expect(new Set(byOrder)).toEqual(new Set(inTraces))
      }),
    )
  })
})

describe("the log records", () => {
  it("are found by trace and by what they name, with numbers that go on after the oldest are gone", () => {
    const logs = logStore({ maxBytes: 1_200, maxAgeMs: HOUR_MS }, () => 0)
    for (const text of ["one", "two", "three"])
      logs.add(record(text, { trace: "t", attributes: { orderId: ORDER } }))
    const texts = (lines: Iterable<{ text: string; number: number }>) =>
      [...lines].map(({ text, number }) => `${number} ${text}`)
    expect(texts(logs.newestFirst())).toEqual(["3 three", "2 two"])
    expect(texts(logs.ofTrace(traceIdOf("t")))).toEqual(["2 two", "3 three"])
    expect(texts(logs.naming(ORDER))).toEqual(["2 two", "3 three"])
    expect(logs.last).toBe(3)
  })
})

describe("the metrics", () => {
  const reading = (time: number, value: number, more: Partial<Reading> = {}) =>
    ({
      ...{ name: "orders", description: "", unit: "{order}", kind: "counter", isDelta: false, start: 0 },
      ...{ resource: { service: "ordering", instance: "1", attributes: {} }, attributes: { status: "Paid" } },
      ...{ time, value },
      ...more,
    }) as Reading
  const valuesOf = (metrics: ReturnType<typeof metricStore>) =>
    [...(metrics.metric("orders")?.series.values() ?? [])].map(({ points }) =>
      points.map((point) => ("value" in point ? point.value : point.count)),
    )
  const open = (maxBytes = 10_000) => metricStore({ maxBytes, maxAgeMs: HOUR_MS }, () => 0)

  it("keep a series for each sender and set of attributes, in whatever order these come", () => {
    const metrics = open()
    metrics.add(reading(1, 1, { attributes: { a: 1, b: 2 } }))
    metrics.add(reading(2, 2, { attributes: { b: 2, a: 1 } }))
    metrics.add(reading(2, 5, { resource: { service: "ordering", instance: "2", attributes: {} } }))
    expect(valuesOf(metrics)).toEqual([[1, 2], [5]])
  })

  it("take a reading that is sent again once", () => {
    const metrics = open()
    metrics.add(reading(1, 1))
    metrics.add(reading(1, 1))
    expect([valuesOf(metrics), metrics.kept.size]).toEqual([[[1]], 1])
  })

  it("add up what is told as a difference", () => {
    const metrics = open()
    for (const [time, value] of [
      [1, 2],
      [2, 3],
      [3, 0],
    ] as const)
      metrics.add(reading(time, value, { isDelta: true }))
    expect(valuesOf(metrics)).toEqual([[2, 5, 5]])
  })

  it("go with their last reading, and begin anew when they come as another kind", () => {
    const metrics = open(400)
    metrics.add(reading(1, 1))
    metrics.add(reading(2, 2))
    metrics.add(reading(1, 9, { name: "other" }))
    expect(valuesOf(metrics)).toEqual([[2]])
    metrics.add(reading(2, 9, { name: "other" }))
    expect([...metrics.metrics()].map(({ name }) => name)).toEqual(["other"])
    metrics.add(reading(3, 1, { name: "other", kind: "gauge" }))
    expect([...metrics.metrics()].map(({ kind }) => kind)).toEqual(["gauge"])
    expect(metrics.kept).toMatchObject({ size: 2, bytes: 400 })
  })
})
