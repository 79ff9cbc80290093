import type { CallContext, Tx } from "@eshop/building-blocks/use-case"
import type { ProductSnapshot } from "@eshop/domain/events/catalog-events"

/** Basket's own copy of Catalog's names and prices. */
export type ProductCopies = {
  find(productIds: readonly string[]): Promise<readonly ProductSnapshot[]>
  /** Stores the snapshot unless a newer one is there. @param tx without it the change commits at once */
  keep(snapshot: ProductSnapshot, tx?: Tx): Promise<void>
}

export type Catalog = {
  /** @returns undefined when Catalog knows no such product @throws DependencyUnavailableError */
  find(productId: string, call: Pick<CallContext, "traceparent">): Promise<ProductSnapshot | undefined>
}

export type ProductPorts = { readonly copies: ProductCopies; readonly catalog: Catalog }
