import type { Call } from "@eshop/building-blocks/app/call"
import { newId } from "@eshop/building-blocks/ids"
import { afterChange, decidePrices, type PriceChange } from "@eshop/domain/catalog/price"
import type { Product } from "@eshop/domain/catalog/product"
import { PriceChanged, ProductChanged } from "@eshop/domain/contracts/catalog-events"
import type { Price } from "@eshop/domain/contracts/prices"
import { usd } from "@eshop/domain/kernel/money"
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest"
import { newDatabase } from "../../../../tests/fixtures/new-database.ts"
import { type CatalogOn, catalogOn, PRICE } from "../testing/catalog.ts"
import { productOf } from "../testing/products.ts"
import { announcePrices } from "./announce-prices.ts"
import { applyPriceChanges } from "./apply-price-changes.ts"

let catalog: CatalogOn
/** Another process of Catalog on the same database. */
let second: CatalogOn

beforeAll(async () => {
  const url = await newDatabase("catalog")
  catalog = await catalogOn(url)
  second = await catalogOn(url)
})
afterAll(async () => {
  await catalog?.store.close()
  await second?.store.close()
})

const START = Date.parse("2026-03-01T00:00:00.000Z")
const after = (ms: number) => new Date(START + ms)
const price = (amount: number, more: Partial<Price> = {}): Price => ({
  ...PRICE,
  unitPrice: usd(amount),
  ...more,
})
const during = (from: number, until: number) => ({
  validFrom: after(from).toISOString(),
  validUntil: after(until).toISOString(),
})

type Applied = { readonly changed: number; readonly againInMs?: number }

/** Runs in a process as if it were then. */
async function apply(now: Date, { store, ports }: CatalogOn = catalog): Promise<Applied> {
  const call: Partial<Call> = {
    ...{ now, newId, caller: { kind: "system", id: applyPriceChanges.name } },
    transact: (work) => store.unitOfWork.transaction(work),
  }
  return (await applyPriceChanges.handle(ports)({} as never, call as never)) as Applied
}

/** @returns of how many products it changed a price */
const tick = async (now: Date, on = catalog): Promise<number> => (await apply(now, on)).changed

/** Sets prices as if it were then. */
async function set(sku: string, wanted: readonly Price[], now: Date): Promise<void> {
  const { store, ports } = catalog
  await store.unitOfWork.transaction(async (tx) => {
    const rows = (await ports.prices.recent([sku], tx)).get(sku) ?? []
    const standing = rows.filter(({ supersededAt }) => !supersededAt)
    const change = decidePrices(standing, wanted, { sku, onSale: true, now, newId }) as PriceChange
    await ports.prices.change(tx, change)
    await announcePrices(ports, tx, new Map([[sku, afterChange(rows, change)]]), change.at)
  })
}

const skuOf = (product: Product) => product.variants[0]?.sku as string
let product: Product
beforeEach(async () => {
  await catalog.store.pool.query("TRUNCATE announced_price")
  product = await catalog.add(productOf())
})
const changesOf = async (of = product) =>
  (await catalog.told(of.id))
    .filter(({ type }) => type === PriceChanged.type)
    .map(({ data }) => [data.from, data.to])

test("a price that begins and ends is told at its instants, not a millisecond before, and once", async () => {
  await set(skuOf(product), [PRICE, price(8_00, during(1_000, 2_000))], after(0))
  const ticks = [999, 1_000, 1_001, 1_999, 2_000, 2_001, 9_000_000]
  const changed: number[] = []
  for (const ms of ticks) changed.push(await tick(after(ms)))
  expect(changed).toEqual([0, 1, 0, 0, 1, 0, 0])
  const told = await catalog.told(product.id)
  expect(told.map(({ type, data }) => [type, data.version, data.from, data.to])).toEqual([
    [PriceChanged.type, undefined, usd(10_00), usd(8_00)],
    [ProductChanged.type, 2, undefined, undefined],
    [PriceChanged.type, undefined, usd(8_00), usd(10_00)],
    [ProductChanged.type, 3, undefined, undefined],
  ])
  expect(told[1]?.data.variants).toMatchObject([{ price: usd(8_00) }])
  expect(told[3]?.data.variants).toMatchObject([{ price: usd(10_00) }])
  const { rows } = await catalog.store.pool.query(
    "SELECT action, caller_kind, caller FROM audit WHERE subject = $1 ORDER BY position",
    [`product ${product.id}`],
  )
  const byTimer = { action: "prices.changed", caller_kind: "system", caller: "catalog.apply-price-changes" }
  expect(rows).toEqual([byTimer, byTimer])
})

test("a run says when the next price begins or ends, so that it runs again at that instant", async () => {
  await set(skuOf(product), [PRICE, price(8_00, during(1_000, 2_500))], after(0))
  const answers: Applied[] = []
  for (const ms of [0, 999, 1_000, 2_500]) answers.push(await apply(after(ms)))
  expect(answers).toEqual([
    { changed: 0, againInMs: 1_000 },
    { changed: 0, againInMs: 1 },
    { changed: 1, againInMs: 1_500 },
    { changed: 1 },
  ])
})

test("after an outage what is true by then is told, and a sale that came and went is not", async () => {
  const gone = await catalog.add(productOf())
  await set(
    skuOf(product),
    [PRICE, price(8_00, during(1_000, 9_000)), price(6_00, during(2_000, 8_000))],
    after(0),
  )
  await set(skuOf(gone), [PRICE, price(8_00, during(1_000, 2_000))], after(0))
  expect(await tick(after(5_000))).toBe(1)
  expect(await changesOf()).toEqual([[usd(10_00), usd(6_00)]])
  expect(await changesOf(gone)).toEqual([])
  expect(await tick(after(60_000))).toBe(1)
  expect(await changesOf()).toEqual([
    [usd(10_00), usd(6_00)],
    [usd(6_00), usd(10_00)],
  ])
})

test("two processes, ten runs each at once: each change of 30 products is told once", async () => {
  const products = await Promise.all(Array.from({ length: 30 }, () => catalog.add(productOf())))
  for (const one of products) await set(skuOf(one), [PRICE, price(8_00, during(1_000, 2_000))], after(0))
  for (const [ms, from, to] of [
    [1_000, 10_00, 8_00],
    [2_000, 8_00, 10_00],
  ] as const) {
    const runs = Array.from({ length: 20 }, (_, index) => tick(after(ms), index % 2 === 0 ? catalog : second))
    const changed = await Promise.all(runs)
    expect(changed.reduce((sum, count) => sum + count)).toBe(30)
    for (const one of products) expect((await changesOf(one)).at(-1)).toEqual([usd(from), usd(to)])
  }
  for (const one of products) expect(await changesOf(one)).toHaveLength(2)
})

test("a process whose clock is behind does not go back to what was", async () => {
  await set(skuOf(product), [PRICE, price(8_00, during(1_000, 300_000))], after(0))
  expect(await tick(after(1_000))).toBe(1)
  await set(skuOf(product), [PRICE, price(8_00, during(1_000, 400_000))], after(-5_000))
  expect(await tick(after(-5_000), second)).toBe(0)
  expect(await changesOf()).toEqual([[usd(10_00), usd(8_00)]])
})

test("more products than one batch are all told of in one run", async () => {
  for (let count = 0; count < 205; count++) {
    const one = await catalog.add(productOf())
    await set(skuOf(one), [PRICE, price(8_00, during(1_000, 2_000))], after(0))
  }
  expect(await tick(after(1_500))).toBe(205)
  expect(await tick(after(1_500))).toBe(0)
})

test("a product that cannot be written is not in the way of the others", async () => {
  const other = await catalog.add(productOf())
  for (const one of [product, other])
    await set(skuOf(one), [PRICE, price(8_00, during(1_000, 2_000))], after(0))
  const { ports } = catalog
  const broken = {
    ...catalog,
    ports: {
      ...ports,
      products: {
        ...ports.products,
        lock: async (...args: Parameters<typeof ports.products.lock>) => {
          if (args[1] === product.id) throw new Error("cannot be read")
          return ports.products.lock(...args)
        },
      },
    },
  }
  await expect(tick(after(1_000), broken)).rejects.toThrow("cannot be read")
  expect([await changesOf(), await changesOf(other)]).toEqual([[], [[usd(10_00), usd(8_00)]]])
  expect(await tick(after(1_001))).toBe(1)
  expect(await changesOf()).toEqual([[usd(10_00), usd(8_00)]])
})

test("a draft's prices are told to nobody, and wait for nothing", async () => {
  const draft = await catalog.add(productOf({ status: "draft" }))
  await set(skuOf(draft), [PRICE, price(8_00, during(1_000, 2_000))], after(0))
  expect([await tick(after(1_000)), await tick(after(2_000))]).toEqual([0, 0])
  expect(await catalog.told(draft.id)).toEqual([])
  const { rows } = await catalog.store.pool.query(
    "SELECT amount, changes_at FROM announced_price WHERE sku = $1",
    [skuOf(draft)],
  )
  expect(rows).toEqual([{ amount: 10_00, changes_at: null }])
})
