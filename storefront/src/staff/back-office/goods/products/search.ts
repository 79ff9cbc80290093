import { oneOf, said, textIn } from "../../../parts/addresses.ts"

export const statuses = ["any", "published", "draft", "discontinued"] as const
export const sorts = ["updated", "name"] as const

/** What the address of the list of products says. */
export type ProductsSearch = {
  readonly q?: string
  readonly status?: Exclude<(typeof statuses)[number], "any">
  readonly category?: string
  readonly sort?: "name"
  readonly cursor?: string
}

/** Reads an address that anybody may have written; what it does not understand it leaves out. */
export const productsSearch = (search: Record<string, unknown>): ProductsSearch =>
  said({
    q: textIn(search.q)?.slice(0, 100),
    status: oneOf(["published", "draft", "discontinued"] as const, search.status),
    category: textIn(search.category),
    sort: oneOf(["name"] as const, search.sort),
    cursor: textIn(search.cursor),
  })
