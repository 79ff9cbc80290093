import type { Tx } from "@eshop/building-blocks/app/call"
import type { ProductCard } from "@eshop/domain/catalog/card"
import type { Product, ProductStatus, Variant } from "@eshop/domain/catalog/product"
import type { skuTaken, slugTaken } from "@eshop/domain/catalog/product-rules"
import type { PricedProduct } from "@eshop/domain/catalog/snapshot"
import type { RefusalOf } from "@eshop/domain/kernel/refusal"

/** By name in the default language, or what was changed last first. */
export const PRODUCT_SORTS = ["name", "updated"] as const
export type ProductSort = (typeof PRODUCT_SORTS)[number]

/** Where a page of products begins: after this name or instant, and this id. */
export type ProductCursor = { readonly key: string; readonly id: string }

export type ProductFilter = {
  /** Part of the name in the default language, of the slug or the brand, or the beginning of a SKU, in any case. */
  readonly text?: string
  /** Absent: of any. */
  readonly status?: ProductStatus
  /** In this category, or in one that lies under it. */
  readonly category?: string
  readonly featured?: boolean
}

/** Others were faster: what was written is not what was decided. */
export class OvertakenError extends Error {
  override readonly name = "OvertakenError"
  constructor() {
    super("others were faster")
  }
}

/** A product and the path of its categories: see {@link Products.pathOf}. */
export type PlacedProduct = { readonly product: Product; readonly path: readonly string[] }

/** What many changes of products come to. */
export type ProductsWritten = {
  readonly added: readonly PlacedProduct[]
  /** Those that the transaction has locked. */
  readonly changed: readonly PlacedProduct[]
  /** The product of each slug that one of them has by now, or had on the way. */
  readonly slugs: ReadonlyMap<string, string>
  /** Variants that they have no more, or had on the way alone. */
  readonly dropped: readonly { readonly productId: string; readonly variant: Variant }[]
}

type Taken = RefusalOf<[typeof slugTaken, typeof skuTaken]>

export type Products = {
  /** Products in an order; equal ones by id. @param page.language of the cards */
  list(
    filter: ProductFilter,
    page: { sort: ProductSort; after?: ProductCursor; limit: number; language: string },
  ): Promise<readonly (ProductCard & { readonly cursor: ProductCursor })[]>
  /** Exact up to 1,000; of more of them as many as there were within the last 10 seconds. */
  count(filter: ProductFilter): Promise<number>
  find(id: string): Promise<PricedProduct | undefined>
  /** The product as it is in the transaction, whose end everybody else who would change it waits for. */
  lock(tx: Tx, id: string): Promise<PricedProduct | undefined>
  /** The product that this slug leads to; it never leads to another one. */
  findBySlug(slug: string): Promise<PricedProduct | undefined>
  /** The product that has this variant, or had it once; no other one ever does. */
  findBySku(sku: string): Promise<PricedProduct | undefined>
  /**
   * These categories, as far as there are any, and all that they lie under. Where categories lie does not change until
   * the transaction has ended.
   */
  pathOf(tx: Tx, categories: readonly string[]): Promise<readonly string[]>
  /** @param path of {@link Products.pathOf} */
  add(tx: Tx, product: Product, path: readonly string[]): Promise<Taken | undefined>
  /** Writes a product that the transaction has locked; variants that it has no more are kept for stock and orders. */
  save(tx: Tx, product: Product, path: readonly string[]): Promise<Taken | undefined>
  /** Writes many products at once. @throws OvertakenError when a slug or SKU has become another product's meanwhile */
  write(tx: Tx, products: ProductsWritten): Promise<void>
  /** Locks products under a category, by id from this one on. @returns their ids */
  lockUnder(tx: Tx, categoryId: string, after: string, limit: number): Promise<readonly string[]>
  /** Gives those of these products whose categories lie elsewhere by now another path and version. @returns them */
  follow(tx: Tx, ids: readonly string[], at: Date): Promise<readonly PricedProduct[]>
  /** Adds products with stock of each variant. @returns those that were not there yet */
  addMissing<P extends Product>(tx: Tx, products: readonly P[], onHand: number): Promise<readonly P[]>
}

/** What a change of a product needs. */
export type ProductWrites = Pick<Products, "lock" | "pathOf" | "add" | "save">
