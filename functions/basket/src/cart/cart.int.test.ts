import type { Send } from "@eshop/building-blocks/app/testing/app-under-test"
import { ProductChanged } from "@eshop/domain/contracts/catalog-events"
import { usd } from "@eshop/domain/kernel/money"
import { seedProducts, seedSnapshots } from "@eshop/domain/seed"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { atOnce } from "../../../../tests/fixtures/calls.ts"
import { codeOf } from "../../../../tests/fixtures/http.ts"
import { newDatabase } from "../../../../tests/fixtures/new-database.ts"
import {
  add,
  type BasketOn,
  basketOn,
  catalogOf,
  checkOut,
  checkoutOf,
  customer,
  newProduct,
  put,
} from "../testing/basket.ts"

const IPHONE = "IPHONE-X-BLACK"
const SAMSUNG = "SAMSUNG-10-RED"

let basket: BasketOn
let app: ReturnType<BasketOn["appWith"]>

beforeAll(async () => {
  basket = await basketOn(await newDatabase("basket"))
  app = basket.appWith({ catalog: catalogOf(seedSnapshots) })
})
afterAll(() => basket?.store.close())

/** A customer whom no other test knows. */
const newCustomer = (id?: string): Send => app.as(customer(id))
/** Who did what to a cart, oldest first. */
const trailOf = async (customerId: string) =>
  (await basket.ports.audit.list({ subject: `cart ${customerId}`, limit: 100 })).toReversed()
const quantitiesOf = (body: { lines: { sku: string; quantity: number }[] }) =>
  Object.fromEntries(body.lines.map(({ sku, quantity }) => [sku, quantity]))

describe("a cart", () => {
  test("is empty at first and costs nothing", async () => {
    const reply = await newCustomer()("GET", "cart")
    expect(reply.status).toBe(200)
    expect(reply.headers.get("etag")).toBe(`"${reply.body.revision}"`)
    expect(reply.body).toMatchObject({
      lines: [],
      shippingOffers: [],
      subtotal: usd(0),
      total: usd(0),
      version: 0,
      messages: [],
    })
  })

  test("shows lines at Catalog's prices, asked from Catalog where no event has told them", async () => {
    const send = newCustomer()
    await put(send, IPHONE, 2)
    const reply = await put(send, SAMSUNG, 1)
    expect(reply.status).toBe(200)
    const iphone = seedSnapshots.find(({ name }) => name === "IPhone X")
    expect(reply.body).toMatchObject({
      version: 2,
      lines: [
        {
          sku: IPHONE,
          productId: iphone?.productId,
          name: "IPhone X",
          slug: "iphone-x",
          options: { colour: "Black" },
          image: iphone?.variants[0]?.image,
          quantity: 2,
          quantityRule: { min: 1, step: 1 },
          unitPrice: usd(950_00),
          listPrice: usd(950_00),
          discounts: [],
          total: usd(1900_00),
        },
        { sku: SAMSUNG, name: "Samsung 10", quantity: 1, unitPrice: usd(840_00), total: usd(840_00) },
      ],
      subtotal: usd(2740_00),
      discount: usd(0),
      shipping: { method: "free", price: usd(0), discounts: [] },
      total: usd(2740_00),
      discountUnavailable: false,
      messages: [],
    })
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
    const replies = [await put(send, "IPHONE-X-PLAID", 1), await add(send, "IPHONE-X-PLAID", 1)]
    expect(replies.map((reply) => [reply.status, codeOf(reply)])).toEqual(
      Array(2).fill([404, "variant.unknown"]),
    )
    expect(await basket.everything()).toEqual(before)
  })

  test("says what a product is called in other languages, whether Catalog told it or was asked", async () => {
    const { sku, ...product } = newProduct(1_00, { name: "Lamp", translations: { de: "Lampe" } })
    const asked = basket.appWith({ catalog: catalogOf([product]) })
    const line = { sku, name: "Lamp", translations: { de: "Lampe" } }
    expect((await put(asked.as(customer()), sku, 1)).body.lines).toMatchObject([line])
    await asked.publish(ProductChanged, { ...product, version: 2, translations: { de: "Leuchte" } })
    const { lines } = (await put(asked.as(customer()), sku, 1)).body
    expect(lines).toMatchObject([{ ...line, translations: { de: "Leuchte" } }])
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
    const replies = [await put(send, "FULL-100", 1), await add(send, "FULL-100", 1)]
    expect(replies.map((reply) => [reply.status, codeOf(reply)])).toEqual(Array(2).fill([422, "cart.full"]))
    expect(await basket.everything()).toEqual(before)
  })

  test.each(['"2"', '"01"', 'W/"1"', '"7", "8"', '"2.abc"'])(
    "is not changed on the ground of a stale ETag: %s",
    async (stale) => {
      const send = newCustomer()
      const { body } = await put(send, IPHONE, 1)
      const before = await basket.everything()
      const headers = { "if-match": stale }
      const key = { "idempotency-key": "stale", ...headers }
      const replies = [
        await put(send, IPHONE, 3, headers),
        await send("POST", "cart/items", { sku: IPHONE, quantity: 1 }, key),
        await send("DELETE", `cart/items/${IPHONE}`, undefined, headers),
        await send("PUT", "cart/coupon", { couponCode: "SOME" }, headers),
        await send("PUT", "cart/delivery", { country: "DE" }, headers),
        await send("POST", "cart/hold", {}, headers),
        await checkOut(send, checkoutOf(950_00), "stale", headers),
      ]
      expect(replies.map((reply) => [reply.status, codeOf(reply), reply.body.version])).toEqual(
        Array(7).fill([412, "cart.changed", 1]),
      )
      expect(await basket.everything()).toEqual(before)
      // The ETag that the answer had, and the version alone.
      expect((await put(send, IPHONE, 2, { "if-match": `"${body.revision}"` })).status).toBe(200)
      expect((await put(send, IPHONE, 3, { "if-match": '"2"' })).status).toBe(200)
    },
  )

  test("is not sent again to whom has it", async () => {
    const send = newCustomer()
    const { body } = await put(send, IPHONE, 1)
    const known = { "if-none-match": `W/"${body.revision}"` }
    const reply = await send("GET", "cart", undefined, known)
    expect([reply.status, reply.body, reply.headers.get("etag")]).toEqual([
      304,
      undefined,
      `"${body.revision}"`,
    ])
    expect((await send("GET", "cart", undefined, { "if-none-match": '"0"' })).status).toBe(200)
  })

  test("takes no notice of what a link's query adds", async () => {
    expect((await newCustomer()("GET", "cart?utm_source=letter&customerId=1")).status).toBe(200)
  })
})

describe("two tabs", () => {
  test("lose none of 17 changes at once, and the trail says who did each", async () => {
    const send = newCustomer()
    const skus = seedProducts.flatMap(({ variants }) => variants.map(({ sku }) => sku))
    const replies = await Promise.all(skus.map((sku, index) => put(send, sku, index + 1)))
    expect(replies.map(({ status }) => status)).toEqual(Array(17).fill(200))
    const { body } = await send("GET", "cart")
    expect(body.version).toBe(17)
    expect(quantitiesOf(body)).toEqual(Object.fromEntries(skus.map((sku, index) => [sku, index + 1])))
    const trail = await trailOf(body.customerId)
    expect(trail.map(({ action, by }) => [action, by])).toEqual(
      Array(17).fill(["item.set", { kind: "customer", id: body.customerId }]),
    )
    const changes = trail.map(({ change }) => change as { version: number; sku: string })
    expect(changes.map(({ version }) => version)).toEqual(Array.from({ length: 17 }, (_, index) => index + 1))
    expect(changes.map(({ sku }) => sku).sort()).toEqual([...skus].sort())
  })

  test("add to the same line and to others at once: the sum counts, and no answer is a conflict", async () => {
    const send = newCustomer()
    const replies = await atOnce(40, (index) => add(send, index % 2 ? IPHONE : SAMSUNG, 1 + (index % 3)))
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]))
    const expected = { [IPHONE]: 0, [SAMSUNG]: 0 }
    for (let index = 0; index < 40; index++) expected[index % 2 ? IPHONE : SAMSUNG] += 1 + (index % 3)
    const { body } = await send("GET", "cart")
    expect([quantitiesOf(body), body.version]).toEqual([expected, 40])
  })

  test("say one addition 30 times at once with one key: it counts once, and all are shown the cart", async () => {
    const send = newCustomer()
    const insist = async (): ReturnType<typeof add> => {
      const reply = await add(send, IPHONE, 2, "one-key")
      return reply.status === 409 && codeOf(reply) === "idempotency-key.in-flight" ? await insist() : reply
    }
    const replies = await atOnce(30, insist)
    expect(replies.map(({ status, body }) => [status, quantitiesOf(body)])).toEqual(
      Array(30).fill([200, { [IPHONE]: 2 }]),
    )
    expect(replies.filter(({ headers }) => headers.get("idempotent-replayed") === "true")).toHaveLength(29)
    expect((await send("GET", "cart")).body.version).toBe(1)
  })

  test("repeat an addition later: it has no second effect, and is answered with the cart as it is by then", async () => {
    const send = newCustomer()
    await add(send, IPHONE, 2, "again")
    await put(send, SAMSUNG, 1)
    const again = await add(send, IPHONE, 2, "again")
    expect([again.status, again.headers.get("idempotent-replayed")]).toEqual([200, "true"])
    expect([again.body.version, quantitiesOf(again.body)]).toEqual([2, { [IPHONE]: 2, [SAMSUNG]: 1 }])
    const before = await basket.everything()
    const other = await add(send, IPHONE, 3, "again")
    expect([other.status, codeOf(other)]).toEqual([422, "idempotency-key.reused"])
    expect(await basket.everything()).toEqual(before)
  })

  test("have their own keys: one shopper's is not another's", async () => {
    const replies = [
      await add(newCustomer(), IPHONE, 1, "shared"),
      await add(newCustomer(), IPHONE, 1, "shared"),
    ]
    expect(replies.map(({ headers }) => headers.get("idempotent-replayed"))).toEqual([null, null])
  })
})
