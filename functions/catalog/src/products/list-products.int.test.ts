import { newId } from "@eshop/building-blocks/ids"
import type { ProductCard } from "@eshop/domain/catalog/card"
import { Product, ProductStatus } from "@eshop/domain/catalog/product"
import { usd } from "@eshop/domain/kernel/money"
import { afterAll, beforeAll, expect, test } from "vitest"
import { codeOf } from "../../../../tests/fixtures/http.ts"
import { newDatabase } from "../../../../tests/fixtures/new-database.ts"
import { type CatalogOn, catalogOn, PRICE } from "../testing/catalog.ts"
import { productOf, variantOf } from "../testing/products.ts"
import { keeper } from "../testing/stock.ts"

let shop: CatalogOn

beforeAll(async () => {
  shop = await catalogOn(await newDatabase("catalog"))
})
afterAll(() => shop?.store.close())

async function newCategory(parentId?: string): Promise<string> {
  const slug = `category-${newId()}`
  const content = { slug, name: { en: slug }, ...(parentId && { parentId }) }
  const { body } = await shop.staff("POST", "categories", content, { "idempotency-key": newId() })
  return body.id
}

/** Every page of a list. */
async function allOf(path: string, limit: number, send = shop.shopper): Promise<ProductCard[]> {
  const items: ProductCard[] = []
  for (let cursor: string | null = ""; cursor !== null; ) {
    const { status, body } = await send("GET", `${path}&limit=${limit}${cursor && `&cursor=${cursor}`}`)
    expect(status).toBe(200)
    items.push(...body.items)
    cursor = body.nextCursor
  }
  return items
}

test("the shop lists what is published, staff what it asks for", async () => {
  const category = await newCategory()
  for (const status of ProductStatus.options)
    await shop.add(productOf({ status, categories: [category], name: { en: status } }))
  const listed = async (send: typeof shop.staff, status: string) => {
    const { body } = await send("GET", `products?category=${category}${status && `&status=${status}`}`)
    return [body.items?.map((item: ProductCard) => item.status), body.total]
  }
  expect(await listed(shop.shopper, "")).toEqual([["published"], 1])
  expect(await listed(shop.shopper, "published")).toEqual([["published"], 1])
  expect(await listed(shop.staff, "")).toEqual([["published"], 1])
  expect(await listed(shop.staff, "draft")).toEqual([["draft"], 1])
  expect(await listed(shop.staff, "any")).toEqual([["discontinued", "draft", "published"], 3])
  for (const query of ["status=draft", "status=discontinued", "status=any", "q=phone", "sort=updated"]) {
    const reply = await shop.shopper("GET", `products?${query}`)
    expect([reply.status, codeOf(reply)]).toEqual([403, "products.hidden"])
  }
})

test("what is featured can be asked for alone, page by page; a patch of something else leaves it so", async () => {
  const category = await newCategory()
  const names = ["A", "B", "C"]
  for (const en of names)
    await shop.add(productOf({ categories: [category], featured: en !== "B", name: { en } }))
  const draft = productOf({ status: "draft", featured: true, categories: [category], name: { en: "D" } })
  await shop.add(draft)
  const named = async (featured: boolean) =>
    (await allOf(`products?category=${category}&featured=${featured}`, 1)).map(({ name }) => name)
  expect([await named(true), await named(false)]).toEqual([["A", "C"], ["B"]])
  const { body } = await shop.shopper("GET", "products?featured=true")
  expect(body.total).toBe(2)

  const patch = (change: object) =>
    shop.staff("PATCH", `products/${draft.id}`, change, { "content-type": "application/merge-patch+json" })
  expect((await patch({ brand: "Acme" })).body.featured).toBe(true)
  expect((await patch({ featured: false })).body.featured).toBe(false)
  expect((await patch({ featured: null })).status).toBe(400)
})

test("a card is in one language, at the lowest price, and says whether a variant can be had", async () => {
  const [category, sku] = [await newCategory(), newId().toUpperCase()]
  const alt = { en: "A phone", de: "Ein Telefon" }
  const product = await shop.add(
    productOf({
      name: { en: "Phone", de: "Telefon" },
      brand: "Acme",
      categories: [category],
      images: [{ url: "/catalog/images/phone.svg", width: 600, height: 400, alt }],
      variants: [variantOf(`A-${sku}`), variantOf(`B-${sku}`)],
    }),
    PRICE,
    0,
  )
  const prices = [{ ...PRICE, unitPrice: usd(7_00) }]
  await shop.staff("PUT", `variants/B-${sku}/prices`, { prices })
  const card = async (language: string) =>
    (await shop.shopper("GET", `products?category=${category}${language && `&language=${language}`}`)).body
      .items[0]
  const image = { url: "/catalog/images/phone.svg", width: 600, height: 400 }
  const expected = {
    ...{ id: product.id, slug: product.slug, brand: "Acme", categories: [category], status: "published" },
    ...{ price: usd(7_00), inStock: false },
  }
  expect(await card("")).toEqual({ ...expected, name: "Phone", image: { ...image, alt: "A phone" } })
  expect(await card("de-AT")).toEqual({
    ...expected,
    name: "Telefon",
    image: { ...image, alt: "Ein Telefon" },
  })
  expect((await card("fr")).name).toBe("Phone")
  const found = { type: "set", quantity: 1, reason: "stock.counted" }
  const { status } = await shop.app.as(keeper)("POST", `stock/A-${sku}/adjustments`, found, {
    "idempotency-key": newId(),
  })
  expect(status).toBe(200)
  expect((await card("")).inStock).toBe(true)
})

test("a category has what is in it and in all that lie under it, each once", async () => {
  const top = await newCategory()
  const [left, right] = [await newCategory(top), await newCategory(top)]
  const leaf = await newCategory(left)
  const inLeaf = await shop.add(productOf({ categories: [leaf] }))
  const inBoth = await shop.add(productOf({ categories: [right, leaf] }))
  const inTop = await shop.add(productOf({ categories: [top] }))
  const idsIn = async (category: string) =>
    (await allOf(`products?category=${category}`, 2)).map(({ id }) => id).sort()
  const ids = (...products: Product[]) => products.map(({ id }) => id).sort()
  expect(await idsIn(top)).toEqual(ids(inLeaf, inBoth, inTop))
  expect(await idsIn(left)).toEqual(ids(inLeaf, inBoth))
  expect(await idsIn(right)).toEqual(ids(inBoth))
  expect(await idsIn(leaf)).toEqual(ids(inLeaf, inBoth))
})

test("defect 12: pages are bounded, in one order, complete, and counted, also where names are equal", async () => {
  const category = await newCategory()
  const products = Array.from({ length: 25 }, (_, index) =>
    productOf({
      categories: [category],
      name: { en: ["Same", "same", "Äpfel", "apples"][index % 4] as string },
    }),
  )
  for (const product of products) await shop.add(product)
  const whole = await allOf(`products?category=${category}`, 100)
  expect(whole.map(({ id }) => id).sort()).toEqual(products.map(({ id }) => id).sort())
  for (const limit of [1, 3, 7, 25])
    expect((await allOf(`products?category=${category}`, limit)).map(({ id }) => id)).toEqual(
      whole.map(({ id }) => id),
    )
  const { body } = await shop.shopper("GET", `products?category=${category}&limit=1`)
  expect(body.total).toBe(25)
  expect((await shop.shopper("GET", "products?limit=1000")).status).toBe(400)
})

test("a total beyond a thousand is there as well", async () => {
  const category = await newCategory()
  const products = Array.from({ length: 1_002 }, () => productOf({ categories: [category] }))
  await shop.store.unitOfWork.transaction((tx) => shop.ports.products.addMissing(tx, products, 0))
  const total = async () => (await shop.shopper("GET", `products?category=${category}&limit=1`)).body.total
  expect(await total()).toBe(1_002)
  await shop.staff("DELETE", `products/${products[0]?.id}`)
  await shop.staff("DELETE", `products/${products[1]?.id}`)
  expect(await total()).toBe(1_000)
})

test("the longest names fit the cursor that the list gives out", async () => {
  const category = await newCategory()
  const names = ['"'.repeat(200), "€".repeat(200), "\u0130".repeat(200), "\u{1F4F1}".repeat(100)]
  const products = names.map((name) => productOf({ name: { en: name }, categories: [category] }))
  for (const product of products) {
    expect(Product.parse(product)).toEqual(product)
    await shop.add(product)
  }
  expect((await allOf(`products?category=${category}`, 1)).map(({ name }) => name).sort()).toEqual(
    names.sort(),
  )
  await expect(shop.add(productOf({ name: { en: "x".repeat(401) } }))).rejects.toMatchObject({
    code: "23514",
  })
})

test("staff find a product by part of its name, its slug or its brand, and by how a SKU begins", async () => {
  const word = newId().slice(-12)
  const sku = `Q-${word.toUpperCase()}-1`
  const product = await shop.add(
    productOf({
      ...{ slug: `slug-${word}`, name: { en: `A 100%_${word} Name` }, brand: `Brand ${word}` },
      variants: [variantOf(sku)],
    }),
  )
  const found = async (q: string) => {
    const { body } = await shop.staff("GET", `products?status=any&q=${encodeURIComponent(q)}`)
    return [body.items.map(({ id }: ProductCard) => id), body.total]
  }
  const texts = [`%_${word} n`, `slug-${word}`, `BRAND ${word}`, sku.slice(0, 10).toLowerCase()]
  for (const text of texts) expect(await found(text)).toEqual([[product.id], 1])
  for (const text of [`_%${word}`, `${word}-1`, `\\${word}`]) expect(await found(text)).toEqual([[], 0])
})

test("what changed last is first where that is asked for, page by page, each once", async () => {
  const category = await newCategory()
  const products = []
  for (let index = 0; index < 5; index++)
    products.push(await shop.add(productOf({ categories: [category], name: { en: `Name ${index}` } })))
  for (const index of [3, 0, 4])
    await shop.staff("PATCH", `products/${products[index]?.id}`, { brand: "Changed" })
  const path = `products?category=${category}&sort=updated`
  const whole = await allOf(path, 100, shop.staff)
  expect(whole.slice(0, 3).map(({ name }) => name)).toEqual(["Name 4", "Name 0", "Name 3"])
  for (const limit of [1, 2])
    expect((await allOf(path, limit, shop.staff)).map(({ id }) => id)).toEqual(whole.map(({ id }) => id))
  const { body } = await shop.staff("GET", `${path}&limit=1`)
  const other = await shop.staff("GET", `products?category=${category}&cursor=${body.nextCursor}`)
  expect([other.status, codeOf(other)]).toEqual([400, "request.invalid"])
})
