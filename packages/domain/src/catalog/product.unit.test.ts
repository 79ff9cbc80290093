import { expect, test } from "vitest"
import { ProductSnapshot } from "../contracts/catalog-events.ts"
import { VariantDetails } from "../contracts/variants.ts"
import { seedProducts } from "../seed.ts"
import { type Product, snapshotOf, variantOf } from "./product.ts"

const phone = seedProducts[0] as Product

test("other contexts are told a product's id, version, name and variants", () => {
  expect(ProductSnapshot.parse(snapshotOf(phone))).toEqual({
    productId: "5334c996-8457-4cf0-815c-ed2b77c4ff61",
    version: 1,
    name: "IPhone X",
    variants: [
      { sku: "IPHONE-X-BLACK", options: { colour: "Black" }, price: { amount: 950_00, currency: "USD" } },
      { sku: "IPHONE-X-RED", options: { colour: "Red" }, price: { amount: 950_00, currency: "USD" } },
      { sku: "IPHONE-X-BLUE", options: { colour: "Blue" }, price: { amount: 950_00, currency: "USD" } },
    ],
  })
})

test("a variant is told with what it shares with its product", () => {
  expect(VariantDetails.parse(variantOf(snapshotOf(phone), "IPHONE-X-RED"))).toEqual({
    sku: "IPHONE-X-RED",
    productId: "5334c996-8457-4cf0-815c-ed2b77c4ff61",
    name: "IPhone X",
    options: { colour: "Red" },
    price: { amount: 950_00, currency: "USD" },
    version: 1,
  })
  expect(variantOf(snapshotOf(phone), "SAMSUNG-10-RED")).toBeUndefined()
})
