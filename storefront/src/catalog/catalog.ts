import {
  catalogGetProductBySlug,
  catalogGetStock,
  catalogListCategories,
  catalogSearchProducts,
  catalogSuggest,
} from "@eshop/shop-client/generated/sdk.gen"
import type { CatalogSearchProductsResponse, Product } from "@eshop/shop-client/generated/types.gen"
import { keepPreviousData, queryOptions } from "@tanstack/react-query"
import { answerOf } from "../api/api.ts"
import { currentLanguage } from "../texts/texts.ts"
import type { ListSearch } from "./list-search.ts"

export type { Product }
export type Found = CatalogSearchProductsResponse
export type Card = Found["items"][number]
export type Variant = Product["variants"][number]

const PAGE_SIZE = 24

/** The products that a list's address asks for. While others are on their way, those of before stay. */
export const searchQuery = (search: ListSearch, limit = PAGE_SIZE) => {
  const query = { ...search, language: currentLanguage(), limit }
  return queryOptions({
    queryKey: ["search", query],
    queryFn: ({ signal }) => answerOf(catalogSearchProducts({ query, signal })),
    placeholderData: keepPreviousData,
  })
}

export const categoriesQuery = queryOptions({
  queryKey: ["categories"],
  queryFn: () => answerOf(catalogListCategories()),
  staleTime: 300_000,
})

export const suggestionsQuery = (q: string) =>
  queryOptions({
    queryKey: ["suggestions", q, currentLanguage()],
    queryFn: ({ signal }) => answerOf(catalogSuggest({ query: { q, language: currentLanguage() }, signal })),
    placeholderData: keepPreviousData,
    // What is typed on makes up for it.
    retry: false,
    enabled: q !== "",
  })

export const productQuery = (slug: string) =>
  queryOptions({
    queryKey: ["product", slug],
    queryFn: () => answerOf<Product>(catalogGetProductBySlug({ path: { slug } })),
  })

export const stockQuery = (sku: string) =>
  queryOptions({
    queryKey: ["stock", sku],
    queryFn: () => answerOf(catalogGetStock({ path: { sku } })),
    staleTime: 10_000,
  })
