import { useCase } from "@eshop/building-blocks/app/use-case"
import { ratesFrom } from "@eshop/domain/catalog/tax-rates"
import { getTaxRates as contract, TaxRates as RatesOfCountry } from "@eshop/domain/contracts/taxes"
import type { TaxRates } from "./ports.ts"

/** What is taxed in a country, and how high: the rates that hold now or will. */
export const getTaxRates = useCase("catalog.get-tax-rates", {
  input: contract.input,
  result: RatesOfCountry,
  handle:
    ({ taxRates }: { taxRates: TaxRates }) =>
    async ({ country }, { now }) =>
      ratesFrom(await taxRates.of(country), now),
})
