import type { VariantDetails } from "@eshop/domain/contracts/variants"
import type { ProductPorts } from "./ports.ts"

/** Variants that are sold, by SKU. */
export type Variants = ReadonlyMap<string, VariantDetails>

/**
 * The variants from the copy; those that it lacks are asked from Catalog and kept.
 * Asks over HTTP: not for use within a transaction.
 * @param known what the caller has already: not asked again
 * @returns those that are sold, with the known ones
 */
export async function findVariants(
  { copies, catalog }: ProductPorts,
  skus: readonly string[],
  known: Variants = new Map(),
): Promise<Variants> {
  const wanted = skus.filter((sku) => !known.has(sku))
  if (wanted.length === 0) return known
  const copied = await copies.find(wanted)
  const missing = wanted.filter((sku) => !copied.some((copy) => copy.sku === sku))
  const asked = await Promise.all(
    missing.map(async (sku) => {
      const variant = await catalog.find(sku)
      if (variant) await copies.keep(variant)
      return variant
    }),
  )
  const sold = [...copied.filter((copy) => copy.sold), ...asked.filter((variant) => variant !== undefined)]
  return new Map([...known, ...sold.map((variant) => [variant.sku, variant] as const)])
}
