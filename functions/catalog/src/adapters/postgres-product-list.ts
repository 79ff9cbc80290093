import { remember } from "@eshop/building-blocks/remember"
import { sharedReads } from "@eshop/building-blocks/shared-reads"
import type { ProductCard } from "@eshop/domain/catalog/card"
import type { Image } from "@eshop/domain/catalog/product"
import { inLanguage, type LocalisedText } from "@eshop/domain/kernel/localised-text"
import type { Currency } from "@eshop/domain/kernel/money"
import type pg from "pg"
import type { ProductCursor, ProductFilter, ProductSort, Products } from "../products/ports.ts"
import { anywhere } from "./like.ts"

/** What a card is made of. */
export type CardRow = {
  id: string
  slug: string
  name: LocalisedText
  brand: string | null
  image: Image | null
  status: ProductCard["status"]
  categories: string[]
  amount: number | null
  currency: Currency | null
  in_stock: boolean
}

/** A product's card in a language. */
export function toCard(row: CardRow, language: string): ProductCard {
  const { id, slug, brand, image, status, categories, amount, currency } = row
  return {
    ...{ id, slug, name: inLanguage(row.name, language), status },
    ...(brand !== null && { brand }),
    ...(image && { image: { ...image, alt: inLanguage(image.alt, language) } }),
    ...(amount !== null && currency && { price: { amount, currency } }),
    inStock: row.in_stock,
    categories,
  }
}

/** How a list is ordered, and by which text a cursor names the place of a product in it. */
const orders: Record<ProductSort, { by: string; key: string; after: (key: string, id: string) => string }> = {
  name: {
    by: "sort_name, id",
    key: "sort_name",
    after: (key, id) => `(sort_name, id) > (${key}, ${id}::uuid)`,
  },
  updated: {
    by: "updated_at DESC, id DESC",
    // As it is stored, to the microsecond.
    key: `to_char(updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`,
    after: (key, id) => `(updated_at, id) < (${key}::timestamptz, ${id}::uuid)`,
  },
}

/** The conditions that a filter, and where a page begins, come to. @returns them with their values, in order */
function conditionsOf(
  { status, category, featured, text }: ProductFilter,
  page?: { sort: ProductSort; after?: ProductCursor },
) {
  const values: unknown[] = []
  const value = (one: unknown) => `$${values.push(one)}`
  const found = text === undefined ? "" : value(anywhere(text.toLowerCase()))
  const conditions = [
    ...(status ? [`status = ${value(status)}`] : []),
    // As its index says it: a parameter would not be looked up there.
    ...(featured === undefined ? [] : [featured ? "featured" : "NOT featured"]),
    ...(category ? [`category_path @> ARRAY[${value(category)}::uuid]`] : []),
    ...(text === undefined
      ? []
      : [
          `(sort_name LIKE ${found} OR slug LIKE ${found} OR lower(brand) LIKE ${found} OR EXISTS (
              SELECT FROM variant WHERE product_id = product.id AND starts_with(sku, ${value(text.toUpperCase())})))`,
        ]),
    ...(page?.after ? [orders[page.sort].after(value(page.after.key), value(page.after.id))] : []),
  ]
  return { where: conditions.length > 0 ? `WHERE ${conditions.join(" AND ")}` : "", values }
}

// What a published product costs and whether it can be had lies ready in its search entry, which changes with it.
const readyOffer = `LEFT JOIN search_entry v ON v.product_id = page.id`
const offer = `
  LEFT JOIN LATERAL (
    SELECT min(amount) AS amount, min(currency) AS currency,
           bool_or(backorder OR EXISTS (SELECT FROM stock WHERE stock.sku = variant.sku AND on_hand > reserved))
             AS in_stock
    FROM variant LEFT JOIN price ON price.sku = variant.sku AND superseded_at IS NULL
      AND price.min_quantity = 1 AND customer_group IS NULL
      AND (valid_from IS NULL OR valid_from <= now()) AND (valid_until IS NULL OR valid_until > now())
    WHERE product_id = page.id AND place IS NOT NULL) v ON true`

// The page first, by index alone; then what its cards show. LIMIT is the last parameter.
const cards = ({ status }: ProductFilter, sort: ProductSort, where: string, limit: number) => `
  SELECT page.*, v.amount, v.currency, coalesce(v.in_stock, false) AS in_stock
  FROM (SELECT id, slug, name, brand, images->0 AS image, status, categories, sort_name, updated_at, ${orders[sort].key} AS key
        FROM product ${where} ORDER BY ${orders[sort].by} LIMIT $${limit}) page
  ${status === "published" ? readyOffer : offer}
  ORDER BY ${orders[sort].by}`

/** So many products are counted for every page; more of them, which takes long, are counted now and then. */
const COUNTED_EACH_TIME = 1_000
const TOTAL_AGE_MS = 10_000
const MOST_TOTALS = 500

type ListPage = { readonly sort: ProductSort; readonly after?: ProductCursor; readonly limit: number }

/** Products as a list shows them. */
export function postgresProductList(pool: pg.Pool): Pick<Products, "list" | "count"> {
  async function countUpTo(filter: ProductFilter, limit: number | null): Promise<number> {
    const { where, values } = conditionsOf(filter)
    const { rows } = await pool.query<{ count: number }>({
      text: `SELECT count(*) FROM (SELECT FROM product ${where} LIMIT $${values.length + 1}) counted`,
      values: [...values, limit],
    })
    return rows[0]?.count ?? 0
  }
  const countFew = sharedReads((filter) => countUpTo(JSON.parse(filter), COUNTED_EACH_TIME + 1))
  const countAll = remember((filter) => countUpTo(JSON.parse(filter), null), {
    forMs: TOTAL_AGE_MS,
    max: MOST_TOTALS,
  })

  const rowsOf = sharedReads(async (key) => {
    const [filter, { sort, after, limit }] = JSON.parse(key) as [ProductFilter, ListPage]
    const { where, values } = conditionsOf(filter, { sort, ...(after && { after }) })
    const { rows } = await pool.query<CardRow & { key: string }>({
      // How a category's products are found best depends on how many they are: such a page is planned each time.
      ...(!filter.category &&
        filter.featured === undefined && {
          name: ["product-list", filter.status ?? "any", filter.text === undefined ? "all" : "some", sort]
            .concat(after ? "after" : "first")
            .join("-"),
        }),
      text: cards(filter, sort, where, values.length + 1),
      values: [...values, limit],
    })
    return rows
  })

  return {
    async list(filter, { language, ...page }) {
      const rows = await rowsOf(JSON.stringify([filter, page]))
      return rows.map((row) => ({
        ...toCard(row, language),
        cursor: { key: row.key, id: row.id },
      }))
    },

    async count(filter) {
      const key = JSON.stringify(filter)
      const few = await countFew(key)
      return few <= COUNTED_EACH_TIME ? few : countAll.get(key)
    },
  }
}
