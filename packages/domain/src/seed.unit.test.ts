import { expect, test } from "vitest"
import { snapshotOf } from "./catalog/product.ts"
import { ProductSnapshot } from "./contracts/catalog-events.ts"
import { Coupon } from "./discount/coupon.ts"
import { seedCoupons, seedProducts } from "./seed.ts"

test("the seeded products are the reference system's, each by colour under a SKU of its own", () => {
  expect(seedProducts.map((one) => ProductSnapshot.parse(snapshotOf(one)).name)).toHaveLength(7)
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
  for (const { variants } of seedProducts)
    for (const { price } of variants) expect(price).toEqual(variants[0]?.price)
})

test("the seeded coupons are as their schema says", () => {
  for (const seeded of seedCoupons) expect(Coupon.parse(seeded)).toEqual(seeded)
})
