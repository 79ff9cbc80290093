import type { Tx } from "@eshop/building-blocks/app/call"
import type { ProductSnapshot } from "@eshop/domain/contracts/catalog-events"
import type { VariantDetails } from "@eshop/domain/contracts/variants"

/** A variant as Catalog described it last. */
export type VariantCopy = VariantDetails & {
  /** False when a newer version of its product came without it. */
  readonly sold: boolean
}

/** Basket's own copy of Catalog's variants and their prices. */
export type VariantCopies = {
  find(skus: readonly string[]): Promise<readonly VariantCopy[]>
  /** Keeps all variants of a product, those apart that are known in a newer version. */
  keepProduct(tx: Tx, product: ProductSnapshot): Promise<void>
  /** Keeps what Catalog answered about one variant, unless it is known in a newer version. */
  keep(variant: VariantDetails): Promise<void>
}

export type Catalog = {
  /** @returns undefined when Catalog sells no such variant @throws DependencyUnavailableError */
  find(sku: string): Promise<VariantDetails | undefined>
}

/** What is left of variants: a hint that may be half a minute old, and that nobody waits for. */
export type StockHints = {
  /** @returns the units by SKU; without those that are not known */
  of(skus: readonly string[]): Promise<ReadonlyMap<string, number>>
}

export type ProductPorts = { readonly copies: VariantCopies; readonly catalog: Catalog }
