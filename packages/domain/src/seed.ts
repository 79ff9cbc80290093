import type { Product } from "./catalog/product.ts"
import type { Coupon } from "./discount/coupon.ts"
import { usd } from "./kernel/money.ts"

/** Of each variant, at the beginning. */
export const SEED_STOCK = 1_000

const PHONE = ["Black", "Red", "Blue"]
const APPLIANCE = ["Black", "White"]

/**
 * The reference system's products, by colour as its basket's items were; ids and SKUs are shared by all contexts and
 * tests. Prices in cents.
 */
export const seedProducts: readonly Product[] = [
  product("5334c996-8457-4cf0-815c-ed2b77c4ff61", "IPhone X", 950_00, "Smart Phone", 1, PHONE),
  product("c67d6323-e8b1-4bdf-9a75-b0d0d2e7e914", "Samsung 10", 840_00, "Smart Phone", 2, PHONE),
  product("4f136e9f-ff8c-4c1f-9a33-d12f689bdab8", "Huawei Plus", 650_00, "White Appliances", 3, APPLIANCE),
  product("6ec1297b-ec0a-4aa1-be25-6726e3b51a27", "Xiaomi Mi 9", 470_00, "White Appliances", 4, APPLIANCE),
  product("b786103d-c621-4f5a-b498-23452610f88c", "HTC U11+ Plus", 380_00, "Smart Phone", 5, PHONE),
  product("c4bbc4a2-4555-45d8-97cc-2a99b2167bff", "LG G7 ThinQ", 240_00, "Home Kitchen", 6, APPLIANCE),
  product("93170c85-7795-489c-8e8f-7dcf3b4f4188", "Panasonic Lumix", 240_00, "Camera", 6, [
    "Black",
    "Silver",
  ]),
]

function product(
  id: string,
  name: string,
  cents: number,
  category: string,
  image: number,
  colours: readonly string[],
): Product {
  return {
    id,
    name,
    categories: [category],
    description: `${name}, as in the reference shop.`,
    imageFile: `product-${image}.png`,
    variants: colours.map((colour) => ({
      sku: `${name} ${colour}`.toUpperCase().replace(/[^A-Z0-9]+/g, "-"),
      options: { colour },
      price: usd(cents),
    })),
    version: 1,
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
