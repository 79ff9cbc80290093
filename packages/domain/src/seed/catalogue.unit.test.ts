import { expect, test } from "vitest"
import { Category } from "../catalog/category.ts"
import { Product } from "../catalog/product.ts"
import { Price } from "../contracts/prices.ts"
import { SEED_STOCK, seedProducts } from "../seed.ts"
import { seedCatalogue } from "./catalogue.ts"
import { seedCategories, seedCategoryPath, seedCategoryTree } from "./categories.ts"
import { seedPriceOf } from "./seed-product.ts"

const repeated = (values: readonly string[]) =>
  values.filter((value, place) => values.indexOf(value) !== place)

test("the seed catalogue holds the reference system's products and 154 more, each as its schema says", () => {
  expect([seedCatalogue.length, SEED_STOCK]).toEqual([161, 1_000])
  expect(seedCatalogue.slice(0, 7)).toEqual(seedProducts)
  for (const { price: _, surcharges: __, ...product } of seedCatalogue)
    expect(Product.parse(product)).toEqual(product)
})

test("no id, slug, SKU or picture is there twice", () => {
  expect(repeated(seedCatalogue.map(({ id }) => id))).toEqual([])
  expect(repeated(seedCatalogue.map(({ slug }) => slug))).toEqual([])
  expect(repeated(seedCatalogue.flatMap(({ variants }) => variants.map(({ sku }) => sku)))).toEqual([])
  expect(repeated(seedCatalogue.flatMap(({ images }) => images.map(({ url }) => url)))).toEqual([])
})

test("a variant costs what its options add", () => {
  const phone = seedCatalogue.find(({ slug }) => slug === "nimbus-aero-5-smartphone")
  const costs = phone?.variants.map(({ sku }) => [sku, Price.parse(seedPriceOf(phone, sku)).unitPrice.amount])
  expect(costs).toEqual([
    ["NIM-A5-BLACK-128-GB", 599_00],
    ["NIM-A5-BLACK-256-GB", 679_00],
    ["NIM-A5-WHITE-128-GB", 599_00],
    ["NIM-A5-WHITE-256-GB", 679_00],
    ["NIM-A5-GREEN-128-GB", 599_00],
    ["NIM-A5-GREEN-256-GB", 679_00],
  ])
})

test("categories form a tree of four levels, every parent before its children, and none is empty", () => {
  for (const [place, category] of seedCategories.entries()) {
    expect(Category.parse(category)).toEqual(category)
    const parent = seedCategories.findIndex(({ id }) => id === category.parentId)
    expect(parent).toBeLessThan(place)
  }
  expect(Math.max(...seedCategories.map(({ id }) => seedCategoryPath([id]).length))).toBe(4)
  const filled = new Set(seedCatalogue.flatMap(({ categories }) => seedCategoryPath(categories)))
  expect(filled.size).toBe(Object.keys(seedCategoryTree).length)
})
