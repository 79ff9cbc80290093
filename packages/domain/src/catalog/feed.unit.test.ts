import fc from "fast-check"
import { describe, expect, test } from "vitest"
import type { Price } from "../contracts/prices.ts"
import type { LocalisedText } from "../kernel/localised-text.ts"
import { FeedItem, feedItemsOf } from "./feed.ts"
import type { PricedProduct } from "./snapshot.ts"

const at = new Date("2026-06-15T12:00:00.000Z")
const costing = (amount: number, more: Partial<Price> = {}): Price => ({
  unitPrice: { amount, currency: "USD" },
  ...{ minQuantity: 1, taxCategory: "standard", includesTax: true },
  ...more,
})
const phones = "018f0000-0000-7000-8000-0000000000c1"
const smart = "018f0000-0000-7000-8000-0000000000c2"
const names = new Map<string, LocalisedText[]>([
  [smart, [{ en: "Phones" }, { en: "Smartphones", de: "Smartphones (de)" }]],
  [phones, [{ en: "Phones" }]],
])
const image = (url: string) => ({ url, width: 10, height: 10, alt: { en: "It" } })
const variant = (sku: string, prices: Price[], more: Partial<PricedProduct["variants"][number]> = {}) => ({
  ...{ sku, options: {}, quantity: { min: 1, step: 1 }, backorder: false, prices },
  ...more,
})
const productOf = (more: Partial<PricedProduct> = {}): PricedProduct => ({
  id: "018f0000-0000-7000-8000-000000000001",
  slug: "phone",
  name: { en: "Phone", de: "Telefon" },
  description: { en: "A phone." },
  categories: [smart, phones],
  categoryPath: [phones, smart],
  attributes: {},
  images: [],
  variants: [variant("P-1", [costing(950_00)])],
  featured: false,
  status: "published",
  version: 1,
  updatedAt: "2026-01-01T00:00:00.000Z",
  ...more,
})
const level = { location: "main", safetyStock: 0, backorder: false }
const feed = (
  product: PricedProduct,
  levels = [{ ...level, sku: "P-1", onHand: 3, reserved: 1, overdue: 0 }],
) =>
  feedItemsOf(product, {
    ...{
      site: "https://shop.example",
      language: "en",
      categoryNames: (id) => names.get(id) ?? [],
      levels,
      at,
    },
  }).map((item) => FeedItem.parse(item))
const costsOf = (...prices: Price[]) =>
  feed(productOf({ variants: [variant("P-1", prices)] })).map(
    ({ price, sale_price, sale_price_effective_date }) => [price, sale_price, sale_price_effective_date],
  )

test("a variant with all that there is to say of it", () => {
  const product = productOf({
    brand: "Acme",
    images: [image("/catalog/images/a.svg"), image("https://cdn.example/b.png")],
    variants: [
      variant("P-1", [costing(950_05)], {
        ...{
          gtin: "4006381333931",
          options: { colour: "Red", storage: "64 GB" },
          image: "https://cdn.example/b.png",
        },
      }),
      variant("P-2", [], { options: { colour: "Blue" } }),
    ],
  })
  expect(feed(product)).toEqual([
    {
      id: "P-1",
      item_group_id: product.id,
      title: "Phone – Red – 64 GB",
      description: "A phone.",
      link: "https://shop.example/products/phone?sku=P-1",
      image_link: "https://cdn.example/b.png",
      additional_image_link: ["https://shop.example/catalog/images/a.svg"],
      availability: "in_stock",
      price: "950.05 USD",
      brand: "Acme",
      gtin: "4006381333931",
      identifier_exists: "yes",
      condition: "new",
      product_type: "Phones > Smartphones",
      color: "Red",
    },
  ])
})

test("a variant with as little as can be", () => {
  expect(feed(productOf({ categories: [] }), [])).toEqual([
    {
      ...{ id: "P-1", title: "Phone", description: "A phone.", condition: "new", price: "950.00 USD" },
      ...{ availability: "out_of_stock", identifier_exists: "no" },
      link: "https://shop.example/products/phone?sku=P-1",
    },
  ])
})

test("one that is sold beyond the stock is back-ordered once there is none; all that is reserved counts as none", () => {
  const product = productOf({ variants: [variant("P-1", [costing(1_00)], { backorder: true })] })
  const reserved = { ...level, sku: "P-1", onHand: 2, reserved: 2, overdue: 0 }
  expect(feed(product, [reserved])[0]?.availability).toBe("backorder")
  expect(feed(product, [{ ...reserved, overdue: 1 }])[0]?.availability).toBe("in_stock")
})

describe("what it costs", () => {
  const [validFrom, validUntil] = ["2026-06-01T00:00:00.000Z", "2026-07-01T00:00:00.000Z"]
  test("is the price for everybody, of one unit, now", () => {
    const others = [costing(1_00, { customerGroup: "staff" }), costing(2_00, { minQuantity: 2 })]
    const later = costing(3_00, { validFrom: "2026-06-15T12:00:00.001Z" })
    const over = costing(4_00, { validUntil: "2026-06-15T12:00:00.000Z" })
    expect(costsOf(costing(9_99), ...others, later, over)).toEqual([["9.99 USD", undefined, undefined]])
  })
  test("is a sale price while it is reduced, with its time where that has two ends", () => {
    const reduced = costing(7_05, { validFrom, validUntil })
    expect(costsOf(costing(9_00), reduced)).toEqual([["9.00 USD", "7.05 USD", `${validFrom}/${validUntil}`]])
    expect(costsOf(costing(9_00), costing(7_05, { validFrom }))).toEqual([
      ["9.00 USD", "7.05 USD", undefined],
    ])
  })
  test("is nothing where it is not sold, which then is in no feed", () => {
    expect(costsOf(costing(1_00, { customerGroup: "staff" }))).toEqual([])
  })
})

test("texts are cut to what the specification allows, whatever they consist of", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", minLength: 1, maxLength: 400 }), (text) => {
      const long = text.repeat(30)
      const [item] = feed(productOf({ name: { en: text }, description: { en: long } }))
      expect([item?.title.isWellFormed(), item?.description.isWellFormed()]).toEqual([true, true])
    }),
  )
})
