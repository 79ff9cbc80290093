import type { Call } from "@eshop/building-blocks/app/call"
import { seedTaxRates as seed } from "@eshop/domain/catalog/seed-tax-rates"
import { keepTaxRates, type TaxRatePorts } from "./set-tax-rates.ts"

/** Adds the rates of the seed's countries that nothing is known of, each in its own transaction. @returns how many */
export async function seedTaxRates(ports: TaxRatePorts, call: Call): Promise<number> {
  let added = 0
  for (const rates of seed)
    added += await call.transact(async (tx) => {
      if ((await ports.taxRates.lock(tx, rates.country)).version > 0) return 0
      await keepTaxRates(ports, tx, call, rates)
      return 1
    })
  return added
}
