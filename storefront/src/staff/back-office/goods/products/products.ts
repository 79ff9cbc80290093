import {
  catalogGetProduct,
  catalogListCategories,
  catalogListProducts,
} from "@eshop/shop-client/generated/sdk.gen"
import type { CategoryBranch, Product } from "@eshop/shop-client/generated/types.gen"
import { keepPreviousData, queryOptions } from "@tanstack/react-query"
import { answerOf, answerWithHeaders } from "../../../../api/api.ts"
import type { ProductsSearch } from "./search.ts"

export type { CategoryBranch, Product }

/** A page of the list, and how many there are. */
export const productsQuery = (search: ProductsSearch) =>
  queryOptions({
    queryKey: ["goods", "products", search],
    queryFn: () =>
      answerOf(catalogListProducts({ query: { status: "any", sort: "updated", limit: 50, ...search } })),
    placeholderData: keepPreviousData,
    staleTime: 5_000,
  })

/** A product as it was read, with the ETag that a change of it has to name. */
export type Seen = { readonly product: Product; readonly etag: string }

/** Reads a product anew, as it is at this moment. */
export async function readProduct(id: string): Promise<Seen> {
  const { data, headers } = await answerWithHeaders(catalogGetProduct({ path: { id }, cache: "no-store" }))
  return { product: data, etag: headers.get("etag") ?? "*" }
}

export const productQuery = (id: string) =>
  queryOptions({
    queryKey: ["goods", "product", id],
    queryFn: () => readProduct(id),
    // Read when the page is opened, and not while somebody types.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  })

/** The whole tree of categories. */
export const categoriesQuery = queryOptions({
  queryKey: ["goods", "categories"],
  queryFn: () => answerOf(catalogListCategories({ cache: "no-cache" })),
  staleTime: 5_000,
})

/** A category with where it lies: the names of all that it lies under, and its own. */
export type PlacedCategory = CategoryBranch & { readonly path: string; readonly depth: number }

/** All categories in the order of the tree. */
export function placed(branches: readonly CategoryBranch[], above: readonly string[] = []): PlacedCategory[] {
  return branches.flatMap((branch) => {
    const names = [...above, branch.name.en ?? branch.slug]
    return [{ ...branch, path: names.join(" › "), depth: above.length }, ...placed(branch.children, names)]
  })
}
