import {
  catalogGetPrices,
  catalogListPriceHistory,
  catalogSetPrices,
} from "@eshop/shop-client/generated/sdk.gen"
import type { CatalogGetPricesResponse } from "@eshop/shop-client/generated/types.gen"
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query"
import { ApiError, answerOf, answerWithHeaders } from "../../../../api/api.ts"
import type { Saved } from "../lists/list-edit.ts"
import { isSame } from "../products/merge.ts"
import type { Price } from "./price-draft.ts"

/** A variant's prices as they were read, with the ETag that a change has to name. */
export type Seen = { readonly prices: CatalogGetPricesResponse; readonly etag: string }

async function readPrices(sku: string): Promise<Seen> {
  const { data, headers } = await answerWithHeaders(catalogGetPrices({ path: { sku }, cache: "no-store" }))
  return { prices: data, etag: headers.get("etag") ?? "*" }
}

export const pricesQuery = (sku: string) =>
  queryOptions({
    queryKey: ["goods", "prices", sku],
    queryFn: () => readPrices(sku),
    // Read when the page is opened, and not while somebody types.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  })

export const historyQuery = (sku: string) =>
  infiniteQueryOptions({
    queryKey: ["goods", "price-history", sku],
    queryFn: ({ pageParam }) =>
      answerOf(
        catalogListPriceHistory({
          path: { sku },
          query: { limit: 20, ...(pageParam !== "" && { cursor: pageParam }) },
        }),
      ),
    initialPageParam: "",
    getNextPageParam: ({ nextCursor }) => nextCursor,
    staleTime: 0,
  })

/**
 * Sets all prices of a variant, unless somebody else has since they were read. The ETag is the product's: another change of
 * it stands in nobody's way.
 * @throws ApiError with another refusal of the shop
 */
export async function savePrices(base: Seen, prices: Price[]): Promise<Saved<Seen>> {
  const { sku } = base.prices
  if (isSame(base.prices.prices, prices)) return { type: "unchanged" }
  for (let { etag } = base; ; ) {
    try {
      const call = catalogSetPrices({ path: { sku }, body: { prices }, headers: { "If-Match": etag } })
      await answerOf(call)
      return { type: "saved", seen: await readPrices(sku) }
    } catch (error) {
      if (!(error instanceof ApiError && error.problem.status === 412)) throw error
    }
    const theirs = await readPrices(sku)
    if (!isSame(theirs.prices.prices, base.prices.prices)) return { type: "stale", theirs }
    etag = theirs.etag
  }
}
