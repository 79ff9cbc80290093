import type { Tx } from "@eshop/building-blocks/app/call"
import type { Product } from "@eshop/domain/catalog/product"

/** Where a page of products begins: after this name and id. */
export type ProductCursor = { readonly name: string; readonly id: string }

export type Products = {
  /** Products by name, then id. */
  list(filter: { category?: string; after?: ProductCursor; limit: number }): Promise<readonly Product[]>
  count(filter: { category?: string }): Promise<number>
  find(id: string): Promise<Product | undefined>
  /** The product that has this variant. */
  findBySku(sku: string): Promise<Product | undefined>
  /** Adds products with stock of each variant. @returns those that were not there yet */
  addMissing(tx: Tx, products: readonly Product[], onHand: number): Promise<readonly Product[]>
}
