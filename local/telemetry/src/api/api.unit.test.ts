import { describe, expect, it } from "vitest"
import { answerApi } from "../answer-api.ts"
import { ORDER, record, span, storeAt, traceIdOf } from "../testing/records.ts"
import type { LogList } from "./logs.ts"
import { quantileOf } from "./metrics.ts"
import type { TraceList, TraceView } from "./traces.ts"

const { store } = storeAt(0)
store.spans.add(span("a", "root", { kind: "server", start: 10, durationMs: 30, service: "gateway" }))
store.spans.add(span("a", "late", { parent: "root", start: 30, durationMs: 40 }))
store.spans.add(span("a", "early", { parent: "root", start: 12, service: "basket" }))
store.spans.add(span("a", "leaf", { parent: "early", start: 13, isError: true, service: "basket" }))
store.spans.add(span("a", "stray", { parent: "elsewhere", start: 50 }))
store.spans.add(span("b", "timer", { start: 100, durationMs: 5 }))
store.spans.add(span("c", "x", { parent: "y", start: 1 }))
store.spans.add(span("c", "y", { parent: "x", start: 2 }))
store.logs.add(record("first", { trace: "a", time: 3, severity: 9, attributes: { orderId: ORDER } }))
store.logs.add(record("second", { trace: "a", time: 2, severity: 17, service: "basket" }))
store.logs.add(record("third", { time: 1, severity: 5, attributes: { note: "Needle", trigger: "timer" } }))
store.logs.add(record("fourth", { time: 4, severity: 0 }))

const ask = async <Answer>(path: string) =>
  (await answerApi(store, new URL(path, "http://localhost"))) as Answer

describe("the traces", () => {
  const found = async (query: string) =>
    (await ask<TraceList>(`/api/traces?${query}`)).traces.map(({ name }) => name)

  it.each([
    ["", ["timer", "root", "x"]],
    ["service=basket", ["root"]],
    ["service=discount", []],
    ["name=EAR", ["root"]],
    ["errors=true", ["root"]],
    ["minMs=60", ["root"]],
    ["minMs=61", []],
    ["kind=request", ["root"]],
    [`about=${ORDER}`, ["root"]],
    ["about=unknown", []],
    ["service=ordering&errors=true&name=leaf", ["root"]],
    ["limit=1", ["timer"]],
  ])("with %s are %j", async (query, names) => {
    expect(await found(query)).toEqual(names)
  })

  it("say how many there are beyond those that are listed", async () => {
    expect((await ask<TraceList>("/api/traces?limit=1")).matching).toBe(3)
  })

  it("are told as a tree in the order of time, with their log lines", async () => {
    const trace = await ask<TraceView>(`/api/traces/${traceIdOf("a").toUpperCase()}`)
    expect(trace.tree.map(({ name, depth, isOrphan }) => [name, depth, isOrphan])).toEqual([
      ["root", 0, false],
      ["early", 1, false],
      ["leaf", 2, false],
      ["late", 1, false],
      ["stray", 0, true],
    ])
    expect(trace.logs.map(({ text }) => text)).toEqual(["second", "first"])
    expect(trace).toMatchObject({ start: 10, durationMs: 60, services: ["basket", "gateway", "ordering"] })
  })

  it("are told with all of their spans when these are each other's parents", async () => {
    const { tree } = await ask<TraceView>(`/api/traces/${traceIdOf("c")}`)
    expect(tree.map(({ name }) => name)).toEqual(["x", "y"])
  })
})

describe("the log lines", () => {
  it.each([
    ["", ["third", "second", "first", "fourth"]],
    ["level=info", ["second", "first", "fourth"]],
    ["level=warn", ["second"]],
    ["service=basket", ["second"]],
    ["text=needle", ["third"]],
    ["text=SEC", ["second"]],
    ["kind=request", ["second", "first", "fourth"]],
    [`trace=${traceIdOf("a")}`, ["second", "first"]],
    [`about=${ORDER}`, ["first"]],
    ["after=3", ["fourth"]],
    ["limit=2", ["third", "fourth"]],
  ])("with %s are %j", async (query, texts) => {
    const { logs, last } = await ask<LogList>(`/api/logs?${query}`)
    expect([logs.map(({ text }) => text), last]).toEqual([texts, 4])
  })
})

describe("the API", () => {
  it.each([
    ["/api/traces?minMs=x", "minMs takes a number"],
    ["/api/traces?limit=1001", "limit takes a number up to 1000"],
    ["/api/logs?level=loud", "level takes one of debug, info, warn, error"],
    ["/api/about/%ff", "URI malformed"],
    ["/api/metrics/none", "The last hour has nothing at /api/metrics/none."],
    [`/api/traces/${"f".repeat(32)}`, `The last hour has nothing at /api/traces/${"f".repeat(32)}.`],
    ["/api/nothing", "The last hour has nothing at /api/nothing."],
  ])("refuses %s", async (path, message) => {
    await expect(ask(path)).rejects.toThrow(message)
  })
})

describe("a quantile", () => {
  it.each([
    [[0, 4, 0], [1, 3], 0.5, 2],
    [[10, 0, 0], [1, 3], 0.5, 0.5],
    [[0, 0, 5], [1, 3], 0.95, 3],
    [[0, 0, 0], [1, 3], 0.5, null],
    [[5], [], 0.5, null],
  ])("of %j with bounds %j at %d is %s", (buckets, bounds, share, value) => {
    expect(quantileOf(buckets, bounds, share)).toBe(value)
  })
})
