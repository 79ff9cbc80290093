import { expect, test } from "vitest"
import { ProductSnapshot } from "../contracts/catalog-events.ts"
import type { Price } from "../contracts/prices.ts"
import { VariantDetails } from "../contracts/variants.ts"
import { usd } from "../kernel/money.ts"
import { type PricedProduct, snapshotOf, variantOf } from "./snapshot.ts"
import { viewOf } from "./view.ts"

const at = new Date("2026-11-01T10:00:00.000Z")
const price: Price = { unitPrice: usd(950_00), minQuantity: 1, taxCategory: "standard", includesTax: true }
const sale: Price = { ...price, unitPrice: usd(900_00), validUntil: "2026-11-01T10:00:00.001Z" }
const over: Price = { ...price, unitPrice: usd(800_00), validUntil: at.toISOString() }
const forTrade: Price = { ...price, unitPrice: usd(700_00), customerGroup: "trade" }

const phone: PricedProduct = {
  id: "5334c996-8457-4cf0-815c-ed2b77c4ff61",
  slug: "iphone-x",
  name: { en: "IPhone X", de: "Das IPhone X" },
  description: { en: "A phone." },
  categories: ["018f0000-0000-7000-8000-0000000000c1"],
  categoryPath: ["018f0000-0000-7000-8000-0000000000c1", "018f0000-0000-7000-8000-0000000000c2"],
  attributes: {},
  images: [
    { url: "/catalog/images/front.png", width: 600, height: 600, alt: { en: "Front" } },
    { url: "/catalog/images/red.png", width: 600, height: 600, alt: { en: "Red" } },
  ],
  variants: [
    {
      ...{ sku: "IPHONE-X-BLACK", options: { colour: "Black" }, backorder: false },
      ...{ quantity: { min: 1, max: 10, step: 1 }, prices: [price, sale, over, forTrade] },
    },
    {
      ...{
        sku: "IPHONE-X-RED",
        options: { colour: "Red" },
        backorder: true,
        image: "/catalog/images/red.png",
      },
      ...{ quantity: { min: 1, step: 1 }, prices: [price] },
    },
    {
      ...{ sku: "IPHONE-X-GOLD", options: { colour: "Gold" }, backorder: true },
      ...{ quantity: { min: 1, step: 1 }, prices: [over, forTrade] },
    },
  ],
  featured: false,
  status: "published",
  version: 3,
  updatedAt: at.toISOString(),
}

test("other contexts are told what is sold of a product, at which prices, and all that it lies under", () => {
  expect(ProductSnapshot.parse(snapshotOf(phone, at))).toEqual({
    productId: phone.id,
    version: 3,
    name: "IPhone X",
    translations: { de: "Das IPhone X" },
    variants: [
      {
        ...{ sku: "IPHONE-X-BLACK", options: { colour: "Black" }, price: usd(900_00), backorder: false },
        prices: [price, sale, forTrade],
        ...{ quantity: { min: 1, max: 10, step: 1 }, image: "/catalog/images/front.png" },
      },
      {
        ...{ sku: "IPHONE-X-RED", options: { colour: "Red" }, price: usd(950_00), backorder: true },
        ...{ prices: [price], quantity: { min: 1, step: 1 }, image: "/catalog/images/red.png" },
      },
    ],
    slug: "iphone-x",
    categories: phone.categoryPath,
  })
})

test.each(["draft", "discontinued"] as const)("nothing of a product that is %s is sold", (status) => {
  expect(snapshotOf({ ...phone, status }, at).variants).toEqual([])
})

test("a variant is told with what it shares with its product", () => {
  const snapshot = snapshotOf(phone, at)
  expect(VariantDetails.parse(variantOf(snapshot, "IPHONE-X-RED"))).toEqual({
    ...snapshot.variants[1],
    ...{
      productId: phone.id,
      name: "IPhone X",
      translations: { de: "Das IPhone X" },
      version: 3,
      slug: "iphone-x",
      categories: phone.categoryPath,
    },
  })
  for (const sku of ["IPHONE-X-GOLD", "SAMSUNG-10-RED"]) expect(variantOf(snapshot, sku)).toBeUndefined()
})

test("the shop shows what costs something now, and a group's prices to that group alone", () => {
  const shown = (groups: string[]) =>
    viewOf(phone, at, groups).variants.map((variant) => [variant.sku, variant.price, variant.prices])
  expect(shown([])).toEqual([
    ["IPHONE-X-BLACK", usd(900_00), [price, sale]],
    ["IPHONE-X-RED", usd(950_00), [price]],
    ["IPHONE-X-GOLD", undefined, []],
  ])
  expect(shown(["trade"])).toEqual([
    ["IPHONE-X-BLACK", usd(900_00), [price, sale, forTrade]],
    ["IPHONE-X-RED", usd(950_00), [price]],
    ["IPHONE-X-GOLD", undefined, [forTrade]],
  ])
  expect(viewOf(phone, new Date(at.getTime() + 1)).variants[0]?.price).toEqual(usd(950_00))
})
