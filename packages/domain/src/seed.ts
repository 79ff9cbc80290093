import { snapshotOf } from "./catalog/snapshot.ts"
import type { ProductSnapshot } from "./contracts/catalog-events.ts"
import { type SeedCategorySlug, seedCategoryPath } from "./seed/categories.ts"
import { type SeedProduct, seedProduct } from "./seed/seed-product.ts"

/** Of each variant, at the beginning. */
export const SEED_STOCK = 1_000

const PHONE = ["Black", "Red", "Blue"]
const APPLIANCE = ["Black", "White"]

/**
 * The reference system's products, by colour as its basket's items were; ids and SKUs are shared by all contexts and
 * tests. Prices in cents.
 */
export const seedProducts: readonly SeedProduct[] = [
  product("5334c996-8457-4cf0-815c-ed2b77c4ff61", "Apple", "IPhone X", 950_00, "smartphones", PHONE),
  product("c67d6323-e8b1-4bdf-9a75-b0d0d2e7e914", "Samsung", "Samsung 10", 840_00, "smartphones", PHONE),
  product("4f136e9f-ff8c-4c1f-9a33-d12f689bdab8", "Huawei", "Huawei Plus", 650_00, "smartphones", APPLIANCE),
  product("6ec1297b-ec0a-4aa1-be25-6726e3b51a27", "Xiaomi", "Xiaomi Mi 9", 470_00, "smartphones", APPLIANCE),
  product("b786103d-c621-4f5a-b498-23452610f88c", "HTC", "HTC U11+ Plus", 380_00, "smartphones", PHONE),
  product("c4bbc4a2-4555-45d8-97cc-2a99b2167bff", "LG", "LG G7 ThinQ", 240_00, "smartphones", APPLIANCE),
  product("93170c85-7795-489c-8e8f-7dcf3b4f4188", "Panasonic", "Panasonic Lumix", 240_00, "compact-cameras", [
    "Black",
    "Silver",
  ]),
]

function product(
  id: string,
  brand: string,
  name: string,
  price: number,
  category: SeedCategorySlug,
  colour: readonly string[],
): SeedProduct {
  const code = name.toUpperCase().replace(/[^A-Z0-9]+/g, "-")
  const text = `${name}, as in the reference shop.`
  return seedProduct({ code, name, brand, category, price, text, attributes: {}, options: { colour } }, id)
}

/** What other contexts are told of the seed products. */
export const seedSnapshots: readonly ProductSnapshot[] = seedProducts.map(({ price, ...seeded }) =>
  snapshotOf(
    {
      ...seeded,
      categoryPath: seedCategoryPath(seeded.categories),
      variants: seeded.variants.map((variant) => ({ ...variant, prices: [price] })),
    },
    new Date(seeded.updatedAt),
  ),
)
