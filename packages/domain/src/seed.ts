import type { Product } from "./catalog/product.ts"
import type { Coupon } from "./discount/coupon.ts"
import { usd } from "./money.ts"

/** The reference system's products; ids are shared by all contexts and tests. Prices in cents. */
export const seedProducts: readonly (Product & { readonly onHand: number })[] = [
  product("5334c996-8457-4cf0-815c-ed2b77c4ff61", "IPhone X", 950_00, "Smart Phone", "product-1.png"),
  product("c67d6323-e8b1-4bdf-9a75-b0d0d2e7e914", "Samsung 10", 840_00, "Smart Phone", "product-2.png"),
  product("4f136e9f-ff8c-4c1f-9a33-d12f689bdab8", "Huawei Plus", 650_00, "White Appliances", "product-3.png"),
  product("6ec1297b-ec0a-4aa1-be25-6726e3b51a27", "Xiaomi Mi 9", 470_00, "White Appliances", "product-4.png"),
  product("b786103d-c621-4f5a-b498-23452610f88c", "HTC U11+ Plus", 380_00, "Smart Phone", "product-5.png"),
  product("c4bbc4a2-4555-45d8-97cc-2a99b2167bff", "LG G7 ThinQ", 240_00, "Home Kitchen", "product-6.png"),
  product("93170c85-7795-489c-8e8f-7dcf3b4f4188", "Panasonic Lumix", 240_00, "Camera", "product-6.png"),
]

function product(id: string, name: string, cents: number, category: string, imageFile: string) {
  return {
    id,
    name,
    categories: [category],
    description: `${name}, as in the reference shop.`,
    imageFile,
    price: usd(cents),
    version: 1,
    onHand: 1_000,
  }
}

/** The reference system's two discounts, as coupons, and one for the whole cart. */
export const seedCoupons: readonly Coupon[] = [
  {
    code: "IPHONE150",
    description: "150 off every IPhone X",
    reward: { kind: "amount-per-unit", amount: 150_00 },
    productIds: ["5334c996-8457-4cf0-815c-ed2b77c4ff61"],
  },
  {
    code: "SAMSUNG100",
    description: "100 off every Samsung 10",
    reward: { kind: "amount-per-unit", amount: 100_00 },
    productIds: ["c67d6323-e8b1-4bdf-9a75-b0d0d2e7e914"],
  },
  { code: "WELCOME10", description: "10 % off the whole cart", reward: { kind: "percent", percent: 10 } },
]
