import { randomUUID } from "node:crypto"
import { usd } from "@eshop/domain/kernel/money"
import { someAddress } from "@eshop/local-cloud/shop/shop-client"
import { afterAll, beforeAll, expect, it } from "vitest"
import { type OtlpSink, startOtlpSink } from "../fixtures/otlp-sink.ts"
import { eventually, products, type RunningShop, runShop } from "./running-shop.ts"
import { linesOf, type Tree, treeOf, withoutRepetitions } from "./trace-tree.ts"

const traceId = "0af7651916cd43dd8448eb211c80319c"
/** The browser's own span, which it tells nobody of. */
const browser = "b7ad6b7169203331"
/** What an administrator does belongs to another trace. */
const administrators = `00-${"d".repeat(32)}-${browser}-01`
const paymentMethod = "pm_card_visa"

let sink: OtlpSink
let running: RunningShop | undefined
let orderId: string
let withRedis: boolean

const spansOfOrder = () => withoutRepetitions(sink.spans.filter((span) => span.traceId === traceId))

// One order, then the shop stops: what it has not sent by then it sends at its stop.
beforeAll(async () => {
  sink = await startOtlpSink()
  const shop = await runShop({ telemetry: sink.url })
  running = shop
  withRedis = shop.cloud.connections.redis !== undefined
  const customer = await shop.shop.signIn("mehmet")
  await customer.putItem(products.xiaomi, 1)
  const answer = await customer.send<{ orderId: string }>("POST", "/basket/checkout", {
    body: { shippingAddress: someAddress, paymentMethod, expectedTotal: usd(470_00) },
    headers: { "idempotency-key": randomUUID(), traceparent: `00-${traceId}-${browser}-01` },
  })
  expect(answer.status).toBe(202)
  orderId = answer.body.orderId
  expect((await customer.ended(orderId)).status).toBe("Paid")
  // The last ones of its trace; which comes last differs.
  const last = ["catalog.commit-stock", "discount.order-paid", "ordering.send-notices", "read-fulfilment"]
  const seen = () => spansOfOrder().map(({ name }) => name)
  await eventually(
    async () => seen(),
    (names) => last.every((name) => names.includes(name)),
  )
  await eventually(
    () => customer.send<{ items: { id: string; status: string }[] }>("GET", "/ordering/orders"),
    ({ body }) => body.items.some(({ id, status }) => id === orderId && status === "Paid"),
  )
  // One person who may call every app.
  const administrator = await shop.shop.signIn("administrator")
  for (const path of ["/catalog/products", "/basket/cart", "/discount/promotions", "/ordering/orders"])
    expect((await administrator.send("GET", path, { headers: { traceparent: administrators } })).status).toBe(
      200,
    )
  await shop.stop()
  running = undefined
}, 180_000)
afterAll(async () => {
  await running?.stop()
  await sink?.close()
})

const isStore = ({ span }: Tree) => span.attributes["db.system.name"] !== undefined
/** Which call finds no token and asks for one differs. */
const isToken = ({ span }: Tree) => span.name === "POST /token"
const background = ["ordering.project-orders", "ordering.send-notices", "ordering.send-deliveries"]
const isBackground = ({ span }: Tree) => background.includes(span.name)

it("an order is one trace, from the gateway through every app to the last event", () => {
  expect(
    linesOf(treeOf(spansOfOrder()), (node) => !isStore(node) && !isBackground(node) && !isToken(node)),
  ).toEqual([
    "gateway SERVER POST /basket/checkout",
    "  basket SERVER POST /checkout",
    "    basket INTERNAL basket.check-out",
    "      basket CLIENT POST /quotes",
    "        discount SERVER POST /quotes",
    "          discount INTERNAL discount.quote",
    "      basket PRODUCER send basket-events",
    "        ordering CONSUMER process basket-events",
    "          ordering INTERNAL ordering.submit-order",
    "            ordering CLIENT GET /checkouts/{checkoutId}",
    "              basket SERVER GET /checkouts/{checkoutId}",
    "                basket INTERNAL basket.get-checkout",
    "            ordering CLIENT start checkout",
    "            ordering INTERNAL checkout",
    "              ordering INTERNAL authorise-payment",
    "                ordering CLIENT POST /v1/payment_intents",
    "              ordering INTERNAL capture-payment",
    "                ordering CLIENT POST /v1/payment_intents/{id}/capture",
    // Nobody consumes the event that comes first here.
    "                ordering PRODUCER send ordering-events",
    "                ordering PRODUCER send ordering-events",
    "                  catalog CONSUMER process ordering-events",
    "                    catalog INTERNAL catalog.commit-stock",
    "                      catalog PRODUCER send catalog-events",
    "                  discount CONSUMER process ordering-events",
    "                    discount INTERNAL discount.order-paid",
    "                  ordering CONSUMER process ordering-events",
    "                    ordering INTERNAL ordering.order-paid",
    "                      ordering CLIENT start fulfilment",
    "            ordering PRODUCER send ordering-events",
    "            ordering PRODUCER send ordering-events",
    "              catalog CONSUMER process ordering-events",
    "                catalog INTERNAL catalog.reserve-stock",
    "                  catalog PRODUCER send catalog-events",
    "                    ordering CONSUMER process catalog-events",
    "                      ordering INTERNAL ordering.stock-reserved",
    "                        ordering CLIENT raise stock-reserved",
    "                        ordering PRODUCER send ordering-events",
  ])
})

it("nothing of it has lost its parent", () => {
  const spans = spansOfOrder()
  const ids = new Set(spans.map(({ spanId }) => spanId))
  const orphans = spans.filter(({ parentSpanId = "" }) => !ids.has(parentSpanId))
  expect(orphans.map(({ name, parentSpanId }) => [name, parentSpanId === browser])).toEqual([
    ["POST /basket/checkout", true],
  ])
})

it("the trace reaches the read model, the notice, and each store by what is asked of it", () => {
  const tree = treeOf(spansOfOrder())
  const nodes = tree.flatMap(function all(node): Tree[] {
    return [node, ...node.children.flatMap(all)]
  })
  const below = (name: string) =>
    nodes.find(({ span }) => span.name === name)?.children.map(({ span }) => span.name)
  expect(new Set(nodes.filter(isBackground).map(({ span }) => span.name))).toEqual(
    new Set(["ordering.project-orders", "ordering.send-notices"]),
  )
  expect(below("ordering.project-orders")?.slice(0, 3)).toEqual([
    "SELECT order_event SELECT projection_pending",
    "INSERT order_view SELECT",
    "DELETE projection_pending SELECT projection_pending",
  ])
  expect(below("discount.order-paid")).toEqual(["InsertEntity discount"])
  expect(below("ordering.stock-reserved")?.slice(0, 2)).toEqual(["INSERT inbox", "SELECT orders"])
  const systems = nodes
    .filter(isStore)
    .map(({ span }) => `${span.service} ${span.attributes["db.system.name"]}`)
  expect(new Set(systems)).toEqual(
    new Set([
      ...["basket postgresql", "catalog postgresql", "ordering postgresql", "discount azure.tables"],
      ...(withRedis ? ["basket redis", "discount redis"] : []),
    ]),
  )
})

it("its log lines are found by its id and by its trace", () => {
  const ofOrder = sink.logs.filter(({ attributes }) => attributes.orderId === orderId)
  const useCases = ofOrder.filter((line) => line.traceId === traceId && line.level === "INFO")
  expect(new Set(useCases.map(({ attributes }) => attributes.useCase ?? attributes.saga))).toEqual(
    new Set([
      ...["basket.check-out", "basket.get-checkout", "ordering.submit-order"],
      ...["catalog.reserve-stock"],
      ...["ordering.stock-reserved", "authorise-payment", "capture-payment", "checkout"],
      ...["catalog.commit-stock", "discount.order-paid", "ordering.order-paid", "ordering.send-notices"],
    ]),
  )
})

it("one person is one pseudonym in the lines of every app, and another person another one", () => {
  const lines = sink.logs.filter((line) => line.traceId === "d".repeat(32) && line.attributes.customer)
  expect(new Set(lines.map(({ service }) => service))).toEqual(
    new Set(["basket", "catalog", "discount", "ordering"]),
  )
  const [pseudonym, ...others] = new Set(lines.map(({ attributes }) => attributes.customer))
  expect(pseudonym).toMatch(/^[0-9a-f]{16}$/)
  expect(others).toEqual([])
  const mehmets = sink.logs.filter((line) => line.traceId === traceId && line.attributes.customer)
  expect(mehmets.map(({ attributes }) => attributes.customer)).not.toContain(pseudonym)
  expect(mehmets.length).toBeGreaterThan(0)
})

it("nothing that was sent tells who the customer is, where they live or how they pay", () => {
  const everything = sink.received.join("\n")
  const personal = [...Object.values(someAddress), paymentMethod, "mehmet", "Bearer"]
  // A postcode may stand within the digits of a time.
  const isTold = (text: string) =>
    new RegExp(`(?<![0-9])${text.replace(/[.+]/g, "\\$&")}(?![0-9])`).test(everything)
  expect(personal.filter((text) => text.length > 2 && isTold(text))).toEqual([])
})

it("the metrics have counted this one order", () => {
  const of = (name: string, attributes: object = {}) =>
    [...sink.points.values()]
      .filter((point) => point.name === name)
      .filter((point) => Object.entries(attributes).every(([key, value]) => point.attributes[key] === value))
      .reduce((sum, { value }) => sum + value, 0)
  expect([
    of("eshop.orders", { "eshop.order.status": "Submitted" }),
    of("eshop.orders", { "eshop.order.status": "Paid" }),
    of("eshop.orders", { "eshop.order.status": "Cancelled" }),
    of("eshop.revenue", { "eshop.currency": "USD" }),
    of("eshop.saga.duration", { "eshop.saga": "checkout", "eshop.outcome": "completed" }),
    of("http.server.request.duration", { "http.route": "/checkout" }),
    of("messaging.client.sent.messages", { "messaging.destination.name": "basket-events" }),
    of("eshop.alarms"),
  ]).toEqual([1, 1, 0, 470_00, 1, 1, 1, 0])
})
