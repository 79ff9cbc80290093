import { newId } from "@eshop/building-blocks/ids"
import { afterAll, beforeAll, expect, test } from "vitest"
import { codeOf } from "../../../../tests/fixtures/http.ts"
import { newDatabase } from "../../../../tests/fixtures/new-database.ts"
import { PRICE } from "../testing/catalog.ts"
import { productOf, variantOf } from "../testing/products.ts"
import { keeper, type StockOn, stockOn } from "../testing/stock.ts"

let shop: StockOn

beforeAll(async () => {
  shop = await stockOn(await newDatabase("catalog"))
})
afterAll(() => shop?.store.close())

type Item = { sku: string; location: string; available: number; isLow: boolean }
const send = (method: string, path: string, body?: object) => shop.app.as(keeper)(method, path, body)
const list = async (query: string) => (await send("GET", `stock?${query}`)).body
const rows = (items: Item[]) => items.map(({ sku, location, available }) => [sku, location, available])

/** A product whose variants have so many units, under a word that finds them alone. */
async function stocked(...onHand: number[]): Promise<{ word: string; skus: string[]; id: string }> {
  const word = newId().slice(-12)
  const skus = onHand.map((_, index) => `L-${word.toUpperCase()}-${index}`)
  const name = { en: `Product ${word}`, de: `Produkt ${word}` }
  const product = await shop.add(productOf({ name, variants: skus.map((sku) => variantOf(sku)) }), PRICE, 0)
  for (const [index, sku] of skus.entries()) await adjust(sku, onHand[index] as number)
  return { word, skus, id: product.id }
}

const adjust = (sku: string, quantity: number, location = "main") =>
  shop.app.as(keeper)(
    "POST",
    `stock/${sku}/adjustments`,
    { type: "set", quantity, location, reason: "stock.counted" },
    { "idempotency-key": newId() },
  )

test("what is short of its safety stock comes first, with all that is to be known of it", async () => {
  const { word, skus, id } = await stocked(5, 20, 0)
  const [few, many, none] = skus as [string, string, string]
  await send("PUT", `stock/${many}/safety-stock`, { safetyStock: 40 })
  await shop.reserve(newId(), [{ sku: few, quantity: 2 }])
  const { items, nextCursor } = await list(`q=${word}&language=de`)
  const of = { productId: id, name: `Produkt ${word}`, location: "main", backorder: false }
  expect([items, nextCursor]).toEqual([
    [
      { ...of, sku: many, options: { model: many }, isLow: true, ...levelOf(20, 0, 40) },
      { ...of, sku: none, options: { model: none }, isLow: true, ...levelOf(0, 0, 0) },
      { ...of, sku: few, options: { model: few }, isLow: false, ...levelOf(5, 2, 0) },
    ],
    null,
  ])
  expect((await list(`q=${word}&low=true`)).items.map(({ sku }: Item) => sku)).toEqual([many, none])
  expect((await list(`q=${few.toLowerCase()}`)).items.map(({ sku }: Item) => sku)).toEqual([few])
})

const levelOf = (onHand: number, reserved: number, safetyStock: number) => ({
  ...{ onHand, reserved, safetyStock },
  available: onHand - reserved,
})

test("each location is a line, and the pages have each once", async () => {
  const location = `l-${newId().slice(-12)}`
  await send("PUT", `stock-locations/${location}`, { priority: 9 })
  const { word, skus } = await stocked(1, 1, 1)
  for (const sku of skus) await adjust(sku, 2, location)
  const found: Item[] = []
  for (let cursor: string | null = ""; cursor !== null; ) {
    const page = await list(`q=${word}&limit=2${cursor && `&cursor=${cursor}`}`)
    found.push(...page.items)
    cursor = page.nextCursor
  }
  expect(rows(found)).toEqual([
    ...skus.map((sku) => [sku, "main", 1]),
    ...skus.map((sku) => [sku, location, 2]),
  ])
  expect(rows((await list(`location=${location}`)).items)).toEqual(skus.map((sku) => [sku, location, 2]))
})

test("what is sold no more is listed as long as some of it lies there, and only the role sees any", async () => {
  const { word, skus, id } = await stocked(1, 0)
  await shop.staff("DELETE", `products/${id}`)
  expect(rows((await list(`q=${word}`)).items)).toEqual([[skus[0], "main", 1]])
  const refused = await shop.staff("GET", "stock")
  expect([refused.status, codeOf(refused)]).toEqual([403, "auth.forbidden"])
})
