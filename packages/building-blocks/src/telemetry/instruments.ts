/** An instrument of OpenTelemetry's metrics; Prometheus' name follows from its name, kind and unit. */
export type Instrument = {
  readonly kind: "histogram" | "counter" | "gauge"
  /** UCUM: `s` for seconds, `By` for bytes, `{order}` for counted things. */
  readonly unit: string
  readonly description: string
  readonly attributes: readonly string[]
  /** Of a histogram: the upper bounds of its buckets, in its unit. */
  readonly buckets?: readonly number[]
}

/** From 5 ms to 10 s: the objectives of latency lie on bounds. */
const LATENCY = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10] as const
/** A message may be held for a minute. */
const HANDLING = [...LATENCY, 30, 60, 120] as const
/** From an instant checkout to a return weeks later: seconds, minutes, hours, days. */
const LIFETIME = [
  ...[1, 2.5, 5, 10, 30, 60, 300, 900, 1_500, 3_600, 14_400, 43_200],
  ...[86_400, 259_200, 604_800, 1_209_600, 2_592_000],
] as const

/**
 * Every metric of the shop, by name: what dashboards and alerts may ask for. Those without `eshop.` in front are of the
 * semantic conventions 1.44.
 */
export const instruments = {
  "http.server.request.duration": {
    kind: "histogram",
    unit: "s",
    description: "Answered requests, by route",
    attributes: ["http.request.method", "http.route", "http.response.status_code", "error.type"],
    buckets: LATENCY,
  },
  "http.client.request.duration": {
    kind: "histogram",
    unit: "s",
    description: "Calls of other services, one for each attempt",
    attributes: ["http.request.method", "server.address", "http.response.status_code", "error.type"],
    buckets: LATENCY,
  },
  "db.client.operation.duration": {
    kind: "histogram",
    unit: "s",
    description: "Statements and commands sent to PostgreSQL, SQL Server, Redis, Table Storage and Cosmos DB",
    attributes: ["db.system.name", "db.namespace", "db.operation.name", "error.type"],
    buckets: LATENCY,
  },
  "messaging.client.sent.messages": {
    kind: "counter",
    unit: "{message}",
    description: "Messages that the broker took",
    attributes: ["messaging.system", "messaging.destination.name", "error.type"],
  },
  "messaging.process.duration": {
    kind: "histogram",
    unit: "s",
    description: "Consumed messages, one for each delivery, with the time that they were held",
    attributes: ["messaging.system", "messaging.destination.name", "messaging.message.type", "error.type"],
    buckets: HANDLING,
  },
  "eshop.use_case.duration": {
    kind: "histogram",
    unit: "s",
    description: "Use cases, whatever triggered them, by how they ended",
    attributes: ["eshop.use_case", "eshop.trigger", "eshop.outcome"],
    buckets: HANDLING,
  },
  "eshop.outbox.pending": {
    kind: "gauge",
    unit: "{message}",
    description: "Events that were committed and not sent yet",
    attributes: [],
  },
  "eshop.outbox.oldest": {
    kind: "gauge",
    unit: "s",
    description: "How long ago the oldest of them was committed; 0 when there is none",
    attributes: [],
  },
  "eshop.messages.parked": {
    kind: "gauge",
    unit: "{message}",
    description: "Messages that wait for a person in the app's own store",
    attributes: ["eshop.reason"],
  },
  "eshop.messages.dead_lettered": {
    kind: "gauge",
    unit: "{message}",
    description: "Messages in the dead-letter queues of the app's subscriptions; 100 for more",
    attributes: ["messaging.destination.name"],
  },
  "eshop.saga.instances": {
    kind: "gauge",
    unit: "{saga}",
    description: "Sagas that have not ended, by the state of the order that they lead",
    attributes: ["eshop.saga", "eshop.saga.step"],
  },
  "eshop.saga.attention": {
    kind: "gauge",
    unit: "{saga}",
    description: "Sagas that wait for a person",
    attributes: ["eshop.saga"],
  },
  "eshop.saga.duration": {
    kind: "histogram",
    unit: "s",
    description: "Ended sagas, from their start, by how they ended",
    attributes: ["eshop.saga", "eshop.outcome"],
    buckets: LIFETIME,
  },
  "eshop.orders": {
    kind: "counter",
    unit: "{order}",
    description: "Orders that came into a state; a cancellation with its reason",
    attributes: ["eshop.order.status", "eshop.reason"],
  },
  "eshop.revenue": {
    kind: "counter",
    unit: "{minor_unit}",
    description: "Money captured",
    attributes: ["eshop.currency"],
  },
  "eshop.refunds": {
    kind: "counter",
    unit: "{minor_unit}",
    description: "Money given back",
    attributes: ["eshop.currency"],
  },
  "eshop.discounts": {
    kind: "counter",
    unit: "{minor_unit}",
    description: "Discounts of checkouts, those on shipping left out",
    attributes: ["eshop.currency"],
  },
  "eshop.stock.refusals": {
    kind: "counter",
    unit: "{refusal}",
    description: "Holds and reservations that were refused for want of stock: `hold` or `reservation`",
    attributes: ["eshop.reason"],
  },
  "eshop.alarms": {
    kind: "counter",
    unit: "{alarm}",
    description: "What a person must know, by its name",
    attributes: ["eshop.alarm"],
  },
  "eshop.dependency.up": {
    kind: "gauge",
    unit: "1",
    description: "1 while a dependency answers, 0 while it is out, as readiness sees it",
    attributes: ["eshop.dependency"],
  },
  "process.memory.usage": {
    kind: "gauge",
    unit: "By",
    description: "Resident memory of the process",
    attributes: [],
  },
  "nodejs.eventloop.delay.p99": {
    kind: "gauge",
    unit: "s",
    description: "How late the event loop is, 99th percentile since the last reading",
    attributes: [],
  },
} as const satisfies Readonly<Record<string, Instrument>>

export type InstrumentName = keyof typeof instruments
