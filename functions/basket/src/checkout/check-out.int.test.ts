import type { Reply } from "@eshop/building-blocks/app/testing/app-under-test"
import { ProductChanged } from "@eshop/domain/contracts/catalog-events"
import { getCheckout } from "@eshop/domain/contracts/checkouts"
import { requestOf } from "@eshop/domain/contracts/route"
import { usd } from "@eshop/domain/kernel/money"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { atOnce } from "../../../../tests/fixtures/calls.ts"
import { codeOf } from "../../../../tests/fixtures/http.ts"
import { newDatabase } from "../../../../tests/fixtures/new-database.ts"
import { verifyProof } from "../../../../tools/price-proof/verify.ts"
import {
  type BasketOn,
  basketOn,
  checkOut,
  checkoutOf,
  customer,
  discountsOf,
  newProduct,
  noDiscounts,
  put,
  shippingAddress,
} from "../testing/basket.ts"
import type { CheckoutPorts } from "./ports.ts"

const ordering = { kind: "service", id: "ordering", roles: ["basket.checkouts"] } as const

let basket: BasketOn

beforeAll(async () => {
  basket = await basketOn(await newDatabase("basket"))
})
afterAll(() => basket?.store.close())

/** A customer whose cart holds one thing at this price. */
async function cartWorth(amount: number, ports: Partial<CheckoutPorts> = {}, id = customer().id) {
  const app = basket.appWith(ports)
  const product = newProduct(amount)
  await app.publish(ProductChanged, product)
  const send = app.as(customer(id))
  expect((await put(send, product.sku, 1)).status).toBe(200)
  return { app, product, id, send }
}
const written = async () => [await basket.count("checkout"), await basket.count("outbox")]

describe("a checkout", () => {
  test("answers where the order is, closes the cart and is kept as it was decided", async () => {
    const { product, id, send } = await cartWorth(500)
    const reply = await checkOut(send, checkoutOf(500))
    const { orderId } = reply.body
    expect(reply.status).toBe(202)
    expect(reply.headers.get("location")).toBe(`/ordering/orders/${orderId}`)
    expect(reply.body).toEqual({
      orderId,
      status: "Submitted",
      subtotal: usd(500),
      discount: usd(0),
      shipping: usd(0),
      tax: usd(0),
      total: usd(500),
      discountUnavailable: false,
      links: { order: `/ordering/orders/${orderId}`, timeline: `/ordering/orders/${orderId}/timeline` },
    })
    expect((await send("GET", "cart")).body).toMatchObject({ lines: [], version: 2 })
    const { sku, productId } = product
    const checkout = {
      checkoutId: orderId,
      customerId: id,
      lines: [
        { sku, productId, name: "Phone", quantity: 1, unitPrice: usd(500), discounts: [], total: usd(500) },
      ],
      subtotal: usd(500),
      discount: usd(0),
      shipping: { method: "free", price: usd(0) },
      total: usd(500),
      couponCodes: [],
      discountUnavailable: false,
      proof: expect.any(String),
      paymentMethod: "pm_card_visa",
    }
    const { rows } = await basket.pool.query("SELECT data FROM checkout WHERE id = $1", [orderId])
    expect(rows).toEqual([{ data: checkout }])
    const events = await basket.pool.query("SELECT event FROM outbox WHERE event->>'subject' = $1", [orderId])
    expect(events.rows.map(({ event }) => event.data)).toEqual([checkout])
  })

  test("proves its price: the public keys verify what is computed again", async () => {
    const taxes = (country: string) => ({
      country,
      version: 1,
      rates: [
        { country, taxCategory: "standard", rate: 19_000, validFrom: "2021-01-01T00:00:00.000Z" },
        { country, taxCategory: "shipping", rate: 7_000, validFrom: "2021-01-01T00:00:00.000Z" },
      ],
    })
    const off = discountsOf(({ lines: [line] }) => ({
      lines: [{ sku: line?.sku ?? "", couponCode: "WELCOME10", reason: "10 % off", amount: usd(50) }],
      discount: usd(50),
    }))
    const ports = { catalogTaxes: { rates: async (country: string) => taxes(country) }, discounts: off }
    const { app, product, id, send } = await cartWorth(500, ports)
    const { orderId } = (await checkOut(send, checkoutOf(450))).body
    const { rows } = await basket.pool.query("SELECT data FROM checkout WHERE id = $1", [orderId])
    const [{ data: checkout }] = rows
    const keys = await app.as({ kind: "anonymous" })("GET", "price-proof-keys")
    expect([keys.status, keys.body.keys.map(({ kid }: { kid: string }) => kid)]).toEqual([200, ["test"]])
    expect(keys.body.keys[0]).not.toHaveProperty("d")
    const proof = verifyProof(checkout.proof, keys.body)
    expect(proof).toMatchObject({
      checkoutId: orderId,
      lines: [
        { sku: product.sku, quantity: 1, unitPrice: 500, discounts: [{ rule: "WELCOME10", amount: 50 }] },
      ],
      subtotal: 500,
      discount: 50,
      total: 450,
    })
    expect(JSON.stringify(proof)).not.toContain(id)
  })

  test("tells Ordering, and nobody else, its address and what it fixed", async () => {
    const { app, send } = await cartWorth(500, {}, "Grace")
    const { orderId } = (await checkOut(send, checkoutOf(500))).body
    const { path } = requestOf(getCheckout, { checkoutId: orderId })
    const reply = await app.as(ordering)("GET", path)
    expect(getCheckout.answer.parse(reply.body)).toEqual({
      checkoutId: orderId,
      customerId: "Grace",
      shippingAddress,
      checkedOutAt: expect.stringMatching(/Z$/),
      checkout: expect.objectContaining({ checkoutId: orderId, total: usd(500) }),
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
    const { app, send } = await cartWorth(500)
    const address = { ...shippingAddress, firstName: "Wilhelmina", emailAddress: "w.secret@example.com" }
    expect((await checkOut(send, checkoutOf(500, { shippingAddress: address }))).status).toBe(202)
    const { personal_data: _, ...rest } = await basket.everything()
    expect(JSON.stringify(rest)).not.toMatch(/Wilhelmina|w\.secret/)
    expect(app.log.join("\n")).not.toMatch(/Wilhelmina|w\.secret/)
  })

  test("takes an address at an international domain, and any country's postcode", async () => {
    for (const more of [
      { emailAddress: "müller@exämple.de", country: "DE", zipCode: "80331" },
      { country: "GB", zipCode: "SW1A 1AA" },
      { country: "IE", zipCode: "D02 AF30", state: "Baile Átha Cliath" },
      { country: "HK" },
    ]) {
      const { send } = await cartWorth(500)
      const address = { ...shippingAddress, ...more }
      expect((await checkOut(send, checkoutOf(500, { shippingAddress: address }))).status).toBe(202)
    }
  })

  test("is not changed by a link: the query says nothing", async () => {
    const { send } = await cartWorth(500)
    const key = { "idempotency-key": "by-link" }
    const reply = await send("POST", "checkout?shippingMethod=express", checkoutOf(500), key)
    expect([reply.status, reply.body.total]).toEqual([202, usd(500)])
  })

  test("of an empty cart is a conflict", async () => {
    const reply = await checkOut(basket.appWith().as(customer()), checkoutOf(0))
    expect([reply.status, codeOf(reply)]).toEqual([409, "cart.empty"])
  })

  test("with another total is refused, changes nothing and frees its key", async () => {
    const { send } = await cartWorth(840_00)
    const before = await basket.everything()
    const refused = await checkOut(send, checkoutOf(839_99), "again")
    expect([refused.status, codeOf(refused)]).toEqual([409, "checkout.total-changed"])
    expect(await basket.everything()).toEqual(before)
    expect((await checkOut(send, checkoutOf(840_00), "again")).status).toBe(202)
  })
})

describe("repeated, a checkout", () => {
  test("100 times at once with one key is one checkout, one event and one answer", async () => {
    const { send } = await cartWorth(500)
    const [checkouts = 0, events = 0] = await written()
    // Those that come while the first is under way are told so, and come again.
    const insist = async (): Promise<Reply> => {
      const reply = await checkOut(send, checkoutOf(500), "one-key")
      return reply.status === 409 && codeOf(reply) === "idempotency-key.in-flight" ? await insist() : reply
    }
    const replies = await atOnce(100, insist)
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([202]))
    expect(new Set(replies.map(({ body }) => JSON.stringify(body))).size).toBe(1)
    expect(new Set(replies.map(({ headers }) => headers.get("location"))).size).toBe(1)
    expect(replies.filter(({ headers }) => headers.get("idempotent-replayed") === "true")).toHaveLength(99)
    expect(await written()).toEqual([checkouts + 1, events + 1])
  })

  test("with a key that was used for another request is 422", async () => {
    const { send } = await cartWorth(500)
    const first = await checkOut(send, checkoutOf(500), "same-key")
    expect(first.status).toBe(202)
    const before = await basket.everything()
    const changed = await checkOut(send, checkoutOf(501), "same-key")
    expect([changed.status, codeOf(changed)]).toEqual([422, "idempotency-key.reused"])
    expect(await basket.everything()).toEqual(before)
    expect((await checkOut(send, checkoutOf(500), "same-key")).body).toEqual(first.body)
  })

  test("8 times at once with 8 keys is one order and 7 conflicts", async () => {
    const { send } = await cartWorth(500)
    const [checkouts = 0, events = 0] = await written()
    const replies = await atOnce(8, () => checkOut(send, checkoutOf(500)))
    expect(replies.map(({ status }) => status).sort()).toEqual([202, ...Array(7).fill(409)])
    const refused = replies.filter(({ status }) => status === 409).map(codeOf)
    expect(new Set(refused)).toEqual(new Set(["cart.empty"]))
    expect(await written()).toEqual([checkouts + 1, events + 1])
  })

  test("with the key of another customer is one's own", async () => {
    const [one, other] = [await cartWorth(500, {}, "One"), await cartWorth(500, {}, "one")]
    const replies = [
      await checkOut(one.send, checkoutOf(500), "shared"),
      await checkOut(other.send, checkoutOf(500), "shared"),
    ]
    expect(replies.map(({ status }) => status)).toEqual([202, 202])
    expect(replies[0]?.body.orderId).not.toBe(replies[1]?.body.orderId)
  })
})

describe("a cart that changes while it is checked out", () => {
  test("is decided on anew: a total that is another one now is told, and nothing is written", async () => {
    let asked = 0
    const discounts = {
      ...noDiscounts,
      async quote(request: Parameters<typeof noDiscounts.quote>[0]) {
        if (asked++ === 0) await put(send, product.sku, 2)
        return await noDiscounts.quote(request)
      },
    }
    const { product, send } = await cartWorth(500, { discounts })
    const before = await written()
    const refused = await checkOut(send, checkoutOf(500))
    expect([refused.status, codeOf(refused), refused.body.total]).toEqual([
      409,
      "checkout.total-changed",
      usd(1000),
    ])
    expect(await written()).toEqual(before)
    expect((await checkOut(send, checkoutOf(1000))).status).toBe(202)
  })

  test("again and again is a conflict in the end", async () => {
    let quantity = 1
    const discounts = {
      ...noDiscounts,
      async quote(request: Parameters<typeof noDiscounts.quote>[0]) {
        await send("PUT", "cart/delivery", { state: `State ${quantity++}` })
        return await noDiscounts.quote(request)
      },
    }
    const { send } = await cartWorth(500, { discounts })
    const before = await written()
    const refused = await checkOut(send, checkoutOf(500))
    expect([refused.status, codeOf(refused), refused.body.version]).toEqual([409, "cart.changed", 3])
    expect(await written()).toEqual(before)
  })
})

test("a checkout that dies at any of its writes leaves no trace", async () => {
  const dies = () => Promise.reject(new Error("dies here"))
  const { outbox, carts, personalData, checkouts, audit } = basket.ports
  const { id } = await cartWorth(500)
  const before = await basket.everything()
  const broken: Partial<CheckoutPorts>[] = [
    { checkouts: { ...checkouts, add: dies } },
    { personalData: { ...personalData, put: dies } },
    { carts: { ...carts, save: dies } },
    { audit: { ...audit, add: dies } },
    { outbox: { ...outbox, add: dies } },
  ]
  for (const ports of broken) {
    const reply = await checkOut(basket.appWith(ports).as(customer(id)), checkoutOf(500), "dies")
    expect([reply.status, codeOf(reply)]).toEqual([500, "internal"])
    expect(await basket.everything()).toEqual(before)
  }
  expect((await checkOut(basket.appWith().as(customer(id)), checkoutOf(500), "dies")).status).toBe(202)
})

test("without Discount the full price is taken, flagged and agreed to, and no coupon is used", async () => {
  const { id, send } = await cartWorth(1000, { discounts: discountsOf(() => "unavailable") })
  // Nobody can say whether it counts: it stays on the cart.
  const put = await send("PUT", "cart/coupon", { couponCode: "WELCOME10" })
  expect(put.body).toMatchObject({
    couponCode: "WELCOME10",
    total: usd(1000),
    discountUnavailable: true,
    messages: [{ type: "discounts-unavailable" }],
  })
  const first = await checkOut(send, checkoutOf(900))
  expect(first.body).toMatchObject({ total: usd(1000), discountUnavailable: true })
  const agreed = await checkOut(send, checkoutOf(1000))
  expect(agreed.body).toMatchObject({ total: usd(1000), discount: usd(0), discountUnavailable: true })
  const { rows } = await basket.pool.query("SELECT data FROM checkout WHERE customer_id = $1", [id])
  expect(rows.map(({ data }) => [data.couponCodes, data.discountUnavailable])).toEqual([[[], true]])
})
