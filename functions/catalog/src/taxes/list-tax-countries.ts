import { useCase } from "@eshop/building-blocks/app/use-case"
import { cursorOf } from "@eshop/building-blocks/http/cursor"
import { pageSize } from "@eshop/building-blocks/http/query"
import { TaxRates as RatesOfCountry } from "@eshop/domain/contracts/taxes"
import { CountryCode } from "@eshop/domain/kernel/ids"
import * as z from "zod"
import type { TaxRates } from "./ports.ts"

const cursor = cursorOf("tax-countries", CountryCode)

/** The countries whose tax rates are known, by their codes. */
export const listTaxCountries = useCase("catalog.list-tax-countries", {
  input: z.strictObject({ limit: pageSize, cursor: cursor.schema.optional() }),
  result: z.strictObject({
    items: z.array(RatesOfCountry.pick({ country: true, version: true })),
    nextCursor: z.string().nullable(),
  }),
  handle:
    ({ taxRates }: { taxRates: TaxRates }) =>
    async ({ limit, cursor: after }) => {
      const found = await taxRates.countries({ limit: limit + 1, ...(after && { after }) })
      const items = found.slice(0, limit)
      const last = items.at(-1)
      return { items, nextCursor: found.length > limit && last ? cursor.encode(last.country) : null }
    },
})
