import type { CallContext } from "@eshop/building-blocks/use-case"
import type { ProductSnapshot } from "@eshop/domain/events/catalog-events"
import type { ProductPorts } from "./ports.ts"

/**
 * The products from the copy; those that it lacks are asked from Catalog and kept.
 * Asks over HTTP: not for use within a transaction.
 * @returns only products that exist
 */
export async function findProducts(
  { copies, catalog }: ProductPorts,
  productIds: readonly string[],
  call: Pick<CallContext, "traceparent">,
): Promise<readonly ProductSnapshot[]> {
  if (productIds.length === 0) return []
  const known = await copies.find(productIds)
  const missing = productIds.filter((id) => !known.some(({ productId }) => productId === id))
  const asked = await Promise.all(
    missing.map(async (id) => {
      const product = await catalog.find(id, call)
      if (product) await copies.keep(product)
      return product
    }),
  )
  return [...known, ...asked.filter((product) => product !== undefined)]
}
