import type { Tx } from "@eshop/building-blocks/app/call"
import type { ProductStatus } from "@eshop/domain/catalog/product"
import type { PricedProduct } from "@eshop/domain/catalog/snapshot"

export type ProductKey = { readonly id: string } | { readonly slug: string } | { readonly sku: string }

/** Products by what a line of an import calls them, and page by page. */
export type BulkProducts = {
  /**
   * The product of this id, that this slug leads to, or that has this variant or had it once; locked. Where there is none,
   * nobody else imports one under the same id or slug until the transaction has ended.
   */
  lock(tx: Tx, by: ProductKey): Promise<{ readonly id: string; readonly version: number } | undefined>
  /** The categories with these slugs, by slug. */
  categoryIds(tx: Tx, slugs: readonly string[]): Promise<ReadonlyMap<string, string>>
  /** Products by id. @param page.after this one, from the first on unless it is said */
  page(page: {
    readonly after?: string
    readonly limit: number
    readonly status?: ProductStatus
  }): Promise<readonly PricedProduct[]>
}
