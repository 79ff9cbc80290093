import {
  catalogGetTaxRates,
  catalogListTaxCountries,
  catalogSetTaxRates,
} from "@eshop/shop-client/generated/sdk.gen"
import { queryOptions } from "@tanstack/react-query"
import { answerOf, answerWithHeaders } from "../../../../api/api.ts"
import type { Rate } from "./rate-draft.ts"

/** All countries whose rates are known; a page holds a hundred of them. */
export const countriesQuery = queryOptions({
  queryKey: ["goods", "tax-countries"],
  queryFn: async () => {
    const countries: { country: string; version: number }[] = []
    for (let cursor: string | null = ""; cursor !== null; ) {
      const query = { limit: 100, ...(cursor !== "" && { cursor }) }
      const page: Awaited<ReturnType<typeof readPage>> = await readPage(query)
      countries.push(...page.items)
      cursor = page.nextCursor
    }
    return countries
  },
  staleTime: 5_000,
})

const readPage = (query: { limit: number; cursor?: string }) => answerOf(catalogListTaxCountries({ query }))

/** A country's rates as they were read, with the ETag that a change has to name. */
export type Seen = { readonly rates: readonly Rate[]; readonly version: number; readonly etag: string }

export async function readRates(country: string): Promise<Seen> {
  const { data, headers } = await answerWithHeaders(
    catalogGetTaxRates({ path: { country }, cache: "no-store" }),
  )
  const rates = data.rates.map(({ country: _, ...rate }) => rate)
  return { rates, version: data.version, etag: headers.get("etag") ?? "*" }
}

export const ratesQuery = (country: string) =>
  queryOptions({
    queryKey: ["goods", "tax-rates", country],
    queryFn: () => readRates(country),
    // Read when the page is opened, and not while somebody types.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  })

/** Sets all rates of a country. @throws ApiError, with status 412 where somebody else has set them since they were read */
export const setRates = (country: string, { etag }: Seen, rates: Rate[]) =>
  answerOf(catalogSetTaxRates({ path: { country }, body: { rates }, headers: { "If-Match": etag } }))
