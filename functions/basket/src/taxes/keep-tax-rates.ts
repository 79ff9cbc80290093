import { command } from "@eshop/building-blocks/app/use-case"
import { TaxRatesChanged } from "@eshop/domain/contracts/catalog-events"
import * as z from "zod"
import type { TaxCopies } from "./ports.ts"

/** Keeps the copy of a country's tax rates up to date; what arrives late changes nothing. */
export const keepTaxRates = command("basket.keep-tax-rates", {
  input: TaxRatesChanged.data,
  result: z.void(),
  handle:
    ({ taxCopies }: { taxCopies: TaxCopies }) =>
    (rates, call) =>
      call.commit((tx) => taxCopies.keep(rates, tx)),
})
