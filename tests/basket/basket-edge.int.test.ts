import { ServiceBusClient } from "@azure/service-bus"
import { seedProducts } from "@eshop/domain/seed"
import type { Cloud } from "@eshop/local-cloud/cloud"
import { developmentSecrets } from "@eshop/local-cloud/settings"
import pg from "pg"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { atOnce } from "../fixtures/calls.ts"
import { clientOf, codeOf, pointersOf, type Reply, type Send, tokenFor } from "../fixtures/http.ts"
import { startParts } from "../fixtures/local-parts.ts"

const [iphone, samsung, huawei] = seedProducts.map(({ id }) => id) as [string, string, string]
const usd = (amount: number) => ({ amount, currency: "USD" })
const shippingAddress = {
  firstName: "Mehmet",
  lastName: "Yılmaz",
  emailAddress: "mehmet@example.com",
  addressLine: "Bağdat Caddesi 1",
  country: "Türkiye",
}

let cloud: Cloud
let database: pg.Pool
let nobody: Send

beforeAll(async () => {
  cloud = await startParts(["identity", "catalog", "discount", "basket"], { SEED: "true" })
  database = new pg.Pool({ connectionString: cloud.connections.postgres.basket })
  nobody = clientOf(cloud.connections.apps.basket)
})
afterAll(async () => {
  await database?.end()
  await cloud?.stop()
})

let customers = 0
/** A customer whom no other test knows. */
async function newCustomer(): Promise<Send> {
  const token = await tokenFor(cloud.connections.identity, `customer=customer-${++customers}`)
  return clientOf(cloud.connections.apps.basket, token)
}
const put = (send: Send, productId: string, quantity: number, headers?: Record<string, string>) =>
  send("PUT", `cart/items/${productId}`, { quantity }, headers)
const checkoutOf = (amount: number, more: object = {}) => ({
  expectedTotal: usd(amount),
  shippingAddress,
  paymentMethod: "pm_card_visa",
  ...more,
})
const checkOut = (send: Send, body: unknown, key: string = crypto.randomUUID()) =>
  send("POST", "checkout", body, { "idempotency-key": key })
const isProblem = (reply: Reply) => reply.headers.get("content-type") === "application/problem+json"

/** Everything that a write would change, of all customers. */
async function everything() {
  const tables = ["cart", "cart_audit", "checkout", "idempotent_request"]
  const counts = await Promise.all(
    tables.map(async (table) => (await database.query(`SELECT * FROM ${table} ORDER BY 1, 2`)).rows),
  )
  return Object.fromEntries(tables.map((table, index) => [table, counts[index]]))
}

describe("a cart", () => {
  test("is empty at first and costs nothing", async () => {
    const reply = await (await newCustomer())("GET", "cart")
    expect(reply.status).toBe(200)
    expect(reply.headers.get("etag")).toBe('"0"')
    expect(reply.body).toMatchObject({ lines: [], subtotal: usd(0), version: 0 })
  })

  test("shows lines at Catalog's prices, asked from Catalog where no event has told them", async () => {
    const send = await newCustomer()
    await put(send, iphone, 2)
    const reply = await put(send, samsung.toUpperCase(), 1)
    expect(reply.status).toBe(200)
    expect(reply.headers.get("etag")).toBe('"2"')
    expect(reply.body.lines).toEqual([
      {
        productId: iphone,
        name: "IPhone X",
        quantity: 2,
        unitPrice: usd(950_00),
        lineTotal: usd(1900_00),
      },
      {
        productId: samsung,
        name: "Samsung 10",
        quantity: 1,
        unitPrice: usd(840_00),
        lineTotal: usd(840_00),
      },
    ])
    expect(reply.body.subtotal).toEqual(usd(2740_00))
    expect((await send("GET", "cart")).body).toEqual(reply.body)
  })

  test("is nobody else's", async () => {
    const [send, other] = [await newCustomer(), await newCustomer()]
    await put(send, iphone, 2)
    expect((await other("GET", "cart")).body.lines).toEqual([])
    await other("DELETE", `cart/items/${iphone}`)
    expect((await send("GET", "cart")).body.lines).toHaveLength(1)
  })

  test("loses a product that is removed; removing again changes nothing", async () => {
    const send = await newCustomer()
    await put(send, iphone, 2)
    await put(send, samsung, 1)
    const removed = await send("DELETE", `cart/items/${iphone}`)
    expect(removed.body).toMatchObject({ version: 3, subtotal: usd(840_00) })
    expect((await send("DELETE", `cart/items/${iphone}`)).body).toEqual(removed.body)
  })

  test("refuses what Catalog does not sell", async () => {
    const send = await newCustomer()
    const before = await everything()
    const reply = await put(send, crypto.randomUUID(), 1)
    expect([reply.status, codeOf(reply), isProblem(reply)]).toEqual([404, "product.unknown", true])
    expect(await everything()).toEqual(before)
  })

  test("is not changed on the ground of a stale ETag", async () => {
    const send = await newCustomer()
    const { headers } = await put(send, iphone, 1)
    const ifMatch = { "if-match": headers.get("etag") as string }
    expect((await put(send, iphone, 2, ifMatch)).status).toBe(200)
    const before = await everything()
    const stale = await put(send, iphone, 3, ifMatch)
    expect([stale.status, codeOf(stale), stale.body.version]).toEqual([412, "cart.changed", 2])
    const removed = await send("DELETE", `cart/items/${iphone}`, undefined, ifMatch)
    expect(removed.status).toBe(412)
    expect(await everything()).toEqual(before)
  })

  test("loses none of 7 changes at once, and keeps the trail of each", async () => {
    const send = await newCustomer()
    const replies = await Promise.all(seedProducts.map(({ id }, index) => put(send, id, index + 1)))
    expect(replies.map(({ status }) => status)).toEqual(Array(7).fill(200))
    const { body } = await send("GET", "cart")
    expect(body.version).toBe(7)
    const quantities = Object.fromEntries(
      body.lines.map((line: { productId: string; quantity: number }) => [line.productId, line.quantity]),
    )
    expect(quantities).toEqual(Object.fromEntries(seedProducts.map(({ id }, index) => [id, index + 1])))
    const { rows } = await database.query(
      "SELECT version, change FROM cart_audit WHERE customer_id = $1 ORDER BY version",
      [body.customerId],
    )
    expect(rows.map(({ version }) => version)).toEqual([1, 2, 3, 4, 5, 6, 7])
    expect(rows.map(({ change }) => change.productId).sort()).toEqual(seedProducts.map(({ id }) => id).sort())
  })

  test("belongs to customers: a service that signed in as itself has none", async () => {
    const form = { grant_type: "client_credentials", client_id: "ordering" }
    const answer = await fetch(`${cloud.connections.identity}/token`, {
      method: "POST",
      body: new URLSearchParams({ ...form, client_secret: developmentSecrets.clientSecret("ordering") }),
    })
    const { access_token } = (await answer.json()) as { access_token: string }
    const service = clientOf(cloud.connections.apps.basket, access_token)
    const replies = [
      await service("GET", "cart"),
      await put(service, iphone, 1),
      await service("DELETE", `cart/items/${iphone}`),
      await checkOut(service, checkoutOf(1)),
    ]
    expect(replies.map((reply) => [reply.status, codeOf(reply)])).toEqual(
      Array(4).fill([403, "auth.not-a-customer"]),
    )
  })
})

describe("a checkout", () => {
  test("answers where the order is, closes the cart and is kept as it was decided", async () => {
    const send = await newCustomer()
    const cart = await put(send, iphone, 2)
    const reply = await checkOut(send, checkoutOf(1600_00, { couponCode: "iphone150" }))
    const { orderId } = reply.body
    expect(reply.status).toBe(202)
    expect(reply.headers.get("location")).toBe(`/ordering/orders/${orderId}`)
    expect(reply.body).toEqual({
      orderId,
      status: "Submitted",
      subtotal: usd(1900_00),
      discount: usd(300_00),
      total: usd(1600_00),
      discountUnavailable: false,
      links: { order: `/ordering/orders/${orderId}`, timeline: `/ordering/orders/${orderId}/timeline` },
    })
    expect((await send("GET", "cart")).body).toMatchObject({ lines: [], version: 2 })
    const { rows } = await database.query("SELECT data FROM checkout WHERE id = $1", [orderId])
    expect(rows).toEqual([
      {
        data: {
          checkoutId: orderId,
          customerId: cart.body.customerId,
          lines: [{ productId: iphone, name: "IPhone X", quantity: 2, unitPrice: usd(950_00) }],
          subtotal: usd(1900_00),
          discount: usd(300_00),
          total: usd(1600_00),
          couponCode: "IPHONE150",
          discountUnavailable: false,
          shippingAddress,
          paymentMethod: "pm_card_visa",
        },
      },
    ])
  })

  test("100 times at once with one key is one checkout, one event and one answer", async () => {
    const send = await newCustomer()
    await put(send, samsung, 1)
    const receiver = new ServiceBusClient(cloud.connections.serviceBus)
    const replies = await atOnce(100, () => checkOut(send, checkoutOf(840_00), "one-key"))
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([202]))
    expect(new Set(replies.map(({ body }) => JSON.stringify(body))).size).toBe(1)
    expect(new Set(replies.map(({ headers }) => headers.get("location"))).size).toBe(1)
    const { orderId } = replies[0]?.body ?? {}
    const { rows } = await database.query(
      `SELECT id FROM checkout
       WHERE customer_id = (SELECT customer_id FROM checkout WHERE id = $1)`,
      [orderId],
    )
    expect(rows).toEqual([{ id: orderId }])

    const events = receiver.createReceiver("basket-events", "ordering", { receiveMode: "receiveAndDelete" })
    const received: { subject?: string; data: { checkoutId: string } }[] = []
    for (;;) {
      const messages = await events.receiveMessages(100, { maxWaitTimeInMs: 2_000 })
      received.push(...messages.map(({ body }) => body))
      if (messages.length === 0) break
    }
    await receiver.close()
    expect(received.filter(({ data }) => data.checkoutId === orderId)).toHaveLength(1)
    expect((await database.query("SELECT id FROM outbox")).rows).toEqual([])
  })

  test("with a key that was used for another request is 422, at once as well", async () => {
    const send = await newCustomer()
    await put(send, samsung, 1)
    const first = await checkOut(send, checkoutOf(840_00), "same-key")
    expect(first.status).toBe(202)
    const before = await everything()
    const changed = await checkOut(send, checkoutOf(840_00, { couponCode: "WELCOME10" }), "same-key")
    expect([changed.status, codeOf(changed)]).toEqual([422, "idempotency-key.reused"])
    expect(await everything()).toEqual(before)
    expect((await checkOut(send, checkoutOf(840_00), "same-key")).body).toEqual(first.body)
  })

  test("twice at once with two keys is one order and one conflict", async () => {
    const send = await newCustomer()
    await put(send, samsung, 1)
    const replies = await atOnce(2, (index) => checkOut(send, checkoutOf(840_00), `key-${index}`))
    expect(replies.map(({ status }) => status).sort()).toEqual([202, 409])
    const refused = replies.find(({ status }) => status === 409) as Reply
    expect(["cart.empty", "cart.changed"]).toContain(codeOf(refused))
    const { rows } = await database.query("SELECT scope FROM idempotent_request WHERE key LIKE 'key-_'")
    expect(rows).toHaveLength(1)
  })

  test("one customer's key is not another's", async () => {
    const [one, other] = [await newCustomer(), await newCustomer()]
    await put(one, samsung, 1)
    await put(other, samsung, 1)
    const replies = [
      await checkOut(one, checkoutOf(840_00), "shared"),
      await checkOut(other, checkoutOf(840_00), "shared"),
    ]
    expect(replies.map(({ status }) => status)).toEqual([202, 202])
    expect(replies[0]?.body.orderId).not.toBe(replies[1]?.body.orderId)
  })

  test.each<[what: string, status: number, code: string, body: object, headers: Record<string, string>]>([
    ["another total", 409, "checkout.total-changed", checkoutOf(839_99), {}],
    ["an unknown coupon", 422, "coupon.unknown", checkoutOf(840_00, { couponCode: "NO-SUCH" }), {}],
    [
      "a coupon that fits nothing",
      422,
      "coupon.not-applicable",
      checkoutOf(840_00, { couponCode: "IPHONE150" }),
      {},
    ],
    ["a stale ETag", 412, "cart.changed", checkoutOf(840_00), { "if-match": '"7"' }],
  ])("with %s is refused, changes nothing and frees its key", async (_, status, code, body, headers) => {
    const send = await newCustomer()
    await put(send, samsung, 1)
    const before = await everything()
    const refused = await send("POST", "checkout", body, { "idempotency-key": "again", ...headers })
    expect([refused.status, codeOf(refused), isProblem(refused)]).toEqual([status, code, true])
    expect(await everything()).toEqual(before)
    expect((await checkOut(send, checkoutOf(840_00), "again")).status).toBe(202)
  })

  test("tells the total that it would take", async () => {
    const send = await newCustomer()
    await put(send, samsung, 2)
    const { body } = await checkOut(send, checkoutOf(1, { couponCode: "WELCOME10" }))
    expect(body).toMatchObject({ total: usd(1512_00), subtotal: usd(1680_00), discount: usd(168_00) })
  })

  test("of an empty cart is a conflict", async () => {
    const reply = await checkOut(await newCustomer(), checkoutOf(0, { couponCode: "WELCOME10" }))
    expect([reply.status, codeOf(reply)]).toEqual([409, "cart.empty"])
  })
})

const routes: [method: string, path: string, body?: unknown][] = [
  ["GET", "cart"],
  ["PUT", `cart/items/${iphone}`, { quantity: 1 }],
  ["DELETE", `cart/items/${iphone}`],
  ["POST", "checkout", checkoutOf(1)],
]

test.each(routes)("%s %s needs a token that is right", async (method, path, body) => {
  const before = await everything()
  const none = await nobody(method, path, body)
  expect([none.status, codeOf(none), isProblem(none)]).toEqual([401, "auth.required", true])
  const wrong = await nobody(method, path, body, { authorization: "Bearer a.b.c" })
  expect([wrong.status, codeOf(wrong)]).toEqual([401, "auth.invalid-token"])
  expect(await everything()).toEqual(before)
})

const address = (more: object) => checkoutOf(1, { shippingAddress: { ...shippingAddress, ...more } })
test.each<[method: string, path: string, body: unknown, pointers: string[]]>([
  ["GET", "cart?customerId=1", undefined, ["/customerId"]],
  ["PUT", "cart/items/7", { quantity: 1 }, ["/productId"]],
  ["PUT", `cart/items/${iphone}`, undefined, ["/quantity"]],
  ["PUT", `cart/items/${iphone}`, [1], [""]],
  ["PUT", `cart/items/${iphone}`, { quantity: 0 }, ["/quantity"]],
  ["PUT", `cart/items/${iphone}`, { quantity: "2" }, ["/quantity"]],
  ["PUT", `cart/items/${iphone}`, { quantity: 1.5 }, ["/quantity"]],
  ["PUT", `cart/items/${iphone}`, { quantity: 1_000_001 }, ["/quantity"]],
  ["PUT", `cart/items/${iphone}`, { quantity: 1, price: usd(1), "a/b~c": 1 }, ["/price", "/a~1b~0c"]],
  ["DELETE", "cart/items/x", undefined, ["/productId"]],
  ["POST", "checkout", {}, ["/expectedTotal", "/shippingAddress", "/paymentMethod"]],
  ["POST", "checkout", checkoutOf(-1), ["/expectedTotal/amount"]],
  ["POST", "checkout", checkoutOf(1, { expectedTotal: { ...usd(1), tax: 1 } }), ["/expectedTotal/tax"]],
  ["POST", "checkout", checkoutOf(1, { paymentMethod: "4242424242424242" }), ["/paymentMethod"]],
  ["POST", "checkout", checkoutOf(1, { cardNumber: "4242", cvv: "1" }), ["/cardNumber", "/cvv"]],
  ["POST", "checkout", checkoutOf(1, { lines: [], total: usd(1) }), ["/lines", "/total"]],
  ["POST", "checkout", checkoutOf(1, { couponCode: "a b" }), ["/couponCode"]],
  ["POST", "checkout", address({ emailAddress: "x" }), ["/shippingAddress/emailAddress"]],
  ["POST", "checkout", address({ firstName: "a\u0000b" }), ["/shippingAddress/firstName"]],
  ["POST", "checkout", address({ lastName: "\ud800" }), ["/shippingAddress/lastName"]],
  [
    "POST",
    "checkout",
    `{"couponCode":${"[".repeat(200_000)}${"]".repeat(200_000)}}`,
    [`/couponCode${"/0".repeat(31)}`],
  ],
])("%s %s with malformed input names the members (%#)", async (method, path, body, pointers) => {
  const send = await newCustomer()
  const before = await everything()
  const reply = await send(method, path, body, { "idempotency-key": "malformed" })
  expect([reply.status, codeOf(reply), isProblem(reply)]).toEqual([400, "request.invalid", true])
  expect(pointersOf(reply)).toEqual(pointers)
  expect(await everything()).toEqual(before)
})

test.each<[code: string, status: number, method: string, path: string, body: unknown, headers: object]>([
  ["request.malformed", 400, "PUT", `cart/items/${iphone}`, "{", {}],
  ["request.malformed", 400, "POST", "checkout", '{"a":', { "idempotency-key": "k" }],
  ["request.if-match", 400, "PUT", `cart/items/${iphone}`, { quantity: 1 }, { "if-match": "7" }],
  ["idempotency-key.missing", 400, "POST", "checkout", checkoutOf(1), {}],
  ["idempotency-key.missing", 400, "POST", "checkout", checkoutOf(1), { "idempotency-key": "a b" }],
  ["request.media-type", 415, "POST", "checkout", "{}", { "content-type": "text/plain" }],
  [
    "request.too-large",
    413,
    "POST",
    "checkout",
    checkoutOf(1, { couponCode: "A".repeat(1_048_576) }),
    { "idempotency-key": "k" },
  ],
])("%s is answered with %d and changes nothing (%#)", async (code, status, method, path, body, headers) => {
  const send = await newCustomer()
  const before = await everything()
  const reply = await send(method, path, body, { ...headers })
  expect([reply.status, codeOf(reply), isProblem(reply)]).toEqual([status, code, true])
  expect(await everything()).toEqual(before)
})

test("a failing database is not told to the client", async () => {
  const send = await newCustomer()
  await put(send, huawei, 1)
  await database.query("ALTER TABLE checkout RENAME TO checkout_away")
  try {
    const reply = await checkOut(send, checkoutOf(650_00), "broken")
    expect([reply.status, codeOf(reply)]).toEqual([500, "internal"])
    expect(JSON.stringify(reply.body)).not.toMatch(/checkout_|relation|postgres|\.ts/)
  } finally {
    await database.query("ALTER TABLE checkout_away RENAME TO checkout")
  }
  expect((await checkOut(send, checkoutOf(650_00), "broken")).status).toBe(202)
})
