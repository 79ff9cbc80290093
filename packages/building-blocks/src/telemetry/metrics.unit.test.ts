import { metrics } from "@opentelemetry/api"
import { PrometheusExporter, PrometheusSerializer } from "@opentelemetry/exporter-prometheus"
import { MeterProvider } from "@opentelemetry/sdk-metrics"
import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { type InstrumentName, instruments } from "./instruments.ts"
import type * as Metrics from "./metrics.ts"

let text: () => Promise<string>
let count: typeof Metrics.count
let gauge: typeof Metrics.gauge
let record: typeof Metrics.record
let showGauges: typeof Metrics.showGauges
beforeEach(async () => {
  // Gauges stay for as long as a process: each test has its own.
  vi.resetModules()
  ;({ count, gauge, record, showGauges } = await import("./metrics.ts"))
  const reader = new PrometheusExporter({ preventServerStart: true })
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }))
  text = async () => new PrometheusSerializer().serialize((await reader.collect()).resourceMetrics)
})
afterEach(() => metrics.disable())

/** The samples of a metric, without what the exporter says of itself. */
const samplesOf = async (name: string): Promise<string[]> =>
  (await text())
    .split("\n")
    .filter((line) => line.startsWith(name))
    .map((line) =>
      line
        .replace(/,?otel_scope_\w+="[^"]*"/g, "")
        .replace("{,", "{")
        .replace("{}", ""),
    )

test("every instrument of the list is there, as what it is and as Prometheus calls it", async () => {
  for (const [name, { kind }] of Object.entries(instruments)) {
    if (kind === "histogram") record(name as never, 1, {})
    if (kind === "counter") count(name as never, 1, {})
    if (kind === "gauge") gauge(name as never, () => [{ value: 1 }])
  }
  showGauges()
  const types = [...(await text()).matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => [name, type])
  expect(types.filter(([name]) => name !== "target_info").sort()).toEqual(
    Object.entries(instruments)
      .map(([name, { kind }]) => [prometheusNameOf(name, kind), kind])
      .sort(),
  )
})

/** The exporter puts no unit into a name: HELP and UNIT lines say it. */
const prometheusNameOf = (name: string, kind: string): string =>
  `${name.replaceAll(".", "_")}${kind === "counter" ? "_total" : ""}`

test("what is recorded adds up, and falls into buckets that the objectives lie on", async () => {
  for (const seconds of [0.004, 0.25, 0.3, 11])
    record("http.server.request.duration", seconds, { "http.route": "/orders/{id}" })
  const samples = await samplesOf("http_server_request_duration")
  const bucket = (le: string, value: number) =>
    `http_server_request_duration_bucket{http_route="/orders/{id}",le="${le}"} ${value}`
  expect(samples).toContain(bucket("0.005", 1))
  expect(samples).toContain(bucket("0.25", 2))
  expect(samples).toContain(bucket("10", 3))
  expect(samples).toContain(bucket("+Inf", 4))
  expect(samples).toContain('http_server_request_duration_count{http_route="/orders/{id}"} 4')
})

test("a saga that takes weeks has buckets of its own", () => {
  const { buckets } = instruments["eshop.saga.duration"]
  expect([buckets[0], buckets.at(-1)]).toEqual([1, 30 * 86_400])
})

test("a counter counts by its attributes", async () => {
  count("eshop.revenue", 1_250, { "eshop.currency": "EUR" })
  count("eshop.revenue", 750, { "eshop.currency": "EUR" })
  count("eshop.revenue", 1, { "eshop.currency": "USD" })
  expect(await samplesOf("eshop_revenue")).toEqual([
    'eshop_revenue_total{eshop_currency="EUR"} 2000',
    'eshop_revenue_total{eshop_currency="USD"} 1',
  ])
})

test("a gauge is read at each collection; one that cannot be read leaves a gap and harms no other", async () => {
  let value = 1
  gauge("eshop.outbox.pending", async () => [{ value: value++ }])
  gauge("eshop.messages.parked", () => Promise.reject(new Error("the store is out")))
  gauge("eshop.dependency.up", async () => [
    { value: 1, attributes: { "eshop.dependency": "store" } },
    { value: 0, attributes: { "eshop.dependency": "redis" } },
  ])
  showGauges()
  expect(await samplesOf("eshop_outbox_pending")).toEqual(["eshop_outbox_pending 1"])
  expect(await samplesOf("eshop_outbox_pending")).toEqual(["eshop_outbox_pending 2"])
  expect(await samplesOf("eshop_messages_parked")).toEqual([])
  expect(await samplesOf("eshop_dependency_up")).toEqual([
    'eshop_dependency_up{eshop_dependency="store"} 1',
    'eshop_dependency_up{eshop_dependency="redis"} 0',
  ])
})

test("no attribute can be an id or a text: they are few, and named by the list alone", () => {
  const named = new Set(Object.values(instruments).flatMap(({ attributes }) => attributes))
  expect([...named].filter((name) => /(^|[._])(id|customer|order|sku|email|message)$/.test(name))).toEqual([])
  // @ts-expect-error an attribute that the list does not name
  const more: Metrics.AttributesOf<"eshop.saga.duration"> = { orderId: "o-1" }
  // @ts-expect-error an instrument that the list does not name
  const unheard: InstrumentName = "eshop.unheard"
  expect([more, unheard]).toHaveLength(2)
  const names: readonly InstrumentName[] = Object.keys(instruments) as InstrumentName[]
  expect(names).toHaveLength(22)
})

test("without an SDK nothing is read and nothing is kept", async () => {
  metrics.disable()
  let reads = 0
  gauge("eshop.saga.attention", () => {
    reads++
    return []
  })
  count("eshop.alarms", 1, { "eshop.alarm": "x" })
  record("eshop.use_case.duration", 1, {})
  expect([reads, await text()]).toEqual([0, expect.not.stringContaining("eshop_")])
})
