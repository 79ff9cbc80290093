import type { Product } from "@eshop/domain/catalog/product"
import type { Price } from "@eshop/domain/contracts/prices"
import { usd } from "@eshop/domain/kernel/money"
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest"
import { newDatabase } from "../../../../tests/fixtures/new-database.ts"
import { type CatalogOn, catalogOn, PRICE } from "../testing/catalog.ts"
import { productOf } from "../testing/products.ts"

let catalog: CatalogOn

beforeAll(async () => {
  catalog = await catalogOn(await newDatabase("catalog"))
})
afterAll(() => catalog?.store.close())

let product: Product
let sku: string
beforeEach(async () => {
  product = await catalog.add(productOf())
  sku = product.variants[0]?.sku as string
})

const FAR = "2190-01-01T00:00:00.000Z"
const price = (amount: number, more: Partial<Price> = {}): Price => ({
  ...PRICE,
  unitPrice: usd(amount),
  ...more,
})
const put = (...prices: Price[]) => catalog.staff("PUT", `variants/${sku}/prices`, { prices })
const shown = async (send = catalog.shopper) => (await send("GET", `products/${product.id}`)).body.variants[0]

test("the lowest price of the 30 days before is shown while a reduction is announced, by id and by address", async () => {
  expect(await shown()).toMatchObject({ price: usd(10_00) })
  expect(await shown()).not.toHaveProperty("lowestPrice30Days")
  await put(PRICE, price(8_00, { validUntil: FAR }))
  expect(await shown()).toMatchObject({ price: usd(8_00), lowestPrice30Days: usd(10_00) })
  const bySlug = await catalog.shopper("GET", `products/by-slug/${product.slug}`)
  expect(bySlug.body.variants[0]).toMatchObject({ price: usd(8_00), lowestPrice30Days: usd(10_00) })
  // Further down: what was paid a moment ago counts.
  await put(PRICE, price(8_00, { validUntil: FAR }), price(7_00, { validUntil: "2180-01-01T00:00:00.000Z" }))
  expect(await shown()).toMatchObject({ price: usd(7_00), lowestPrice30Days: usd(8_00) })
  // Extended: the reduction has not begun anew.
  await put(PRICE, price(7_00, { validUntil: "2170-01-01T00:00:00.000Z" }))
  expect(await shown()).toMatchObject({ price: usd(7_00), lowestPrice30Days: usd(8_00) })
  await put(PRICE)
  expect(await shown()).not.toHaveProperty("lowestPrice30Days")
})

test("who sets prices sees what will be announced when, with the lowest price beside it", async () => {
  const [from, until] = ["2180-01-01T00:00:00.000Z", "2180-02-01T00:00:00.000Z"]
  const reductions = async () => (await catalog.staff("GET", `variants/${sku}/prices`)).body.reductions
  expect(await reductions()).toEqual([])
  await put(PRICE, price(8_00, { validFrom: from, validUntil: until }))
  expect(await reductions()).toEqual([{ from, until, lowestPrice30Days: usd(10_00) }])
  await put(PRICE)
  expect(await reductions()).toEqual([])
})

test("a reduction that is to come is not shown as one, and one for a group is none", async () => {
  await put(
    PRICE,
    price(8_00, { validFrom: "2180-01-01T00:00:00.000Z" }),
    price(5_00, { customerGroup: "trade" }),
  )
  expect(await shown()).toMatchObject({ price: usd(10_00) })
  expect(await shown()).not.toHaveProperty("lowestPrice30Days")
})

test("prices of a group are shown to its customers alone, and a shared cache keeps nobody's", async () => {
  const ofTrade = price(7_00, { customerGroup: "trade" })
  const ofPress = price(6_00, { customerGroup: "press" })
  await put(PRICE, ofTrade, ofPress)
  const customer = (customerGroups?: string[]) =>
    catalog.app.as({ kind: "customer", id: "c", roles: [], ...(customerGroups && { customerGroups }) })
  expect((await shown()).prices).toEqual([PRICE])
  expect((await shown(customer())).prices).toEqual([PRICE])
  expect((await shown(customer(["trade"]))).prices).toEqual([PRICE, ofTrade])
  expect((await shown(customer(["trade", "press"]))).prices).toEqual([PRICE, ofPress, ofTrade])
  // By SKU as well; the shop's own services need all of them.
  const bySku = async (send = catalog.shopper) => (await send("GET", `variants/${sku}`)).body.prices
  expect(await bySku()).toEqual([PRICE])
  expect(await bySku(customer(["trade"]))).toEqual([PRICE, ofTrade])
  expect(await bySku(catalog.app.as({ kind: "service", id: "basket", roles: [] }))).toEqual([
    PRICE,
    ofPress,
    ofTrade,
  ])
  // What one unit costs everybody is the same for all of them.
  expect((await shown(customer(["trade"]))).price).toEqual(usd(10_00))

  const path = `products/${product.id}`
  const { headers } = await catalog.shopper("GET", path)
  expect([headers.get("vary"), headers.get("cache-control")]).toEqual(["authorization", "no-cache"])
  const signedIn = await customer(["trade"])("GET", path, undefined, { authorization: "Bearer a.b.c" })
  expect([signedIn.headers.get("vary"), signedIn.headers.get("cache-control")]).toEqual([
    "authorization",
    "private, no-cache",
  ])
})
