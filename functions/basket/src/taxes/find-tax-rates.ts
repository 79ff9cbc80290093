import type { TaxRate } from "@eshop/domain/contracts/taxes"
import type { TaxPorts } from "./ports.ts"

/**
 * The tax rates of a country from the copy; those that it lacks are asked from Catalog and kept.
 * Asks over HTTP: not for use within a transaction.
 * @throws DependencyUnavailableError when they are not known here and Catalog cannot be asked
 */
export async function findTaxRates(
  { taxCopies, catalogTaxes }: TaxPorts,
  country: string,
): Promise<readonly TaxRate[]> {
  const copy = await taxCopies.find(country)
  if (copy) return copy.rates
  const asked = await catalogTaxes.rates(country)
  await taxCopies.keep(asked)
  return asked.rates
}
