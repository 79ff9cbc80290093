import {
  catalogGetTaxRates,
  catalogListTaxCountries,
  catalogSetTaxRates,
} from "@eshop/shop-client/generated/sdk.gen"
import { queryOptions } from "@tanstack/react-query"
import { ApiError, answerOf, answerWithHeaders } from "../../../../api/api.ts"
import type { Saved } from "../lists/list-edit.ts"
import { isSame } from "../products/merge.ts"
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

async function readRates(country: string): Promise<Seen> {
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

/**
 * Sets the rates of a country that hold now or will, unless somebody else has since they were read.
 * @throws ApiError with another refusal of the shop
 */
export async function saveRates(country: string, base: Seen, rates: Rate[]): Promise<Saved<Seen>> {
  if (isSame(base.rates, rates)) return { type: "unchanged" }
  const headers = { "If-Match": base.etag }
  try {
    await answerOf(catalogSetTaxRates({ path: { country }, body: { rates }, headers }))
  } catch (error) {
    if (!(error instanceof ApiError && error.problem.status === 412)) throw error
    return { type: "stale", theirs: await readRates(country) }
  }
  return { type: "saved", seen: await readRates(country) }
}
