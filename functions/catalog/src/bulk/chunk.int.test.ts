import { newId } from "@eshop/building-blocks/ids"
import type { Product } from "@eshop/domain/catalog/product"
import { ProductChanged, ProductCreated } from "@eshop/domain/contracts/catalog-events"
import { usd } from "@eshop/domain/kernel/money"
import { afterAll, beforeAll, expect, test } from "vitest"
import { newDatabase } from "../../../../tests/fixtures/new-database.ts"
import { type CatalogOn, catalogOn, PRICE } from "../testing/catalog.ts"
import { importsTo } from "../testing/imports.ts"
import { productOf, variantOf } from "../testing/products.ts"

let shop: CatalogOn
let imports: ReturnType<typeof importsTo>

beforeAll(async () => {
  shop = await catalogOn(await newDatabase("catalog"))
  imports = importsTo(shop)
})
afterAll(() => shop?.store.close())

const lineOf = ({ id: _, version: __, updatedAt: ___, status: ____, ...content }: Product) => content
const at = (cents: number) => [{ ...PRICE, unitPrice: usd(cents) }]
const one = async <Row>(text: string, values: unknown[] = []) =>
  (await shop.store.pool.query<Row & object>(text, values)).rows

test("lines for one product are told once, as it is in the end; the search hears of it by its follow-up", async () => {
  const product = lineOf(productOf())
  const sku = product.variants[0]?.sku as string
  const lines = [
    { product },
    { prices: { sku, prices: at(20_00) } },
    { prices: { sku, prices: at(10_00) } },
    { stock: { sku, onHand: 7 } },
    { stock: { sku, onHand: 3 } },
    { status: { slug: product.slug, status: "published" } },
  ]
  expect(await imports.take(lines)).toEqual(["created", ...Array(5).fill("changed")])
  const { body } = await imports.send("GET", `products/by-slug/${product.slug}`)
  expect(body).toMatchObject({ version: 4, status: "published", variants: [{ price: usd(10_00) }] })
  const told = await shop.told(body.id)
  expect(told.map(({ type }) => type)).toEqual([ProductCreated.type, ProductChanged.type])
  expect(told[1]?.data).toMatchObject({ version: 4, variants: [{ sku, price: usd(10_00) }] })
  expect((await imports.send("GET", `stock/${sku}`)).body).toMatchObject({ onHand: 3 })
  expect((await imports.send("GET", `variants/${sku}/prices/history`)).body.items).toHaveLength(2)
  const found = async () => (await shop.shopper("GET", `search?q=${product.slug.slice(8)}`)).body.total
  expect(await found()).toBe(0)
  await shop.app.tick("catalog.refresh-search")
  expect(await found()).toBe(1)
})

test("a variant that comes and goes among the lines keeps its SKU, its price and its stock", async () => {
  const [kept, gone] = [`K-${newId().toUpperCase()}`, `G-${newId().toUpperCase()}`]
  const both = { ...lineOf(productOf()), variants: [variantOf(kept), variantOf(gone)] }
  const without = { ...both, variants: [variantOf(kept)] }
  const thief = { ...lineOf(productOf()), variants: [variantOf(gone)] }
  const lines = [
    { product: both },
    { prices: { sku: gone, prices: at(5_00) } },
    { stock: { sku: gone, onHand: 9 } },
    { product: without },
    { prices: { sku: gone, prices: at(6_00) } },
    { product: thief },
  ]
  expect(await imports.take(lines)).toEqual([
    ...["created", "changed", "changed", "changed", "variant.unknown", "sku.taken"],
  ])
  expect(
    await one("SELECT sku, place FROM variant WHERE sku = ANY ($1) ORDER BY sku", [[kept, gone]]),
  ).toEqual([
    { sku: gone, place: null },
    { sku: kept, place: 0 },
  ])
  expect(await imports.take([{ product: both }])).toEqual(["changed"])
  const { body } = await imports.send("GET", `products/by-slug/${both.slug}`)
  expect(body.variants).toMatchObject([{ sku: kept }, { sku: gone, price: usd(5_00) }])
  expect((await imports.send("GET", `stock/${gone}`)).body).toMatchObject({ onHand: 9 })
})

test("a product that is renamed twice among the lines is found by each of its names", async () => {
  const product = { ...lineOf(productOf()), id: newId() }
  const slugs = [product.slug, `${product.slug}-b`, `${product.slug}-c`]
  const lines = slugs.map((slug) => ({ product: { ...product, slug } }))
  const thief = { ...lineOf(productOf()), id: newId(), slug: slugs[1] }
  expect(await imports.take([...lines, { product: thief }])).toEqual([
    ...["created", "changed", "changed", "slug.taken"],
  ])
  for (const slug of slugs)
    expect((await imports.send("GET", `products/by-slug/${slug}`)).body).toMatchObject({
      ...{ id: product.id, slug: slugs[2], version: 3 },
    })
})

test("a slug that somebody else takes while the lines are written is theirs; the other lines are in", async () => {
  const [product, other] = [lineOf(productOf()), lineOf(productOf())]
  const theirs = productOf({ slug: product.slug })
  const id = await imports.begin([{ product: other }, { product: { ...product, id: newId() } }])
  const waiting = async () =>
    (await one("SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'")).length
  let run: Promise<unknown> | undefined
  await shop.store.unitOfWork.transaction(async (tx) => {
    await shop.ports.products.addMissing(tx, [theirs], 0)
    run = imports.tick()
    await expect.poll(waiting, { timeout: 4_000 }).toBe(1)
  })
  await run
  expect(await imports.outcomesOf(id)).toEqual(["created", "slug.taken"])
  expect((await imports.send("GET", `products/by-slug/${product.slug}`)).body).toMatchObject({
    id: theirs.id,
  })
})
