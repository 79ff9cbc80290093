import { orderNumberOf } from "@eshop/domain/ordering/order-number"
import { expect, it } from "vitest"
import { ORDER, OTHER_ORDER, record, span, storeAt, traceIdOf } from "../testing/records.ts"
import { readAbout, recentOrders } from "./about.ts"

/** A checkout whose capture fails three times, while the shopper's page asks for the order. */
function stuckOrder() {
  const { store } = storeAt(0)
  const { spans, logs } = store
  const attributes = { orderId: ORDER }
  spans.add(
    span("checkout", "POST /checkout", { service: "basket", kind: "server", start: 1, durationMs: 8 }),
  )
  spans.add(span("checkout", "submit", { parent: "POST /checkout", start: 5, durationMs: 2, attributes }))
  logs.add(
    record("submitted", {
      time: 7,
      trace: "checkout",
      spanId: span("checkout", "submit").spanId,
      attributes,
    }),
  )
  const failed = { isError: true, message: "no connection", parent: "submit", attributes }
  for (const [index, start] of [20, 30, 40].entries())
    spans.add(span("checkout", `capture-${index}`, { ...failed, name: "capture", start, durationMs: 5 }))
  logs.add(record("the provider is away", { time: 50, severity: 13, trace: "checkout" }))
  for (const [index, start] of [41, 60].entries()) {
    const trace = `read-${index}`
    spans.add(span(trace, "read", { name: "GET /orders/{id}", kind: "server", start, attributes }))
    logs.add(record("get-order: done", { time: start, trace, attributes }))
  }
  return store
}

it("tells what moved an order and what went wrong, without who only asked for it", async () => {
  const about = await readAbout(stuckOrder(), ORDER)
  expect(
    about.happened.map(({ time, text, level, times, until }) => [time, text, level, times, until]),
  ).toEqual([
    [7, "submitted", "info", 1, 7],
    [25, "capture: no connection", "error", 3, 45],
    [50, "the provider is away", "warn", 1, 50],
  ])
  expect(about.traces.map(({ traceId, spans, errors }) => [traceId, spans, errors])).toEqual([
    [traceIdOf("checkout"), 5, 3],
  ])
  expect(about).toMatchObject({ id: ORDER, orderNumber: orderNumberOf(ORDER), reads: 2, omitted: 0 })
})

it("says why a call failed by the type of its error where it says nothing else", async () => {
  const { store } = storeAt(0)
  store.spans.add(
    span("t", "POST", { isError: true, attributes: { orderId: ORDER, "error.type": "timeout" } }),
  )
  store.spans.add(span("t", "GET", { start: 1, attributes: { orderId: ORDER, "error.type": "404" } }))
  expect((await readAbout(store, ORDER)).happened.map(({ text }) => text)).toEqual(["POST: timeout", "GET"])
})

it("finds an order by its number as people write it, and anything else by its id", async () => {
  const store = stuckOrder()
  const written = orderNumberOf(ORDER).toLowerCase().replaceAll("-", " ")
  expect((await readAbout(store, written)).id).toBe(ORDER)
  store.logs.add(record("captured", { attributes: { paymentId: "pi_1" } }))
  expect(await readAbout(store, "PI_1")).toMatchObject({
    orderNumber: null,
    happened: [{ text: "captured" }],
  })
  expect(await readAbout(store, "nothing")).toMatchObject({ id: "nothing", traces: [], happened: [] })
})

it("leaves out what went wrong with another order in the same trace", async () => {
  const { store } = storeAt(0)
  store.logs.add(record("waits", { trace: "timer", severity: 13, attributes: { orderId: ORDER } }))
  store.logs.add(record("is lost", { trace: "timer", severity: 17, attributes: { orderId: OTHER_ORDER } }))
  store.spans.add(span("timer", "watch-checkouts"))
  const textsOf = async (id: string) => (await readAbout(store, id)).happened.map(({ text }) => text)
  expect([await textsOf(ORDER), await textsOf(OTHER_ORDER)]).toEqual([["waits"], ["is lost"]])
})

it("lists the orders, the one heard of last first", async () => {
  const store = stuckOrder()
  store.logs.add(record("submitted", { time: 45, attributes: { "eshop.order.id": OTHER_ORDER } }))
  expect((await recentOrders(store)).orders).toEqual([
    {
      ...{ id: ORDER, orderNumber: orderNumberOf(ORDER), first: 7, last: 50, warnings: 1, errors: 3 },
      latest: { service: "ordering", level: "warn", text: "the provider is away" },
    },
    {
      ...{
        id: OTHER_ORDER,
        orderNumber: orderNumberOf(OTHER_ORDER),
        first: 45,
        last: 45,
        warnings: 0,
        errors: 0,
      },
      latest: { service: "ordering", level: "info", text: "submitted" },
    },
  ])
})
