import type { ProductSnapshot } from "../events/catalog-events.ts"
import type { Money } from "../money.ts"

export type Product = {
  readonly id: string
  readonly name: string
  readonly categories: readonly string[]
  readonly description: string
  readonly imageFile: string
  readonly price: Money
  /** Grows by one with every change. */
  readonly version: number
}

/** What other contexts are told of a product. */
export const snapshotOf = (product: Product): ProductSnapshot => ({
  productId: product.id,
  name: product.name,
  price: product.price,
  version: product.version,
})
