import type { Tx } from "@eshop/building-blocks/app/call"
import type { TaxRates as RatesOfCountry } from "@eshop/domain/contracts/taxes"

export type CountryOfTaxes = Pick<RatesOfCountry, "country" | "version">

export type TaxRates = {
  /** All rates of a country, also those that are over; version 0 where nothing is known of it. */
  of(country: string): Promise<RatesOfCountry>
  /** Countries of which rates are known, by their codes. @param page.after the code before the first of the page */
  countries(page: { after?: string; limit: number }): Promise<readonly CountryOfTaxes[]>
  /**
   * All rates of a country, locked until the transaction ends. One that is not known yet is remembered with version 0, so
   * that the second of two that come at once waits for the first.
   */
  lock(tx: Tx, country: string): Promise<RatesOfCountry>
  /** Keeps a country's rates in the place of those before. */
  set(tx: Tx, rates: RatesOfCountry): Promise<void>
}
