import type { VariantDetails } from "@eshop/domain/contracts/variants"
import type { ProductPorts } from "./ports.ts"

/**
 * The variants from the copy; those that it lacks are asked from Catalog and kept.
 * Asks over HTTP: not for use within a transaction.
 * @returns only variants that are sold
 */
export async function findVariants(
  { copies, catalog }: ProductPorts,
  skus: readonly string[],
): Promise<readonly VariantDetails[]> {
  if (skus.length === 0) return []
  const known = await copies.find(skus)
  const missing = skus.filter((sku) => !known.some((copy) => copy.sku === sku))
  const asked = await Promise.all(
    missing.map(async (sku) => {
      const variant = await catalog.find(sku)
      if (variant) await copies.keep(variant)
      return variant
    }),
  )
  return [...known.filter(({ sold }) => sold), ...asked.filter((variant) => variant !== undefined)]
}
