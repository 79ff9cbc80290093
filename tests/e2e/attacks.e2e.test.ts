import { randomUUID } from "node:crypto"
import { request as open } from "node:http"
import {
  type CartAnswer,
  type CheckoutAnswer,
  type Customer,
  type Order,
  someAddress,
} from "@eshop/local-cloud/shop/shop-client"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { eventually, products, type RunningShop, runShop } from "./running-shop.ts"

// What an attacker tries who has read the API's description, against a shop with its rate limits on.
let running: RunningShop
let victim: Customer
let mallory: Customer
let orderId: string

type Asked = { method?: string; path: string; headers?: Record<string, string>; body?: unknown }
const atRest = ["paid", "awaiting-shipment"]
const idempotent = () => ({ "idempotency-key": randomUUID() })
const ask = ({ method = "GET", path, ...options }: Asked, token?: string) =>
  running.shop.send<Record<string, unknown>>(token, method, path, options)
/** The part of a problem that is not about this one request. */
const meaningOf = ({ status, body }: Awaited<ReturnType<typeof ask>>) => {
  const { instance: _, traceId: __, ...rest } = body
  return { status, ...rest }
}

async function buy(customer: Customer): Promise<string> {
  await customer.putItem(products.htc, 1)
  const { total } = await customer.cart()
  const checkout = { expectedTotal: total, shippingAddress: someAddress, paymentMethod: "pm_card_visa" }
  const { status, body } = await customer.checkout(checkout)
  expect(status).toBe(202)
  await customer.ended(body.orderId)
  return body.orderId
}

beforeAll(async () => {
  running = await runShop({ rateLimits: true })
  victim = await running.shop.signIn("mehmet")
  mallory = await running.shop.signIn("mallory")
  orderId = await buy(victim)
})
afterAll(() => running?.stop())

/** What can be asked of an order by its id. */
const ofOrder = (id: string): Asked[] => {
  const path = `/ordering/orders/${id}`
  const sku = products.htc
  return [
    { path },
    { path: `${path}/timeline` },
    { path: `${path}/price-proof` },
    { path: `${path}/invoice` },
    { path: `${path}/returns` },
    { path: `${path}/withdrawals/${id}/receipt` },
    { method: "POST", path: `${path}/cancellation`, headers: idempotent(), body: {} },
    { method: "POST", path: `${path}/withdrawals`, headers: idempotent(), body: {} },
    { method: "POST", path: `${path}/withdrawals/${id}/confirmation`, headers: idempotent(), body: {} },
    {
      method: "POST",
      path: `${path}/returns`,
      headers: idempotent(),
      body: { lines: [{ sku, quantity: 1 }], reason: "goods.damaged" },
    },
  ]
}

describe("an order of somebody else's", () => {
  test("is to a stranger what no order at all is, whatever is asked of it, and stays as it was", async () => {
    // The checkout's saga has ended, the fulfilment's waits for the shipment: nothing moves by itself.
    const before = await eventually(
      () => victim.timeline(orderId),
      ({ processes }) => processes.length === 2 && processes.every(({ step = "" }) => atRest.includes(step)),
    )
    expect(before.processes.map(({ step }) => step)).toEqual(atRest)
    const unknown = ofOrder("01900000-0000-7000-8000-000000000000")
    for (const [index, asked] of ofOrder(orderId).entries()) {
      const theirs = await ask(asked, mallory.token)
      expect([theirs.status, asked.path], JSON.stringify(theirs.body)).toEqual([404, asked.path])
      expect(meaningOf(theirs)).toEqual(meaningOf(await ask(unknown[index] as Asked, mallory.token)))
    }
    expect(await victim.timeline(orderId)).toEqual(before)
  })

  test("tells its version to nobody: a guessed ETag is 404 as well", async () => {
    for (const tag of ["*", '"1"', 'W/"4"'])
      for (const header of ["if-none-match", "if-match"]) {
        const { status } = await ask(
          { path: `/ordering/orders/${orderId}`, headers: { [header]: tag } },
          mallory.token,
        )
        expect([header, tag, status]).toEqual([header, tag, 404])
      }
  })

  test("is opened by no other kind of token, by none of another order, and by no list's cursor", async () => {
    const guest = await ask({
      method: "POST",
      path: "/basket/cart/items",
      headers: { "x-guest-token": "new", ...idempotent() },
      body: { sku: products.lumix, quantity: 1 },
    })
    const token = guest.headers.get("x-guest-token") ?? ""
    const { total } = guest.body as unknown as CartAnswer
    const bought = await running.shop.send<CheckoutAnswer>(undefined, "POST", "/basket/checkout", {
      headers: { "x-guest-token": token, ...idempotent() },
      body: { expectedTotal: total, shippingAddress: someAddress, paymentMethod: "pm_card_visa" },
    })
    const orderToken = bought.headers.get("x-order-token") ?? ""
    expect(orderToken).not.toBe("")
    const swapped = orderToken.replace(bought.body.orderId, orderId)
    const path = `/ordering/orders/${orderId}`
    const tried: Record<string, string>[] = [
      { "x-order-token": orderToken },
      { "x-order-token": swapped },
      { "x-order-token": token },
      { "x-guest-token": orderToken },
      { "x-guest-token": token.replace(/guest-[\da-f-]{36}/, victim.customerId) },
      { cookie: `guest=${orderToken}; __Host-guest=${token}` },
    ]
    for (const headers of tried) expect([401, 404]).toContain((await ask({ path, headers })).status)

    await ask({ path: "/ordering/orders?limit=1" }, victim.token)
    const cursor = Buffer.from(JSON.stringify(["orders", [new Date().toISOString(), orderId]])).toString(
      "base64url",
    )
    const listed = await ask({ path: `/ordering/orders?cursor=${cursor}` }, mallory.token)
    expect([listed.status, JSON.stringify(listed.body).includes(orderId)]).toEqual([listed.status, false])
  })
})

describe("what is one's own", () => {
  test("is only one's own: carts, exports and erasures name nobody", async () => {
    const ownData = await ask({ path: "/ordering/customers/me/data" }, mallory.token)
    expect(JSON.stringify(ownData.body)).not.toContain(orderId)
    const denied: Asked[] = [
      { path: `/ordering/operations/customers/${victim.customerId}/data` },
      { path: `/catalog/operations/customers/${victim.customerId}/data` },
      { path: `/basket/operations/customers/${victim.customerId}/data` },
      { path: `/discount/operations/customers/${victim.customerId}/data` },
      {
        method: "POST",
        path: `/ordering/operations/customers/${victim.customerId}/erasure`,
        headers: idempotent(),
        body: {},
      },
      { path: `/ordering/operations/orders/${orderId}/archived-address` },
      { path: `/basket/checkouts/${orderId}` },
      { path: `/catalog/holds/${orderId}` },
      { method: "DELETE", path: `/discount/redemptions/${orderId}` },
      { path: "/ordering/operations/webhooks" },
      { path: "/catalog/imports/01900000-0000-7000-8000-000000000000" },
    ]
    for (const asked of denied)
      expect([asked.path, (await ask(asked, mallory.token)).status]).toEqual([asked.path, 403])
  })

  test("is not reached by saying so in the body or the query: members that a client may not set are refused", async () => {
    const { customerId } = victim
    const tried: Asked[] = [
      {
        method: "PUT",
        path: `/basket/cart/items/${products.htc}`,
        body: { quantity: 1, unitPrice: { amount: 1, currency: "USD" } },
      },
      { method: "PUT", path: `/basket/cart/items/${products.htc}`, body: { quantity: 1, customerId } },
      {
        method: "PUT",
        path: "/basket/cart/coupon",
        body: JSON.parse('{"couponCode": "WELCOME10", "__proto__": {"isAdmin": true}}'),
      },
      {
        method: "POST",
        path: "/basket/checkout",
        headers: idempotent(),
        body: {
          expectedTotal: { amount: 1, currency: "USD" },
          shippingAddress: someAddress,
          paymentMethod: "pm_card_visa",
          customerId,
          discount: 100,
          status: "Paid",
        },
      },
      { method: "DELETE", path: `/basket/cart/items/${products.htc}?customerId=${customerId}` },
    ]
    const before = await mallory.cart()
    for (const asked of tried) {
      const { status, body } = await ask(asked, mallory.token)
      expect([asked.path, status, body.type]).toEqual([asked.path, 400, "urn:eshop:problem:request.invalid"])
    }
    expect(await mallory.cart()).toEqual(before)
    const listed = await ask({ path: `/ordering/orders?customerId=${customerId}` }, mallory.token)
    expect(JSON.stringify(listed.body)).not.toContain(orderId)
  })
})

test("the Idempotency-Key of somebody else replays nothing of theirs", async () => {
  const key = randomUUID()
  const checkout = async (customer: Customer) => {
    await customer.putItem(products.samsung, 1)
    const { total } = await customer.cart()
    return customer.checkout(
      { expectedTotal: total, shippingAddress: someAddress, paymentMethod: "pm_card_visa" },
      key,
    )
  }
  const theirs = await checkout(victim)
  const own = await checkout(mallory)
  expect([theirs.status, own.status, own.headers.get("idempotent-replayed")]).toEqual([202, 202, null])
  expect(own.body.orderId).not.toBe(theirs.body.orderId)
  expect((await ask({ path: `/ordering/orders/${theirs.body.orderId}` }, mallory.token)).status).toBe(404)
})

describe("what the edge is told about the caller", () => {
  /** Sends headers that fetch does not let anybody set. */
  const raw = (path: string, headers: Record<string, string>) =>
    new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
      const { hostname: host, port } = new URL(running.cloud.connections.gateway)
      open({ host, port, path, headers }, async (response) => {
        let text = JSON.stringify(response.headers)
        for await (const chunk of response) text += chunk
        resolve({ status: response.statusCode, text })
      })
        .on("error", reject)
        .end()
    })

  test("counts for nothing: a forged principal, method, host, prefix or address", async () => {
    const principal = Buffer.from(JSON.stringify({ userId: victim.customerId, userRoles: ["orders.manage"] }))
    const forged = {
      "x-ms-client-principal": principal.toString("base64"),
      "x-ms-client-principal-id": victim.customerId,
      "x-forwarded-for": "127.0.0.1",
      "x-original-url": "/admin/functions",
      "x-rewrite-url": "/admin/functions",
      "x-http-method-override": "DELETE",
      "x-forwarded-prefix": "/evil",
      "x-forwarded-host": "evil.example",
      host: "evil.example",
    }
    const known = await raw("/catalog/products?limit=1", forged)
    expect([known.status, known.text.includes("evil")]).toEqual([200, false])
    expect((await raw(`/ordering/orders/${orderId}`, forged)).status).toBe(401)
    expect((await raw("/ordering/operations/orders", forged)).status).toBe(401)
    const direct = running.cloud.connections.apps.ordering
    const passedBy = await fetch(`${direct}/operations/orders`, {
      headers: { "x-ms-client-principal": forged["x-ms-client-principal"] },
    })
    expect(passedBy.status).toBe(401)
  })
})

describe("what the shop answers", () => {
  test("names no server and no version, and is taken for nothing else, also by whoever passes the gateway by", async () => {
    const { gateway, apps } = running.cloud.connections
    const answers = await Promise.all(
      [
        `${gateway}/catalog/products`,
        ...Object.values(apps).flatMap((app) => [`${app}/health/live`, `${app}/openapi.json`]),
        `${apps.catalog}/products`,
        `${apps.ordering}/orders`,
      ].map((url) => fetch(url)),
    )
    for (const { url, headers } of answers) {
      expect([url, headers.get("server"), headers.get("x-powered-by")]).toEqual([url, null, null])
      expect([url, headers.get("x-content-type-options")]).toEqual([url, "nosniff"])
    }
  })
})

describe("a business flow", () => {
  test("is not run through: coupons are guessed thirty times a minute at most, and an order's tokens no more often", async () => {
    const guess = (index: number) =>
      ask(
        { method: "PUT", path: "/basket/cart/coupon", body: { couponCode: `GUESS${index}` } },
        mallory.token,
      )
    const guesses = []
    for (let index = 0; index < 31; index += 1) guesses.push(await guess(index))
    // One guess was made above.
    const refused = guesses.filter(({ status }) => status === 429)
    expect([guesses.length - refused.length, refused[0]?.body.type]).toEqual([
      29,
      "urn:eshop:problem:client.requests",
    ])
    expect(Number(refused[0]?.headers.get("retry-after"))).toBeGreaterThan(0)
    const orders = await ask({ path: "/ordering/orders" }, mallory.token)
    expect(orders.status).toBe(200)
    await victim.putItem(products.htc, 1)
    expect((await victim.putCoupon("GUESS1")).messages.map(({ type }) => type)).toEqual(["coupon-refused"])
  })

  test("does not let a shopper hoard what is there: a hold ends by itself, however often it is asked for again", async () => {
    const hoarder = await running.shop.signIn("hoarder")
    await hoarder.putItem(products.huawei, 5)
    const minutes: number[] = []
    for (let times = 0; times < 3; times += 1) {
      const { status, body } = await hoarder.send<CartAnswer>("POST", "/basket/cart/hold", { body: {} })
      expect(status).toBe(200)
      minutes.push(Math.round((Date.parse(body.hold?.expiresAt ?? "") - Date.now()) / 60_000))
    }
    expect(minutes).toEqual([15, 15, 15])
    expect((await running.shop.stock(products.huawei)).reserved).toBe(5)
  })
})

test("the victim's order is as it was", async () => {
  const { status, body } = await running.shop.send<Order>(victim.token, "GET", `/ordering/orders/${orderId}`)
  expect([status, body.status]).toEqual([200, "Paid"])
})
