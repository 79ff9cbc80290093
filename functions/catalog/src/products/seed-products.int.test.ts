import type { CommandCall } from "@eshop/building-blocks/app/call"
import { newId } from "@eshop/building-blocks/ids"
import { ProductChanged } from "@eshop/domain/contracts/catalog-events"
import { requestOf } from "@eshop/domain/contracts/route"
import { getVariant } from "@eshop/domain/contracts/variants"
import { seedCatalogue as seed } from "@eshop/domain/seed/catalogue"
import { seedCategoryId, seedCategoryPath } from "@eshop/domain/seed/categories"
import { seedPriceOf } from "@eshop/domain/seed/seed-product"
import { afterAll, beforeAll, expect, test } from "vitest"
import { atOnce } from "../../../../tests/fixtures/calls.ts"
import { newDatabase } from "../../../../tests/fixtures/new-database.ts"
import { type CatalogOn, catalogOn } from "../testing/catalog.ts"
import { productOf } from "../testing/products.ts"
import { seedProducts } from "./seed-products.ts"

let shop: CatalogOn

beforeAll(async () => {
  shop = await catalogOn(await newDatabase("catalog"))
})
afterAll(() => shop?.store.close())

test("seeding twice, or twice at once, adds each product, its stock and its event once", async () => {
  const call: Partial<CommandCall> = {
    now: new Date(),
    caller: { kind: "system", id: "seed" },
    newId,
    transact: (work) => shop.store.unitOfWork.transaction(work),
  }
  const run = () =>
    seedProducts.handle(shop.ports)({} as never, call as CommandCall) as Promise<{ added: number }>
  const answers = [...(await atOnce(4, run)), await run()]
  expect(answers.reduce((sum, { added }) => sum + added, 0)).toBe(161)
  expect(answers.at(-1)).toEqual({ added: 0 })
  const { rows } = await shop.store.pool.query(
    "SELECT event FROM outbox WHERE event->>'type' = $1 ORDER BY event->>'subject'",
    [ProductChanged.type],
  )
  expect(rows.map(({ event }) => [event.type, ProductChanged.data.parse(event.data).productId])).toEqual(
    seed.map(({ id }) => [ProductChanged.type, id]).sort(([, a = ""], [, b = ""]) => (a < b ? -1 : 1)),
  )
  const variants = seed.flatMap((product) =>
    product.variants.map(({ sku }) => ({ sku, price: seedPriceOf(product, sku) })),
  )
  expect(await shop.ports.prices.of(variants.map(({ sku }) => sku))).toEqual(
    new Map(variants.map(({ sku, price }) => [sku, [price]])),
  )
  for (const { sku } of variants)
    expect(await shop.ports.stock.find(sku, new Date())).toMatchObject([
      { sku, location: "main", onHand: 1_000, reserved: 0 },
    ])
})

test("products that want each other's name are not added, and neither is any beside them", async () => {
  const { unitOfWork, pool } = shop.store
  const [one, other] = [productOf(), productOf()]
  const count = async () => (await pool.query("SELECT count(*)::int AS count FROM product")).rows[0].count
  const before = await count()
  const add = (slug: string) =>
    unitOfWork.transaction((tx) => shop.ports.products.addMissing(tx, [one, { ...other, slug }], 0))
  await expect(add(one.slug)).rejects.toThrow(`others have ${one.slug}`)
  await expect(add("iphone-x")).rejects.toThrow("others have iphone-x")
  expect(await count()).toBe(before)
})

test("a variant is answered as its contract says", async () => {
  const { example, answer } = getVariant
  const { method, path } = requestOf(getVariant, example.input)
  const { status, headers, body } = await shop.shopper(method, path)
  expect([status, headers.get("etag")]).toEqual([200, '"1"'])
  const { price: unitPrice } = example.answer
  const prices = [{ unitPrice, minQuantity: 1, taxCategory: "standard", includesTax: true }]
  expect(answer.parse(body)).toEqual({
    ...example.answer,
    ...{ version: 1, prices, quantity: { min: 1, step: 1 }, backorder: false, slug: "iphone-x" },
    ...{
      image: "/catalog/images/iphone-x-black.svg",
      categories: seedCategoryPath([seedCategoryId("smartphones")]),
    },
  })
})
