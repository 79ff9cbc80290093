import { newId } from "@eshop/building-blocks/ids"
import type { Product } from "@eshop/domain/catalog/product"
import { ProductChanged, ProductCreated, ProductDiscontinued } from "@eshop/domain/contracts/catalog-events"
import { usd } from "@eshop/domain/kernel/money"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { newDatabase } from "../../../../tests/fixtures/new-database.ts"
import { type CatalogOn, catalogOn, PRICE } from "../testing/catalog.ts"
import { importsTo } from "../testing/imports.ts"
import { productOf, variantOf } from "../testing/products.ts"

let url: string
let shop: CatalogOn
let imports: ReturnType<typeof importsTo>

beforeAll(async () => {
  url = await newDatabase("catalog")
  shop = await catalogOn(url)
  imports = importsTo(shop)
})
afterAll(() => shop?.store.close())

const lineOf = ({ id: _, version: __, updatedAt: ___, status: ____, ...content }: Product) => content
const skuOf = ({ variants: [variant] }: Pick<Product, "variants">) => variant?.sku as string
const bySlug = async (slug: string) => (await imports.send("GET", `products/by-slug/${slug}`)).body
const typesOf = async (id: string) => (await shop.told(id)).map(({ type }) => type)

describe("a product", () => {
  test("comes in as a draft, gets prices and stock, and is published; the same lines again change nothing", async () => {
    const product = lineOf(productOf())
    const sku = skuOf(product)
    const lines = [
      { product },
      { prices: { sku, prices: [PRICE] } },
      { stock: { sku, onHand: 7, safetyStock: 3 } },
      { status: { slug: product.slug, status: "published" } },
    ]
    expect(await imports.take(lines)).toEqual(["created", "changed", "changed", "changed"])
    const shown = (await shop.shopper("GET", `products/by-slug/${product.slug}`)).body
    expect(shown).toMatchObject({ ...product, variants: [{ sku, price: usd(10_00) }], version: 3 })
    expect((await imports.send("GET", `stock/${sku}`)).body.locations).toMatchObject([
      { onHand: 7, safetyStock: 3 },
    ])
    expect((await typesOf(shown.id)).filter((type) => type === ProductCreated.type)).toHaveLength(1)
    expect(await typesOf(sku)).toEqual([])
    const { body } = await imports.send("GET", `audit?subject=product%20${shown.id}`)
    expect(body.items.map(({ action, by }: { action: string; by: object }) => [action, by])).toEqual(
      ["product.updated", "prices.set", "product.created"].map((action) => [
        action,
        { kind: "customer", id: "merchant" },
      ]),
    )
    const before = await imports.traces()
    expect(await imports.take(lines)).toEqual(Array(4).fill("unchanged"))
    expect(await imports.traces()).toEqual(before)
  })

  test("said twice in a file is one; the later line counts", async () => {
    const product = lineOf(productOf())
    const changed = { ...product, brand: "Acme" }
    expect(await imports.take([{ product }, { product }, { product: changed }])).toEqual([
      ...["created", "unchanged", "changed"],
    ])
    expect(await bySlug(product.slug)).toMatchObject({ brand: "Acme", version: 2 })
  })

  test("is named by its id where it moves to another slug, and made under it where there is none", async () => {
    const product = { ...lineOf(productOf()), id: newId() }
    const moved = { ...product, slug: `${product.slug}-moved` }
    expect(await imports.take([{ product }, { product: moved }])).toEqual(["created", "changed"])
    expect(await bySlug(product.slug)).toMatchObject({ id: product.id, slug: moved.slug, version: 2 })
  })

  test("is put into categories by their slugs", async () => {
    const { body: category } = await imports.send(
      "POST",
      "categories",
      { slug: `c-${newId()}`, name: { en: "Phones" }, position: 0 },
      { "idempotency-key": newId() },
    )
    const product = { ...lineOf(productOf()), categories: [category.slug] }
    const lost = { ...lineOf(productOf()), categories: [category.slug, "no-such"] }
    expect(await imports.take([{ product }, { product: lost }])).toEqual(["created", "bulk.category-unknown"])
    expect((await bySlug(product.slug)).categories).toEqual([category.id])
    expect((await imports.send("GET", `products/by-slug/${lost.slug}`)).status).toBe(404)
  })

  test("is discontinued and told so", async () => {
    const product = await shop.add(productOf())
    const status = { slug: product.slug, status: "discontinued" }
    expect(await imports.take([{ status }, { status }])).toEqual(["changed", "unchanged"])
    expect(await typesOf(product.id)).toEqual([ProductDiscontinued.type, ProductChanged.type])
  })
})

test("bad lines come back with their reason, and nothing is left of them; good ones around them are in", async () => {
  const [good, known, other] = [lineOf(productOf()), await shop.add(productOf()), lineOf(productOf())]
  const sku = skuOf(known)
  const before = await imports.traces()
  const lines = [
    "{",
    {},
    { product: other, status: { slug: other.slug, status: "draft" } },
    { product: { ...other, name: {} } },
    { product: { ...other, variants: [variantOf(sku)] } },
    { product: { ...other, id: newId(), slug: known.slug } },
    { prices: { sku: "NO-SUCH", prices: [] } },
    { prices: { sku, prices: [] } },
    { stock: { sku: "NO-SUCH", onHand: 1 } },
    { stock: { sku, location: "no-such", onHand: 1 } },
    { stock: { sku, onHand: 100_000_001 } },
    { status: { slug: "no-such", status: "published" } },
  ]
  expect(await imports.take(lines)).toEqual([
    ...["line.malformed", "line.invalid", "line.invalid", "line.invalid", "sku.taken", "slug.taken"],
    ...["variant.unknown", "price.missing", "variant.unknown", "location.unknown", "line.invalid"],
    "product.unknown",
  ])
  expect(await imports.traces()).toEqual(before)
  const unpriced = { slug: good.slug, status: "published" }
  expect(await imports.take([{ product: good }, lines[4], { status: unpriced }])).toEqual([
    ...["created", "sku.taken", "product.unpriced"],
  ])
  expect((await bySlug(good.slug)).status).toBe("draft")
})

test("less stock than is promised is refused; promises past their end do not count", async () => {
  const product = await shop.add(productOf())
  const sku = skuOf(product)
  const hold = newId()
  const basket = shop.app.as({ kind: "service", id: "basket", roles: ["inventory.hold"] })
  expect((await basket("PUT", `holds/${hold}`, { lines: [{ sku, quantity: 6 }] })).status).toBe(200)
  const line = { stock: { sku, onHand: 5 } }
  expect(await imports.take([line])).toEqual(["stock.below-reserved"])
  await shop.store.pool.query("UPDATE stock_hold SET expires_at = now() WHERE hold_id = $1", [hold])
  expect(await imports.take([line, line])).toEqual(["changed", "unchanged"])
  expect((await imports.send("GET", `stock/${sku}`)).body).toMatchObject({ onHand: 5, reserved: 0 })
})

test("a stock that is low at neither end is not called low on the way", async () => {
  const product = await shop.add(productOf())
  const sku = skuOf(product)
  const states = [
    { sku, onHand: 100, safetyStock: 50 },
    { sku, onHand: 10, safetyStock: 5 },
    { sku, onHand: 100, safetyStock: 50 },
  ]
  expect(await imports.take(states.map((stock) => ({ stock })))).toEqual(Array(3).fill("changed"))
  expect(await typesOf(sku)).toEqual([])
})

test("lines of stock need the role for them, whatever else the sender may", async () => {
  const product = await shop.add(productOf())
  const lines = [
    { stock: { sku: skuOf(product), onHand: 1 } },
    { product: { ...lineOf(product), brand: "New" } },
  ]
  expect(await imports.take(lines, shop.staff)).toEqual(["stock.forbidden", "changed"])
  expect((await imports.send("GET", `stock/${skuOf(product)}`)).body.onHand).toBe(10)
  const refused = await shop.shopper("POST", "imports", { parts: 1 }, { "idempotency-key": newId() })
  expect(refused.status).toBe(401)
})

test("two imports of the same new products at once make each of them once", async () => {
  const products = Array.from({ length: 40 }, () => lineOf(productOf()))
  const ids = [
    await imports.begin(products.map((product) => ({ product }))),
    await imports.begin(products.toReversed().map((product) => ({ product }))),
  ]
  const second = await catalogOn(url)
  try {
    await Promise.all([imports.tick(), second.app.tick("catalog.run-import")])
  } finally {
    await second.store.close()
  }
  const outcomes = (await Promise.all(ids.map(imports.outcomesOf))).flat()
  expect(outcomes.filter((outcome) => outcome === "created")).toHaveLength(40)
  expect(outcomes.filter((outcome) => outcome === "unchanged")).toHaveLength(40)
})
