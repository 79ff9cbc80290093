import type { Reply, Send } from "@eshop/building-blocks/app/testing/app-under-test"
import { checkoutCouponUnknown } from "@eshop/domain/basket/checkout"
import { snapshotOf } from "@eshop/domain/catalog/product"
import { getCheckout } from "@eshop/domain/contracts/checkouts"
import { requestOf } from "@eshop/domain/contracts/route"
import { quote } from "@eshop/domain/discount/coupon"
import { usd } from "@eshop/domain/kernel/money"
import { isRefusal } from "@eshop/domain/kernel/refusal"
import { seedCoupons, seedProducts } from "@eshop/domain/seed"
import type { Cloud } from "@eshop/local-cloud/cloud"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { atOnce } from "../../../tests/fixtures/calls.ts"
import { codeOf } from "../../../tests/fixtures/http.ts"
import { startParts } from "../../../tests/fixtures/local-parts.ts"
import type { Discounts } from "./checkout/ports.ts"
import {
  type BasketOn,
  basketOn,
  catalogOf,
  checkOut,
  checkoutOf,
  customer,
  put,
  shippingAddress,
} from "./testing/basket.ts"

const IPHONE = "IPHONE-X-BLACK"
const SAMSUNG = "SAMSUNG-10-RED"
const ordering = { kind: "service", id: "ordering", roles: ["basket.checkouts"] } as const

/** Discount as its rules are, without HTTP. */
const discounts: Discounts = {
  async quote(couponCode, lines) {
    const coupon = seedCoupons.find(({ code }) => code === couponCode)
    if (!coupon) return checkoutCouponUnknown()
    const quoted = quote(coupon, lines)
    return isRefusal(quoted) ? quoted : { lines: quoted.lines, unavailable: false }
  },
}

let cloud: Cloud
let basket: BasketOn
let app: ReturnType<BasketOn["appWith"]>

beforeAll(async () => {
  cloud = await startParts(["postgres"])
  basket = await basketOn(cloud.connections.postgres.basket)
  app = basket.appWith({ catalog: catalogOf(seedProducts.map(snapshotOf)), discounts })
})
afterAll(async () => {
  await basket?.store.close()
  await cloud?.stop()
})

/** A customer whom no other test knows. */
const newCustomer = (id?: string): Send => app.as(customer(id))
const isProblem = (reply: Reply) => reply.headers.get("content-type") === "application/problem+json"

describe("a cart", () => {
  test("is empty at first and costs nothing", async () => {
    const reply = await newCustomer()("GET", "cart")
    expect([reply.status, reply.headers.get("etag")]).toEqual([200, '"0"'])
    expect(reply.body).toMatchObject({ lines: [], notSold: [], subtotal: usd(0), version: 0 })
  })

  test("shows lines at Catalog's prices, asked from Catalog where no event has told them", async () => {
    const send = newCustomer()
    await put(send, IPHONE, 2)
    const reply = await put(send, SAMSUNG, 1)
    expect([reply.status, reply.headers.get("etag")]).toEqual([200, '"2"'])
    expect(reply.body.lines).toEqual([
      {
        sku: IPHONE,
        productId: "5334c996-8457-4cf0-815c-ed2b77c4ff61",
        name: "IPhone X",
        options: { colour: "Black" },
        quantity: 2,
        unitPrice: usd(950_00),
        lineTotal: usd(1900_00),
      },
      {
        sku: SAMSUNG,
        productId: "c67d6323-e8b1-4bdf-9a75-b0d0d2e7e914",
        name: "Samsung 10",
        options: { colour: "Red" },
        quantity: 1,
        unitPrice: usd(840_00),
        lineTotal: usd(840_00),
      },
    ])
    expect(reply.body.subtotal).toEqual(usd(2740_00))
    expect((await send("GET", "cart")).body).toEqual(reply.body)
  })

  test("is nobody else's", async () => {
    const [send, other] = [newCustomer(), newCustomer()]
    await put(send, IPHONE, 2)
    expect((await other("GET", "cart")).body.lines).toEqual([])
    await other("DELETE", `cart/items/${IPHONE}`)
    expect((await send("GET", "cart")).body.lines).toHaveLength(1)
  })

  test("belongs to whoever the token's claim names: the very text, not a UUID, not folded", async () => {
    const ids = [
      "AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ",
      "auth0|5f7c8ec7c33c6c004bbafe82",
      "Ada",
      "ada",
    ]
    for (const [index, id] of ids.entries()) {
      const { status, body } = await put(newCustomer(id), IPHONE, index + 1)
      expect([status, body.customerId, body.lines[0].quantity]).toEqual([200, id, index + 1])
    }
    for (const [index, id] of ids.entries())
      expect((await newCustomer(id)("GET", "cart")).body.lines[0].quantity).toBe(index + 1)
  })

  test("belongs to a guest as well", async () => {
    const guest = app.as({ kind: "guest", id: "018f0000-0000-7000-8000-00000000feed" })
    expect((await put(guest, IPHONE, 1)).status).toBe(200)
  })

  test("loses a variant that is removed; removing again changes nothing", async () => {
    const send = newCustomer()
    await put(send, IPHONE, 2)
    await put(send, SAMSUNG, 1)
    const removed = await send("DELETE", `cart/items/${IPHONE}`)
    expect(removed.body).toMatchObject({ version: 3, subtotal: usd(840_00) })
    expect((await send("DELETE", `cart/items/${IPHONE}`)).body).toEqual(removed.body)
  })

  test("refuses what Catalog does not sell", async () => {
    const send = newCustomer()
    const before = await basket.everything()
    const reply = await put(send, "IPHONE-X-PLAID", 1)
    expect([reply.status, codeOf(reply), isProblem(reply)]).toEqual([404, "variant.unknown", true])
    expect(await basket.everything()).toEqual(before)
  })

  test("holds 100 variants at the most", async () => {
    const products = Array.from({ length: 101 }, (_, index) => ({
      productId: crypto.randomUUID(),
      name: "Phone",
      version: 1,
      variants: [{ sku: `FULL-${index}`, options: {}, price: usd(1) }],
    }))
    const send = basket.appWith({ catalog: catalogOf(products) }).as(customer())
    for (let index = 0; index < 100; index++) await put(send, `FULL-${index}`, 1)
    const before = await basket.everything()
    const reply = await put(send, "FULL-100", 1)
    expect([reply.status, codeOf(reply)]).toEqual([422, "cart.full"])
    expect(await basket.everything()).toEqual(before)
  })

  test.each(['"2"', '"01"', 'W/"1"', '"7", "8"'])(
    "is not changed on the ground of a stale ETag: %s",
    async (stale) => {
      const send = newCustomer()
      await put(send, IPHONE, 1)
      const before = await basket.everything()
      const replies = [
        await put(send, IPHONE, 3, { "if-match": stale }),
        await send("DELETE", `cart/items/${IPHONE}`, undefined, { "if-match": stale }),
        await checkOut(send, checkoutOf(950_00), "stale", { "if-match": stale }),
      ]
      expect(replies.map((reply) => [reply.status, codeOf(reply), reply.body.version])).toEqual(
        Array(3).fill([412, "cart.changed", 1]),
      )
      expect(await basket.everything()).toEqual(before)
      expect((await put(send, IPHONE, 2, { "if-match": '"1"' })).status).toBe(200)
    },
  )

  test("is not sent again to whom has it", async () => {
    const send = newCustomer()
    await put(send, IPHONE, 1)
    const reply = await send("GET", "cart", undefined, { "if-none-match": 'W/"1"' })
    expect([reply.status, reply.body, reply.headers.get("etag")]).toEqual([304, undefined, '"1"'])
    expect((await send("GET", "cart", undefined, { "if-none-match": '"0"' })).status).toBe(200)
  })

  test("takes no notice of what a link's query adds", async () => {
    expect((await newCustomer()("GET", "cart?utm_source=letter&customerId=1")).status).toBe(200)
  })

  test("loses none of 17 changes at once, and keeps the trail of each", async () => {
    const send = newCustomer()
    const skus = seedProducts.flatMap(({ variants }) => variants.map(({ sku }) => sku))
    const replies = await Promise.all(skus.map((sku, index) => put(send, sku, index + 1)))
    expect(replies.map(({ status }) => status)).toEqual(Array(17).fill(200))
    const { body } = await send("GET", "cart")
    expect(body.version).toBe(17)
    const quantities = body.lines.map((line: { sku: string; quantity: number }) => [line.sku, line.quantity])
    expect(Object.fromEntries(quantities)).toEqual(
      Object.fromEntries(skus.map((sku, index) => [sku, index + 1])),
    )
    const { rows } = await basket.pool.query(
      "SELECT version, change FROM cart_audit WHERE customer_id = $1 ORDER BY version",
      [body.customerId],
    )
    expect(rows.map(({ version }) => version)).toEqual(Array.from({ length: 17 }, (_, index) => index + 1))
    expect(rows.map(({ change }) => change.sku).sort()).toEqual([...skus].sort())
  })
})

describe("a checkout", () => {
  test("answers where the order is, closes the cart and is kept as it was decided", async () => {
    const send = newCustomer()
    const cart = await put(send, IPHONE, 2)
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
    const discount = { couponCode: "IPHONE150", reason: "150 off every IPhone X", amount: usd(300_00) }
    const checkout = {
      checkoutId: orderId,
      customerId: cart.body.customerId,
      lines: [
        {
          sku: IPHONE,
          productId: "5334c996-8457-4cf0-815c-ed2b77c4ff61",
          name: "IPhone X",
          quantity: 2,
          unitPrice: usd(950_00),
          discounts: [discount],
          total: usd(1600_00),
        },
      ],
      subtotal: usd(1900_00),
      discount: usd(300_00),
      total: usd(1600_00),
      couponCodes: ["IPHONE150"],
      discountUnavailable: false,
      paymentMethod: "pm_card_visa",
    }
    const { rows } = await basket.pool.query("SELECT data FROM checkout WHERE id = $1", [orderId])
    expect(rows).toEqual([{ data: checkout }])
    const events = await basket.pool.query("SELECT event FROM outbox WHERE event->>'subject' = $1", [orderId])
    expect(events.rows.map(({ event }) => event.data)).toEqual([checkout])
  })

  test("tells Ordering, and nobody else, its address and what it fixed", async () => {
    const send = newCustomer("Grace")
    await put(send, SAMSUNG, 1)
    const { orderId } = (await checkOut(send, checkoutOf(840_00))).body
    const { path } = requestOf(getCheckout, { checkoutId: orderId })
    const reply = await app.as(ordering)("GET", path)
    expect(getCheckout.answer.parse(reply.body)).toEqual({
      checkoutId: orderId,
      customerId: "Grace",
      shippingAddress,
      checkedOutAt: expect.stringMatching(/Z$/),
      checkout: expect.objectContaining({ checkoutId: orderId, total: usd(840_00) }),
    })
    const others = [
      await send("GET", path),
      await app.as({ kind: "service", id: "discount", roles: [] })("GET", path),
      await app.as({ kind: "anonymous" })("GET", path),
    ]
    expect(others.map(({ status }) => status)).toEqual([403, 403, 401])
    const unknown = await app.as(ordering)("GET", `checkouts/${crypto.randomUUID()}`)
    expect([unknown.status, codeOf(unknown)]).toEqual([404, "checkout.unknown"])
  })

  test("leaves its address in the personal data and nowhere else", async () => {
    const send = newCustomer()
    await put(send, SAMSUNG, 1)
    const address = { ...shippingAddress, firstName: "Wilhelmina", emailAddress: "w.secret@example.com" }
    const logged = app.log.length
    expect((await checkOut(send, checkoutOf(840_00, { shippingAddress: address }))).status).toBe(202)
    const { personal_data: _, ...rest } = await basket.everything()
    expect(JSON.stringify(rest)).not.toMatch(/Wilhelmina|w\.secret/)
    expect(app.log.slice(logged).join("\n")).not.toMatch(/Wilhelmina|w\.secret/)
  })

  test("100 times at once with one key is one checkout, one event and one answer", async () => {
    const send = newCustomer()
    await put(send, SAMSUNG, 1)
    const [checkouts, events] = [await basket.count("checkout"), await basket.count("outbox")]
    // Those that come while the first is under way are told so, and come again.
    const insist = async (): Promise<Reply> => {
      const reply = await checkOut(send, checkoutOf(840_00), "one-key")
      return reply.status === 409 && codeOf(reply) === "idempotency-key.in-flight" ? await insist() : reply
    }
    const replies = await atOnce(100, insist)
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([202]))
    expect(new Set(replies.map(({ body }) => JSON.stringify(body))).size).toBe(1)
    expect(new Set(replies.map(({ headers }) => headers.get("location"))).size).toBe(1)
    expect(replies.filter(({ headers }) => headers.get("idempotent-replayed") === "true")).toHaveLength(99)
    expect([await basket.count("checkout"), await basket.count("outbox")]).toEqual([
      checkouts + 1,
      events + 1,
    ])
  })

  test("with a key that was used for another request is 422", async () => {
    const send = newCustomer()
    await put(send, SAMSUNG, 1)
    const first = await checkOut(send, checkoutOf(840_00), "same-key")
    expect(first.status).toBe(202)
    const before = await basket.everything()
    const changed = await checkOut(send, checkoutOf(840_00, { couponCode: "WELCOME10" }), "same-key")
    expect([changed.status, codeOf(changed)]).toEqual([422, "idempotency-key.reused"])
    expect(await basket.everything()).toEqual(before)
    expect((await checkOut(send, checkoutOf(840_00), "same-key")).body).toEqual(first.body)
  })

  test("twice at once with two keys is one order and one conflict", async () => {
    const send = newCustomer()
    await put(send, SAMSUNG, 1)
    const replies = await atOnce(2, (index) => checkOut(send, checkoutOf(840_00), `key-${index}`))
    expect(replies.map(({ status }) => status).sort()).toEqual([202, 409])
    const refused = replies.find(({ status }) => status === 409) as Reply
    expect(["cart.empty", "cart.changed"]).toContain(codeOf(refused))
    const { rows } = await basket.pool.query("SELECT scope FROM idempotent_request WHERE key LIKE 'key-_'")
    expect(rows).toHaveLength(1)
  })

  test("one customer's key is not another's", async () => {
    const [one, other] = [newCustomer("One"), newCustomer("one")]
    await put(one, SAMSUNG, 1)
    await put(other, SAMSUNG, 1)
    const replies = [
      await checkOut(one, checkoutOf(840_00), "shared"),
      await checkOut(other, checkoutOf(840_00), "shared"),
    ]
    expect(replies.map(({ status }) => status)).toEqual([202, 202])
    expect(replies[0]?.body.orderId).not.toBe(replies[1]?.body.orderId)
  })

  test("is not changed by a link: the query says nothing", async () => {
    const send = newCustomer()
    await put(send, SAMSUNG, 1)
    const key = { "idempotency-key": "by-link" }
    const reply = await send("POST", "checkout?couponCode=WELCOME10", checkoutOf(840_00), key)
    expect([reply.status, reply.body.discount]).toEqual([202, usd(0)])
  })

  test.each<[what: string, status: number, code: string, body: object]>([
    ["another total", 409, "checkout.total-changed", checkoutOf(839_99)],
    ["an unknown coupon", 422, "coupon.unknown", checkoutOf(840_00, { couponCode: "NO-SUCH" })],
    ["a coupon for others", 422, "coupon.not-applicable", checkoutOf(840_00, { couponCode: "IPHONE150" })],
  ])("with %s is refused, changes nothing and frees its key", async (_, status, code, body) => {
    const send = newCustomer()
    await put(send, SAMSUNG, 1)
    const before = await basket.everything()
    const refused = await checkOut(send, body, "again")
    expect([refused.status, codeOf(refused), isProblem(refused)]).toEqual([status, code, true])
    expect(await basket.everything()).toEqual(before)
    expect((await checkOut(send, checkoutOf(840_00), "again")).status).toBe(202)
  })

  test("tells the total that it would take", async () => {
    const send = newCustomer()
    await put(send, SAMSUNG, 2)
    const { body } = await checkOut(send, checkoutOf(1, { couponCode: "WELCOME10" }))
    expect(body).toMatchObject({ total: usd(1512_00), subtotal: usd(1680_00), discount: usd(168_00) })
  })

  test("of an empty cart is a conflict", async () => {
    const reply = await checkOut(newCustomer(), checkoutOf(0, { couponCode: "WELCOME10" }))
    expect([reply.status, codeOf(reply)]).toEqual([409, "cart.empty"])
  })

  test("takes an address at an international domain", async () => {
    const send = newCustomer()
    await put(send, SAMSUNG, 1)
    const address = { ...shippingAddress, emailAddress: "müller@exämple.de" }
    expect((await checkOut(send, checkoutOf(840_00, { shippingAddress: address }))).status).toBe(202)
  })
})
