import type { Tx } from "@eshop/building-blocks/app/call"
import type { TaxRates } from "@eshop/domain/contracts/taxes"

/** Basket's own copy of Catalog's tax rates, by country. */
export type TaxCopies = {
  find(country: string): Promise<TaxRates | undefined>
  /** Keeps the rates of a country, unless they are known in a newer version. @param tx where the caller has one */
  keep(rates: TaxRates, tx?: Tx): Promise<void>
}

export type CatalogTaxes = {
  /** @throws DependencyUnavailableError */
  rates(country: string): Promise<TaxRates>
}

export type TaxPorts = { readonly taxCopies: TaxCopies; readonly catalogTaxes: CatalogTaxes }
