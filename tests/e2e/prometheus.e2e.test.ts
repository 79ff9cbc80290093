import { randomUUID } from "node:crypto"
import { instruments } from "@eshop/building-blocks/telemetry/instruments"
import type { Money } from "@eshop/domain/kernel/money"
import { someAddress } from "@eshop/local-cloud/shop/shop-client"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { eventually, products, type RunningShop, runShop } from "./running-shop.ts"

const apps = ["catalog", "basket", "discount", "ordering"] as const

let running: RunningShop
let orderId: string
let total: Money
let discount: Money

const withKey = (body: object = {}) => ({ headers: { "idempotency-key": randomUUID() }, body })
const scraped = async (app: (typeof apps)[number]) =>
  await (await fetch(`${running.cloud.connections.apps[app]}/metrics`)).text()

/** A sample's value, summed over those that have these labels; undefined when there is none. */
async function sampleOf(app: (typeof apps)[number], name: string, labels: Record<string, string> = {}) {
  const lines = (await scraped(app)).split("\n").filter((line) => line.startsWith(`${name}{`))
  const wanted = lines.filter((line) =>
    Object.entries(labels).every(([label, value]) => line.includes(`${label}="${value}"`)),
  )
  if (wanted.length === 0) return undefined
  return wanted.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf("}") + 2)), 0)
}

/** Nearly all units go, and more are asked for than are left. */
async function refuseHold() {
  const { shop, cloud } = running
  const sold = { type: "change", quantity: -995, reason: "stock.lost" }
  const path = `/catalog/stock/${products.htc}/adjustments`
  shop.expect(await shop.send(await shop.roleToken("inventory.write"), "POST", path, withKey(sold)), 200)
  const hold = await fetch(`${cloud.connections.apps.catalog}/holds/${randomUUID()}`, {
    method: "PUT",
    headers: {
      authorization: `Bearer ${await shop.roleToken("inventory.hold")}`,
      "content-type": "application/json",
    },
    body: JSON.stringify({ lines: [{ sku: products.htc, quantity: 10 }] }),
  })
  const { type } = (await hold.json()) as { type: string }
  expect([hold.status, type]).toEqual([409, "urn:eshop:problem:stock.insufficient"])
}

// One order with a coupon, paid and cancelled, and a hold of more than there is.
beforeAll(async () => {
  running = await runShop({ env: { OTEL_METRICS_EXPORTER: "prometheus" } })
  const { shop } = running
  const customer = await shop.signIn("mehmet")
  await customer.putItem(products.xiaomi, 2)
  const cart = await customer.putCoupon("WELCOME10")
  total = cart.total
  const { body } = await customer.checkout({
    shippingAddress: someAddress,
    paymentMethod: "pm_card_visa",
    expectedTotal: total,
  })
  orderId = body.orderId
  discount = cart.discount
  expect(await customer.ended(orderId)).toMatchObject({ status: "Paid" })
  await customer.send("POST", `/ordering/orders/${orderId}/cancellation`, withKey())
  await eventually(
    () => sampleOf("ordering", "eshop_refunds_total"),
    (refunds) => refunds !== undefined,
  )
  await refuseHold()
}, 120_000)
afterAll(() => running?.stop())

test("every instrument of the list is there, as what it is", async () => {
  const texts = await Promise.all(apps.map(scraped))
  const types = new Map(
    texts.flatMap((text) =>
      [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => [name, type]),
    ),
  )
  // Nothing needs a person in this shop.
  const quiet = ["eshop.alarms", "eshop.messages.parked"]
  for (const [name, { kind }] of Object.entries(instruments)) {
    const called = `${name.replaceAll(".", "_")}${kind === "counter" ? "_total" : ""}`
    expect([name, types.get(called)]).toEqual([name, quiet.includes(name) ? undefined : kind])
  }
})

describe("after one order", () => {
  test.each([
    ["Submitted", 1],
    ["AwaitingPayment", 1],
    ["Paid", 1],
    ["Cancelled", 1],
    ["Shipped", undefined],
  ])("it came into the state %s so often: %s", async (status, times) => {
    expect(await sampleOf("ordering", "eshop_orders_total", { eshop_order_status: status })).toBe(times)
  })

  test("money is counted to the cent", async () => {
    const currency = { eshop_currency: total.currency }
    expect(discount.amount).toBeGreaterThan(0)
    expect(await sampleOf("basket", "eshop_discounts_total", currency)).toBe(discount.amount)
    expect(await sampleOf("ordering", "eshop_revenue_total", currency)).toBe(total.amount)
    expect(await sampleOf("ordering", "eshop_refunds_total", currency)).toBe(total.amount)
  })

  test("requests are counted by their route, messages and use cases by their name", async () => {
    const checkout = {
      http_route: "/checkout",
      http_request_method: "POST",
      http_response_status_code: "202",
    }
    expect(await sampleOf("basket", "http_server_request_duration_count", checkout)).toBe(1)
    const useCase = { eshop_use_case: "ordering.submit-order", eshop_trigger: "event", eshop_outcome: "done" }
    expect(await sampleOf("ordering", "eshop_use_case_duration_count", useCase)).toBe(1)
    const saga = { eshop_saga: "checkout", eshop_outcome: "completed" }
    expect(await sampleOf("ordering", "eshop_saga_duration_count", saga)).toBe(1)
    expect(await sampleOf("catalog", "eshop_stock_refusals_total", { eshop_reason: "hold" })).toBe(1)
    const sent = { messaging_destination_name: "basket-events" }
    expect(await sampleOf("basket", "messaging_client_sent_messages_total", sent)).toBe(1)
  })

  test("gauges show what waits, and that every dependency is there", async () => {
    for (const app of ["catalog", "basket", "ordering"] as const) {
      const pending = () => sampleOf(app, "eshop_outbox_pending")
      expect(await eventually(pending, (value) => value === 0)).toBe(0)
      expect(await sampleOf(app, "eshop_outbox_oldest")).toBe(0)
    }
    // Its refund is settled, and nothing is led by a saga any more.
    expect(await sampleOf("ordering", "eshop_saga_instances")).toBe(0)
    expect(await sampleOf("ordering", "eshop_saga_attention")).toBe(0)
    for (const dependency of ["store", "basket", "discount", "broker"])
      expect(await sampleOf("ordering", "eshop_dependency_up", { eshop_dependency: dependency })).toBe(1)
    expect(await sampleOf("discount", "eshop_messages_dead_lettered")).toBe(0)
    expect(await sampleOf("basket", "process_memory_usage")).toBeGreaterThan(10_000_000)
  })

  test("no label is an id, and there are not too many of them", async () => {
    for (const app of apps) {
      // Which instance it is stands in one line.
      const text = (await scraped(app)).replace(/^target_info.*$/m, "")
      expect(text).not.toContain(orderId)
      expect(text).not.toMatch(/="[^"]*[0-9a-f]{8}-[0-9a-f]{4}-/)
      expect(text.split("\n").filter((line) => /_(count|total)\{/.test(line)).length).toBeLessThan(150)
    }
  })
})

test("metrics are an app's own, and not published through the gateway", async () => {
  const { gateway } = running.cloud.connections
  for (const path of ["/metrics", ...apps.map((app) => `/${app}/metrics`)])
    expect((await fetch(`${gateway}${path}`)).status).toBe(404)
})

test("the log's level is set for a while without a restart, for every line from then on", async () => {
  const operator = await running.shop.roleToken("operations")
  const path = "/ordering/operations/log-level"
  const shown = await running.shop.send(operator, "GET", path)
  expect([shown.status, shown.body]).toEqual([200, { level: "info" }])
  const set = await running.shop.send<{ level: string; until: string }>(operator, "PUT", path, {
    body: { level: "error", minutes: 5 },
  })
  expect([set.status, set.body.level]).toEqual([200, "error"])
  const back = await running.shop.send(operator, "PUT", path, { body: { level: "error", minutes: 0 } })
  expect([back.status, back.body]).toEqual([200, { level: "info" }])
  const customer = await running.shop.signIn("mehmet")
  expect((await customer.send("GET", path)).status).toBe(403)
})
