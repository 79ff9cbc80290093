import type { Call } from "@eshop/building-blocks/app/call"
import { cursorOf } from "@eshop/building-blocks/http/cursor"
import { wholeNumber } from "@eshop/building-blocks/http/query"
import type { ProductStatus } from "@eshop/domain/catalog/product"
import type { PricedProduct } from "@eshop/domain/catalog/snapshot"
import type { StockLevel } from "@eshop/domain/catalog/stock"
import { ProductId } from "@eshop/domain/kernel/ids"
import type { Stock } from "../stock/ports.ts"
import type { BulkProducts } from "./ports.ts"

/** So many products are read, and held in memory, at once. */
const BATCH = 100
/** A page ends after the batch with which it has become this long, however few products it has. */
const PAGE_CHARACTERS = 4_000_000

export const bulkPageSize = wholeNumber({ min: 1, max: 1_000 })
  .default(100)
  .describe("Products of a page; it has fewer where they are long")

export const productCursor = cursorOf("products-by-id", ProductId)

type Page = { readonly after?: string | undefined; readonly limit: number; readonly status?: ProductStatus }

/**
 * A page of products by id, as lines. A product that stays is on one page whatever changes meanwhile; one that is added
 * meanwhile comes later, since ids grow with time.
 * @param linesOf some products
 */
export async function productPage<Line>(
  bulk: BulkProducts,
  { after, limit, ...filter }: Page,
  linesOf: (products: readonly PricedProduct[]) => Promise<readonly Line[]>,
): Promise<{ lines: Line[]; nextCursor: string | null }> {
  const lines: Line[] = []
  let left = limit
  let characters = 0
  for (let last = after; ; ) {
    const asked = Math.min(BATCH, left)
    const products = await bulk.page({ ...filter, limit: asked, ...(last !== undefined && { after: last }) })
    const some = await linesOf(products)
    lines.push(...some)
    const end = products.at(-1)
    if (!end || products.length < asked) return { lines, nextCursor: null }
    last = end.id
    left -= products.length
    characters += JSON.stringify(some).length
    if (left === 0 || characters >= PAGE_CHARACTERS) return { lines, nextCursor: productCursor.encode(last) }
  }
}

/** The levels of all variants of some products, by product. */
export async function levelsOf(
  stock: Stock,
  products: readonly PricedProduct[],
  call: Call,
): Promise<ReadonlyMap<string, readonly StockLevel[]>> {
  // One unit of each is asked for: whether it can be had counts, not how often.
  const units = products.flatMap(({ variants }) => variants.map(({ sku }) => ({ sku, quantity: 1 })))
  const levels = await call.transact((tx) => stock.levels(tx, units, call.now))
  const bySku = Map.groupBy(levels, ({ sku }) => sku)
  return new Map(
    products.map(({ id, variants }) => [id, variants.flatMap(({ sku }) => bySku.get(sku) ?? [])]),
  )
}
