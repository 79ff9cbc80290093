import { expect, test } from "vitest"
import { Product } from "./catalog/product.ts"
import { ProductSnapshot } from "./contracts/catalog-events.ts"
import { seedProducts, seedSnapshots } from "./seed.ts"

test("the seeded products are the reference system's, each by colour under a SKU of its own", () => {
  expect(seedSnapshots.map((one) => ProductSnapshot.parse(one))).toEqual(seedSnapshots)
  expect(seedProducts.map(({ price: _, ...product }) => Product.parse(product))).toHaveLength(7)
  expect(seedProducts.flatMap(({ variants }) => variants.map(({ sku }) => sku))).toEqual([
    "IPHONE-X-BLACK",
    "IPHONE-X-RED",
    "IPHONE-X-BLUE",
    "SAMSUNG-10-BLACK",
    "SAMSUNG-10-RED",
    "SAMSUNG-10-BLUE",
    "HUAWEI-PLUS-BLACK",
    "HUAWEI-PLUS-WHITE",
    "XIAOMI-MI-9-BLACK",
    "XIAOMI-MI-9-WHITE",
    "HTC-U11-PLUS-BLACK",
    "HTC-U11-PLUS-RED",
    "HTC-U11-PLUS-BLUE",
    "LG-G7-THINQ-BLACK",
    "LG-G7-THINQ-WHITE",
    "PANASONIC-LUMIX-BLACK",
    "PANASONIC-LUMIX-SILVER",
  ])
})
