import { type Call, isStale, type Tx } from "@eshop/building-blocks/app/call"
import { useCase } from "@eshop/building-blocks/app/use-case"
import type { Audit } from "@eshop/building-blocks/audit/audit"
import { message, type Outbox } from "@eshop/building-blocks/messaging/outbox"
import {
  decideTaxRates,
  ratesFrom,
  TaxRateList,
  taxRateNever,
  taxRatePast,
  taxRatesOverlap,
} from "@eshop/domain/catalog/tax-rates"
import { TaxRatesChanged } from "@eshop/domain/contracts/catalog-events"
import { TaxRates as RatesOfCountry } from "@eshop/domain/contracts/taxes"
import { CountryCode } from "@eshop/domain/kernel/ids"
import { defineRefusal, isRefusal } from "@eshop/domain/kernel/refusal"
import * as z from "zod"
import type { TaxRates } from "./ports.ts"

const taxRatesStale = defineRefusal(
  "tax-rates.stale",
  "stale",
  "The country's tax rates have changed meanwhile.",
  z.object({ version: z.int() }),
)

export type TaxRatePorts = { readonly taxRates: TaxRates; readonly audit: Audit; readonly outbox: Outbox }

/** Sets the tax rates of a country that hold now or will, and tells the other contexts of them. */
export const setTaxRates = useCase("catalog.set-tax-rates", {
  input: z.strictObject({ country: CountryCode, rates: TaxRateList }),
  result: RatesOfCountry,
  refusals: [taxRatesStale, taxRateNever, taxRatesOverlap, taxRatePast],
  handle:
    (ports: TaxRatePorts) =>
    ({ country, rates }, call) =>
      call.transact(async (tx) => {
        const known = await ports.taxRates.lock(tx, country)
        const { version } = known
        if (isStale(call, version)) return taxRatesStale({ version })
        const decided = decideTaxRates(known, rates, call.now)
        if (isRefusal(decided)) return decided
        await keepTaxRates(ports, tx, call, decided)
        return ratesFrom(decided, call.now)
      }),
})

/** Keeps a country's rates, says who set them, and tells the other contexts. */
export async function keepTaxRates(
  { taxRates, audit, outbox }: TaxRatePorts,
  tx: Tx,
  call: Call,
  rates: RatesOfCountry,
): Promise<void> {
  const { country, version } = rates
  await taxRates.set(tx, rates)
  const change = { version, rates: rates.rates }
  await audit.add(tx, call, [{ subject: `tax-rates ${country}`, action: "tax-rates.set", change }])
  await outbox.add(tx, [message(TaxRatesChanged, country, ratesFrom(rates, call.now), call)])
}
