import {
  catalogGetProductBySlug,
  catalogGetStock,
  catalogListCategories,
  catalogListProducts,
  catalogSearchProducts,
  catalogSuggest,
} from "@eshop/shop-client/generated/sdk.gen"
import type {
  CatalogListCategoriesResponse,
  CatalogSearchProductsResponse,
  Product,
} from "@eshop/shop-client/generated/types.gen"
import { keepPreviousData, queryOptions } from "@tanstack/react-query"
import { answerOf } from "../api/api.ts"
import { currentLanguage } from "../texts/texts.ts"
import type { ListSearch } from "./list-search.ts"

export type { Product }
export type Found = CatalogSearchProductsResponse
export type Card = Found["items"][number]
export type Variant = Product["variants"][number]

const PAGE_SIZE = 24

/** What the API is asked for a list's address. */
export const questionOf = (search: ListSearch, limit = PAGE_SIZE) => ({
  ...search,
  language: currentLanguage(),
  limit,
})

/** The products that a list's address asks for. While others are on their way, those of before stay. */
export const searchQuery = (search: ListSearch, limit = PAGE_SIZE) => {
  const query = questionOf(search, limit)
  return queryOptions({
    queryKey: ["search", query],
    queryFn: ({ signal }) => answerOf(catalogSearchProducts({ query, signal })),
    placeholderData: keepPreviousData,
  })
}

/** What the shop puts first. */
export const featuredQuery = (limit: number) => {
  const query = { featured: true, language: currentLanguage(), limit }
  return queryOptions({
    queryKey: ["featured", query],
    queryFn: () => answerOf(catalogListProducts({ query })),
  })
}

export const categoriesQuery = queryOptions({
  queryKey: ["categories"],
  queryFn: () => answerOf(catalogListCategories()),
  staleTime: 300_000,
})

type Branch = CatalogListCategoriesResponse["items"][number]

/** A category as a link names it. */
export type Crumb = Pick<Branch, "id" | "slug" | "name">

/** The way to a category from the top, itself at its end; empty where the tree does not have it. */
export function trailTo(branches: readonly Branch[], wanted: string): Crumb[] {
  for (const { id, slug, name, children } of branches) {
    const self = { id, slug, name }
    if (id === wanted || slug === wanted) return [self]
    const below = trailTo(children, wanted)
    if (below.length > 0) return [self, ...below]
  }
  return []
}

/** The way to a category, by its id or slug. */
export const trailQuery = (wanted: string | undefined) =>
  queryOptions({
    queryKey: ["trail", wanted ?? ""],
    queryFn: async ({ client }) => {
      const { items } = await client.fetchQuery(categoriesQuery)
      return wanted === undefined ? [] : trailTo(items, wanted)
    },
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
