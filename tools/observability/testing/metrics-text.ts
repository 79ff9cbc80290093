// The text that a pod of the shop serves at /metrics, made by the exporter and the recording functions that the apps use.
import type { InstrumentName } from "@eshop/building-blocks/telemetry/instruments"
import { instruments } from "@eshop/building-blocks/telemetry/instruments"
import { type AttributesOf, count, gauge, record, showGauges } from "@eshop/building-blocks/telemetry/metrics"
import { metrics } from "@opentelemetry/api"
import { PrometheusExporter, PrometheusSerializer } from "@opentelemetry/exporter-prometheus"
import { MeterProvider } from "@opentelemetry/sdk-metrics"

type Samples = { readonly [Name in InstrumentName]: readonly AttributesOf<Name>[] }

const servicebus = { "messaging.system": "servicebus", "messaging.destination.name": "ordering-events" }
const reached = { "db.system.name": "postgresql", "db.namespace": "eshop", "db.operation.name": "SELECT" }

/** One series of each kind that a query tells apart. */
const samples: Samples = {
  "http.server.request.duration": [200, 500].map((status) => ({
    "http.request.method": "GET",
    "http.route": "/products/{id}",
    "http.response.status_code": status,
  })),
  "http.client.request.duration": [
    { "http.request.method": "GET", "server.address": "catalog", "http.response.status_code": 200 },
    { "http.request.method": "GET", "server.address": "catalog", "error.type": "timeout" },
  ],
  "db.client.operation.duration": [reached, { ...reached, "error.type": "timeout" }],
  "messaging.client.sent.messages": [servicebus],
  "messaging.process.duration": [
    { ...servicebus, "messaging.message.type": "OrderPaid" },
    { ...servicebus, "messaging.message.type": "OrderPaid", "error.type": "unavailable" },
  ],
  "eshop.use_case.duration": [
    { "eshop.use_case": "basket.checkout", "eshop.trigger": "http", "eshop.outcome": "done" },
  ],
  "eshop.outbox.pending": [{}],
  "eshop.outbox.oldest": [{}],
  "eshop.messages.parked": [{ "eshop.reason": "handler-failed" }],
  "eshop.messages.dead_lettered": [{ "messaging.destination.name": "ordering-events" }],
  "eshop.saga.instances": [{ "eshop.saga": "checkout", "eshop.saga.step": "AwaitingStock" }],
  "eshop.saga.attention": [{ "eshop.saga": "checkout" }],
  "eshop.saga.duration": [{ "eshop.saga": "checkout", "eshop.outcome": "completed" }],
  "eshop.orders": [
    { "eshop.order.status": "Submitted" },
    { "eshop.order.status": "Paid" },
    { "eshop.order.status": "Cancelled", "eshop.reason": "payment.declined" },
  ],
  "eshop.revenue": [{ "eshop.currency": "USD" }],
  "eshop.refunds": [{ "eshop.currency": "USD" }],
  "eshop.discounts": [{ "eshop.currency": "USD" }],
  "eshop.stock.refusals": [{ "eshop.reason": "hold" }],
  "eshop.alarms": [{ "eshop.alarm": "stock-gone" }],
  "eshop.dependency.up": [{ "eshop.dependency": "store" }, { "eshop.dependency": "redis" }],
  "process.memory.usage": [{}],
  "nodejs.eventloop.delay.p99": [{}],
}

type Name<Kind> = {
  [N in InstrumentName]: (typeof instruments)[N]["kind"] extends Kind ? N : never
}[InstrumentName]

const ofKind = <Kind extends string>(kind: Kind) =>
  (Object.keys(samples) as InstrumentName[]).filter((name) => instruments[name].kind === kind) as Name<Kind>[]

export type MetricsText = { readonly next: () => Promise<string>; readonly stop: () => Promise<void> }

/** @returns the text of the next scrape: whatever counts has counted on since the last one */
export function startMetrics(): MetricsText {
  const reader = new PrometheusExporter({ preventServerStart: true })
  const provider = new MeterProvider({ readers: [reader] })
  metrics.setGlobalMeterProvider(provider)
  for (const name of ofKind("gauge"))
    gauge(name, () => samples[name].map((attributes) => ({ value: 1, attributes })) as never)
  showGauges()
  const serializer = new PrometheusSerializer()
  return {
    next: async () => {
      for (const name of ofKind("histogram"))
        for (const attributes of samples[name]) record(name, 0.2, attributes as never)
      for (const name of ofKind("counter"))
        for (const attributes of samples[name]) count(name, 1, attributes as never)
      const { resourceMetrics, errors } = await reader.collect()
      if (errors.length > 0) throw new AggregateError(errors, "metrics could not be collected")
      return serializer.serialize(resourceMetrics)
    },
    stop: async () => {
      metrics.disable()
      await provider.shutdown()
    },
  }
}
