import type { Tx } from "@eshop/building-blocks/app/call"
import type { ProductStatus } from "@eshop/domain/catalog/product"
import type { PricedProduct } from "@eshop/domain/catalog/snapshot"

/** What lines of an import call products, variants and categories. */
export type BulkNames = {
  readonly ids: readonly string[]
  readonly slugs: readonly string[]
  readonly skus: readonly string[]
  /** By their slugs. */
  readonly categories: readonly string[]
}

/** A category and, with it, all that it lies under. */
export type BulkCategory = { readonly slug: string; readonly id: string; readonly path: readonly string[] }

/** What there is of it. */
export type BulkFound = {
  /** Those with one of the ids, slugs or SKUs. */
  readonly products: readonly PricedProduct[]
  /** The product that a slug leads to. */
  readonly slugs: ReadonlyMap<string, string>
  /** The product that has a variant, or had it once. */
  readonly skus: ReadonlyMap<string, string>
  readonly categories: readonly BulkCategory[]
}

/** Products by what the lines of an import call them, and page by page. */
export type BulkProducts = {
  /**
   * Finds and locks. Where there is no such product, nobody else imports one under the same id or slug until the transaction
   * has ended, and the categories lie where they lie.
   */
  lock(tx: Tx, names: BulkNames): Promise<BulkFound>
  /** Products by id. @param page.after this one, from the first on unless it is said */
  page(page: {
    readonly after?: string
    readonly limit: number
    readonly status?: ProductStatus
  }): Promise<readonly PricedProduct[]>
}
