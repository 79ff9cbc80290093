import type { ProductSnapshot } from "@eshop/domain/contracts/catalog-events"
import { ProductChanged } from "@eshop/domain/contracts/catalog-events"
import { usd } from "@eshop/domain/kernel/money"
import { afterAll, beforeAll, expect, test } from "vitest"
import { atOnce } from "../../../../tests/fixtures/calls.ts"
import { codeOf } from "../../../../tests/fixtures/http.ts"
import { newDatabase } from "../../../../tests/fixtures/new-database.ts"
import { type BasketOn, basketOn, catalogOf, checkOut, checkoutOf, customer, put } from "../testing/basket.ts"

let basket: BasketOn
let app: ReturnType<BasketOn["appWith"]>

beforeAll(async () => {
  basket = await basketOn(await newDatabase("basket"))
  app = basket.appWith()
})
afterAll(() => basket?.store.close())

let products = 0
/** A product that no other test knows, by its version and its variants' prices. */
function productOf(): (version: number, prices: Record<string, number>) => ProductSnapshot {
  const productId = crypto.randomUUID()
  const number = ++products
  return (version, prices) => ({
    productId,
    version,
    name: `version ${version}`,
    variants: Object.entries(prices).map(([colour, amount]) => ({
      sku: `P${number}-${colour}`,
      options: { colour },
      price: usd(amount),
    })),
  })
}
const skusOf = ({ variants }: ProductSnapshot) => variants.map(({ sku }) => sku)
/** What is known, by colour: its price and version, or that it is not sold any more. */
async function known(product: ProductSnapshot) {
  const copies = await basket.ports.copies.find(skusOf(product))
  return Object.fromEntries(
    copies.map(({ options, price, version, sold }) => [options.colour, sold && [price.amount, version]]),
  )
}

test("a copy is what the event said", async () => {
  const prices = [{ unitPrice: usd(500), minQuantity: 1, taxCategory: "standard", includesTax: true }]
  const terms = {
    prices,
    quantity: { min: 1, max: 9, step: 2 },
    backorder: true,
    image: "/catalog/images/a.svg",
  }
  const described = productOf()(3, { BLACK: 500 })
  const product = {
    ...described,
    variants: described.variants.map((variant) => ({ ...variant, ...terms })),
    slug: "phone",
    categories: ["018f0000-0000-7000-8000-0000000000c1"],
  }
  await app.publish(ProductChanged, product)
  const [sku = ""] = skusOf(product)
  expect(await basket.ports.copies.find([sku])).toEqual([
    {
      sku,
      productId: product.productId,
      name: "version 3",
      options: { colour: "BLACK" },
      price: usd(500),
      ...terms,
      slug: "phone",
      categories: ["018f0000-0000-7000-8000-0000000000c1"],
      version: 3,
      sold: true,
    },
  ])
})

test("the newest version stays, in whatever order and however often they come", async () => {
  const version = productOf()
  const events = [1, 2, 3].map((number) => version(number, { BLACK: number * 100, RED: number * 10 }))
  for (const number of [2, 1, 3, 2, 3, 1])
    await app.publish(ProductChanged, events[number - 1] as ProductSnapshot)
  expect(await known(events[0] as ProductSnapshot)).toEqual({ BLACK: [300, 3], RED: [30, 3] })
})

test("of 20 versions at once the newest stays, in every variant", async () => {
  const version = productOf()
  // Every second one lists its variants in another order: none may wait for another one's.
  await atOnce(20, (index) =>
    app.publish(
      ProductChanged,
      version(
        index + 1,
        index % 2 ? { BLACK: index + 1, RED: index + 1 } : { RED: index + 1, BLACK: index + 1 },
      ),
    ),
  )
  expect(await known(version(0, { BLACK: 0, RED: 0 }))).toEqual({ BLACK: [20, 20], RED: [20, 20] })
  expect(await basket.store.parked.count()).toBe(0)
})

test("a redelivered event is handled once", async () => {
  const product = productOf()(1, { BLACK: 500 })
  const id = await app.publish(ProductChanged, product)
  await app.publish(ProductChanged, { ...product, version: 2 }, id)
  expect(await known(product)).toEqual({ BLACK: [500, 1] })
})

test("a variant that disappeared is no longer sold, whichever event comes last, until it is back", async () => {
  const version = productOf()
  const both = version(1, { BLACK: 500, RED: 500 })
  const red = skusOf(both)[1] as string
  const send = app.as(customer())
  await app.publish(ProductChanged, both)
  await put(send, red, 1)
  await app.publish(ProductChanged, version(3, { BLACK: 500 }))
  await app.publish(ProductChanged, version(2, { BLACK: 450, RED: 450 }))
  expect(await known(both)).toEqual({ BLACK: [500, 3], RED: false })

  const before = await basket.everything()
  expect((await put(send, red, 2)).status).toBe(404)
  const refused = await checkOut(send, checkoutOf(500))
  expect([refused.status, codeOf(refused), refused.body.skus]).toEqual([422, "cart.product-unknown", [red]])
  expect(await basket.everything()).toEqual(before)
  const messages = [{ type: "not-sold", sku: red }]
  expect((await send("GET", "cart")).body).toMatchObject({ lines: [], messages, subtotal: usd(0) })
  expect((await send("DELETE", `cart/items/${red}`)).body).toMatchObject({ messages: [], version: 2 })

  await app.publish(ProductChanged, version(4, { BLACK: 500, RED: 700 }))
  expect(await known(both)).toEqual({ BLACK: [500, 4], RED: [700, 4] })
})

test("what is missing is asked from Catalog, once, and kept", async () => {
  const product = productOf()(4, { BLACK: 500, RED: 600 })
  const [black = ""] = skusOf(product)
  const catalog = catalogOf([product])
  const send = basket.appWith({ catalog }).as(customer())
  for (const quantity of [1, 2]) await put(send, black, quantity)
  expect(catalog.asked).toEqual([black])
  expect(await known(product)).toEqual({ BLACK: [500, 4] })
})

test("Catalog's answer and its events keep the newer of both", async () => {
  const version = productOf()
  const [old, now] = [version(1, { BLACK: 100 }), version(2, { BLACK: 200, RED: 200 })]
  const keep = async (product: ProductSnapshot) => {
    for (const sku of skusOf(product)) {
      const variant = await catalogOf([product]).find(sku)
      if (variant) await basket.ports.copies.keep(variant)
    }
  }
  await keep(now)
  await app.publish(ProductChanged, old)
  expect(await known(now)).toEqual({ BLACK: [200, 2], RED: [200, 2] })
  // An answer that was on its way while the variant disappeared.
  await app.publish(ProductChanged, version(3, { BLACK: 300 }))
  await keep(version(2, { WHITE: 200 }))
  expect(await known(version(0, { BLACK: 0, RED: 0, WHITE: 0 }))).toEqual({
    BLACK: [300, 3],
    RED: false,
    WHITE: false,
  })
})
