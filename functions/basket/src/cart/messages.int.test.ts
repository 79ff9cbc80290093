import type { ProductSnapshot } from "@eshop/domain/contracts/catalog-events"
import { ProductChanged } from "@eshop/domain/contracts/catalog-events"
import { usd } from "@eshop/domain/kernel/money"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { codeOf } from "../../../../tests/fixtures/http.ts"
import { newDatabase } from "../../../../tests/fixtures/new-database.ts"
import {
  add,
  type BasketOn,
  basketOn,
  checkOut,
  checkoutOf,
  customer,
  newProduct,
  put,
} from "../testing/basket.ts"

let basket: BasketOn
let app: ReturnType<BasketOn["appWith"]>

beforeAll(async () => {
  basket = await basketOn(await newDatabase("basket"))
  app = basket.appWith()
})
afterAll(() => basket?.store.close())

type Variant = ProductSnapshot["variants"][number]
/** A product that Catalog sells, and how Catalog changes its variant. */
async function sold(amount: number, terms: Partial<Variant> = {}) {
  const { sku, ...product } = newProduct(amount, {}, terms)
  await app.publish(ProductChanged, product)
  let { version } = product
  const change = async (more: Partial<Variant> | "gone") => {
    const variants = more === "gone" ? [] : [{ ...(product.variants[0] as Variant), ...more }]
    await app.publish(ProductChanged, { ...product, version: ++version, variants })
  }
  return { sku, change }
}

describe("a price that changed while the shopper looked away", () => {
  test("is told once, in whichever answer comes first, and the ETag changes with it", async () => {
    const { sku, change } = await sold(950)
    const send = app.as(customer())
    const seen = await put(send, sku, 2)
    await change({ price: usd(900) })
    const known = { "if-none-match": `"${seen.body.revision}"` }
    const told = await send("GET", "cart", undefined, known)
    expect([told.status, told.body.messages]).toEqual([
      200,
      [{ type: "price-changed", sku, from: usd(950), to: usd(900) }],
    ])
    expect(told.body).toMatchObject({ version: 2, total: usd(1800) })
    const again = await send("GET", "cart")
    expect(again.body).toMatchObject({ version: 2, messages: [] })
    const trail = await basket.ports.audit.list({ subject: `cart ${again.body.customerId}`, limit: 1 })
    expect(trail).toMatchObject([{ action: "settled", change: { version: 2 } }])
  })

  test("is told by a change of another line, too", async () => {
    const [one, other] = [await sold(950), await sold(10)]
    const send = app.as(customer())
    await put(send, one.sku, 1)
    await one.change({ price: usd(900) })
    const { messages } = (await add(send, other.sku, 1)).body
    expect(messages).toEqual([{ type: "price-changed", sku: one.sku, from: usd(950), to: usd(900) }])
  })

  test("is not what another quantity costs", async () => {
    const tier = { taxCategory: "standard", includesTax: true }
    const { sku } = await sold(100, {
      prices: [
        { ...tier, unitPrice: usd(100), minQuantity: 1 },
        { ...tier, unitPrice: usd(80), minQuantity: 10 },
      ],
    })
    const send = app.as(customer())
    await put(send, sku, 1)
    expect((await put(send, sku, 10)).body).toMatchObject({ total: usd(800), messages: [] })
    expect((await send("GET", "cart")).body.messages).toEqual([])
  })

  test("is told to two readers at once by one of them", async () => {
    const { sku, change } = await sold(950)
    const send = app.as(customer())
    await put(send, sku, 1)
    await change({ price: usd(900) })
    const replies = await Promise.all(Array.from({ length: 10 }, () => send("GET", "cart")))
    expect(replies.map(({ status }) => status)).toEqual(Array(10).fill(200))
    expect(replies.filter(({ body }) => body.messages.length > 0)).toHaveLength(1)
    expect((await send("GET", "cart")).body.version).toBe(2)
  })

  test("is asked of the customer at the checkout: the new total, and no order", async () => {
    const { sku, change } = await sold(950)
    const send = app.as(customer())
    await put(send, sku, 1)
    await change({ price: usd(960) })
    const before = await basket.everything()
    const refused = await checkOut(send, checkoutOf(950))
    expect([refused.status, codeOf(refused), refused.body.total]).toEqual([
      409,
      "checkout.total-changed",
      usd(960),
    ])
    expect(await basket.everything()).toEqual(before)
  })
})

describe("a variant's rule of quantities", () => {
  const rule = { min: 4, max: 10, step: 3 }

  test("adjusts what is put and added, and says why", async () => {
    const { sku } = await sold(100, { quantity: rule })
    const send = app.as(customer())
    const adjusted = async (reply: ReturnType<typeof put>) => {
      const { lines, messages } = (await reply).body
      return [lines[0].quantity, messages]
    }
    const message = (from: number, to: number, because: string) => [
      { type: "quantity-adjusted", sku, from, to, because },
    ]
    expect(await adjusted(add(send, sku, 1))).toEqual([4, message(1, 4, "min")])
    expect(await adjusted(add(send, sku, 1))).toEqual([7, message(5, 7, "step")])
    expect(await adjusted(add(send, sku, 9))).toEqual([10, message(16, 10, "max")])
    expect(await adjusted(put(send, sku, 7))).toEqual([7, []])
    expect((await send("GET", "cart")).body.messages).toEqual([])
  })

  test("that comes later is told once", async () => {
    const { sku, change } = await sold(100)
    const send = app.as(customer())
    await put(send, sku, 2)
    await change({ quantity: rule })
    const messages = [{ type: "quantity-adjusted", sku, from: 2, to: 4, because: "min" }]
    expect((await send("GET", "cart")).body).toMatchObject({ messages, total: usd(400) })
    expect((await send("GET", "cart")).body.messages).toEqual([])
  })

  test("counts at the checkout as well, whether the shopper looked or not", async () => {
    const { sku, change } = await sold(100)
    const send = app.as(customer())
    await put(send, sku, 2)
    await change({ quantity: rule })
    const refused = await checkOut(send, checkoutOf(200))
    expect([refused.status, refused.body.total]).toEqual([409, usd(400)])
    expect((await checkOut(send, checkoutOf(400))).status).toBe(202)
  })
})

test("what is not sold any more stays, named, until it is removed, and refuses the checkout", async () => {
  const [gone, kept] = [await sold(500), await sold(100)]
  const send = app.as(customer())
  await put(send, gone.sku, 1)
  await put(send, kept.sku, 1)
  await gone.change("gone")
  const messages = [{ type: "not-sold", sku: gone.sku }]
  for (let look = 0; look < 2; look++)
    expect((await send("GET", "cart")).body).toMatchObject({ messages, total: usd(100), version: 2 })
  const before = await basket.everything()
  const refused = await checkOut(send, checkoutOf(100))
  expect([refused.status, codeOf(refused), refused.body.skus]).toEqual([
    422,
    "cart.product-unknown",
    [gone.sku],
  ])
  expect(await basket.everything()).toEqual(before)
  expect((await send("DELETE", `cart/items/${gone.sku}`)).body.messages).toEqual([])
})

test("a cart that a price has made uncountable is still shown; the line in question is named", async () => {
  const { sku, change } = await sold(500)
  const send = app.as(customer())
  await put(send, sku, 1_000_000)
  await change({ price: usd(9_000_000_000) })
  const reply = await send("GET", "cart")
  expect([reply.status, reply.body.total]).toEqual([200, usd(0)])
  expect(reply.body.messages).toContainEqual({ type: "not-counted", sku })
  const refused = await checkOut(send, checkoutOf(0))
  expect([refused.status, codeOf(refused)]).toEqual([422, "cart.total-out-of-range"])
})

test("few units left are a hint, never a refusal; a variant on back order has none", async () => {
  const [few, wanted, plenty, back] = [
    await sold(1),
    await sold(1),
    await sold(1),
    await sold(1, { backorder: true }),
  ]
  const left = new Map([
    [few.sku, 3],
    [wanted.sku, 8],
    [plenty.sku, 100],
    [back.sku, 0],
  ])
  const stockHints = {
    of: async (skus: readonly string[]) => new Map([...left].filter(([sku]) => skus.includes(sku))),
  }
  const send = basket.appWith({ stockHints }).as(customer())
  await put(send, few.sku, 1)
  await put(send, wanted.sku, 9)
  await put(send, plenty.sku, 1)
  const { body } = await put(send, back.sku, 5)
  expect(body.messages).toEqual([
    { type: "only-left", sku: few.sku, available: 3 },
    { type: "only-left", sku: wanted.sku, available: 8 },
  ])
  expect(body.lines).toHaveLength(4)
})
