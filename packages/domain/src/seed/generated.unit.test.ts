import { expect, test } from "vitest"
import { Product } from "../catalog/product.ts"
import { generatedProduct } from "./generated.ts"

test("generated products are as their schema says, each of its own, with two variants", () => {
  const products = Array.from({ length: 2_000 }, (_, number) => generatedProduct(number, 1))
  for (const { price: _, ...product } of products) expect(Product.parse(product)).toEqual(product)
  const unique = (values: readonly string[]) => new Set(values).size
  expect(unique(products.map(({ id }) => id))).toBe(2_000)
  expect(unique(products.map(({ slug }) => slug))).toBe(2_000)
  expect(unique(products.flatMap(({ variants }) => variants.map(({ sku }) => sku)))).toBe(4_000)
})

test("a number and a seed always make the same product, another seed another one", () => {
  expect(generatedProduct(7, 1)).toEqual(generatedProduct(7, 1))
  expect(generatedProduct(7, 2).name).not.toEqual(generatedProduct(7, 1).name)
  expect(generatedProduct(7, 2).id).not.toBe(generatedProduct(7, 1).id)
})
