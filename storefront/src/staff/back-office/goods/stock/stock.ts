import {
  catalogGetStockLevels,
  catalogListStock,
  catalogListStockAdjustments,
  catalogListStockLocations,
} from "@eshop/shop-client/generated/sdk.gen"
import type { CatalogListStockResponse } from "@eshop/shop-client/generated/types.gen"
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query"
import { answerOf } from "../../../../api/api.ts"
import type { StockSearch } from "./search.ts"

/** Begins the keys of all that is asked of the stock: what changes it makes all of it stale. */
export const stockKey = ["goods", "stock"] as const

export type ListedLevel = CatalogListStockResponse["items"][number]

export const stockQuery = (search: StockSearch) =>
  queryOptions({
    queryKey: [...stockKey, "list", search],
    queryFn: () => answerOf(catalogListStock({ query: { limit: 50, ...search } })),
    placeholderData: keepPreviousData,
    // Orders change it all the time.
    staleTime: 0,
    refetchInterval: 30_000,
  })

export const locationsQuery = queryOptions({
  queryKey: [...stockKey, "locations"],
  queryFn: () => answerOf(catalogListStockLocations()),
})

export const levelsQuery = (sku: string) =>
  queryOptions({
    queryKey: [...stockKey, "levels", sku],
    queryFn: () => answerOf(catalogGetStockLevels({ path: { sku } })),
    staleTime: 0,
    refetchInterval: 30_000,
  })

export const adjustmentsQuery = (sku: string) =>
  infiniteQueryOptions({
    queryKey: [...stockKey, "adjustments", sku],
    queryFn: ({ pageParam }) =>
      answerOf(
        catalogListStockAdjustments({
          path: { sku },
          query: { limit: 20, ...(pageParam !== "" && { cursor: pageParam }) },
        }),
      ),
    initialPageParam: "",
    getNextPageParam: ({ nextCursor }) => nextCursor,
    staleTime: 0,
  })
