import { describe, expect, test } from "vitest"
import { BulkLine, bulkLinesOf } from "./bulk-line.ts"
import type { PricedProduct } from "./snapshot.ts"

const price = {
  unitPrice: { amount: 950_00, currency: "USD" },
  ...{ minQuantity: 1, taxCategory: "standard", includesTax: true },
} as const
const phones = "018f0000-0000-7000-8000-0000000000c1"
const product: PricedProduct = {
  id: "018f0000-0000-7000-8000-000000000001",
  slug: "phone",
  name: { en: "Phone" },
  description: { en: "A phone." },
  categories: [phones],
  categoryPath: [phones],
  attributes: { weight: 174 },
  images: [],
  featured: true,
  variants: [
    { sku: "P-1", options: {}, quantity: { min: 1, step: 1 }, backorder: false, prices: [price] },
    { sku: "P-2", options: { colour: "Red" }, quantity: { min: 1, step: 1 }, backorder: true, prices: [] },
  ],
  status: "published",
  version: 7,
  updatedAt: "2026-01-01T00:00:00.000Z",
}
const level = { location: "main", reserved: 1, overdue: 0, backorder: false }
const context = {
  slugs: new Map([[phones, "phones"]]),
  levels: [{ ...level, sku: "P-1", onHand: 5, safetyStock: 2 }],
}

test("a product is exported as lines that make it, in an order in which they can be taken", () => {
  const lines = bulkLinesOf(product, context)
  const variants = product.variants.map(({ prices: _, ...variant }) => variant)
  const { version: _, updatedAt: __, categoryPath: ___, status: ____, ...content } = product
  expect(lines).toEqual([
    { product: { ...content, categories: ["phones"], variants } },
    { prices: { sku: "P-1", prices: [price] } },
    { stock: { sku: "P-1", location: "main", onHand: 5, safetyStock: 2 } },
    { status: { slug: "phone", status: "published" } },
  ])
  expect(lines.map((line) => BulkLine.parse(JSON.parse(JSON.stringify(line))))).toEqual(lines)
})

describe("a line", () => {
  const status = { slug: "phone", status: "draft" }
  const stock = { sku: "P-1", onHand: 1 }
  test.each<[what: string, line: unknown, path: PropertyKey[]]>([
    ["nothing", {}, []],
    ["two things", { status, stock }, []],
    ["something else", { price: 1 }, []],
    ["a status that there is not", { status: { ...status, status: "sold" } }, ["status", "status"]],
    ["half a unit", { stock: { ...stock, onHand: 0.5 } }, ["stock", "onHand"]],
    ["more units than can be counted", { stock: { ...stock, onHand: 100_000_001 } }, ["stock", "onHand"]],
    [
      "a price of nothing",
      { prices: { sku: "P-1", prices: [{ ...price, unitPrice: { amount: 0, currency: "USD" } }] } },
      ["prices", "prices", 0, "unitPrice", "amount"],
    ],
  ])("that says %s is refused at that place", (_, line, path) => {
    expect(BulkLine.safeParse(line).error?.issues[0]?.path).toEqual(path)
  })

  test("that puts a product twice into a category, or gives it a status, is refused", () => {
    const [first] = bulkLinesOf(product, context)
    const said = first?.product
    const twice = { product: { ...said, categories: ["phones", "phones"] } }
    expect(BulkLine.safeParse(twice).error?.issues[0]?.path).toEqual(["product", "categories"])
    expect(BulkLine.safeParse({ product: { ...said, status: "draft" } }).error?.issues[0]?.path).toEqual([
      "product",
    ])
  })
})
