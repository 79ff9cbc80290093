import {
  catalogCreateProduct,
  catalogPatchProduct,
  catalogUpdateProduct,
} from "@eshop/shop-client/generated/sdk.gen"
import { ApiError, answerWithHeaders } from "../../../../api/api.ts"
import { type Content, contentOf } from "./draft.ts"
import { isSame, type Merged, merge } from "./merge.ts"
import { readProduct, type Seen } from "./products.ts"

/** What became of a product that somebody saved. */
export type Saved =
  | { readonly type: "saved"; readonly seen: Seen }
  | { readonly type: "unchanged" }
  /** Somebody else has saved it meanwhile; nothing was written. */
  | { readonly type: "stale"; readonly theirs: Seen; readonly merged: Merged }
  /** The same, and it is sold no more. */
  | { readonly type: "discontinued"; readonly theirs: Seen }

const isStale = (error: unknown): boolean => error instanceof ApiError && error.problem.status === 412

/**
 * Saves a product's content, unless somebody else has changed it since it was read. A change beside the content, such as of
 * a price, stands in nobody's way.
 * @param base the product as it was read
 * @throws ApiError with another refusal of the shop
 */
export async function saveProduct(base: Seen, content: Content): Promise<Saved> {
  const before = contentOf(base.product)
  if (isSame(before, content)) return { type: "unchanged" }
  const path = { id: base.product.id }
  for (let { etag } = base; ; ) {
    try {
      const answer = catalogUpdateProduct({ path, body: content, headers: { "If-Match": etag } })
      return { type: "saved", seen: seenIn(await answerWithHeaders(answer)) }
    } catch (error) {
      if (!isStale(error)) throw error
    }
    const theirs = await readProduct(path.id)
    if (theirs.product.status === "discontinued") return { type: "discontinued", theirs }
    const now = contentOf(theirs.product)
    if (!isSame(before, now)) return { type: "stale", theirs, merged: merge(before, content, now) }
    etag = theirs.etag
  }
}

/** Adds a product as a draft. @param key the same for the same content */
export const createProduct = async ({ status: _, ...body }: Content, key: string): Promise<Seen> =>
  seenIn(await answerWithHeaders(catalogCreateProduct({ body, headers: { "Idempotency-Key": key } })))

/** Makes a draft of a product that is sold no more. */
export const bringBack = async (id: string): Promise<Seen> =>
  seenIn(await answerWithHeaders(catalogPatchProduct({ path: { id }, body: { status: "draft" } })))

const seenIn = ({ data, headers }: { data: Seen["product"]; headers: Headers }): Seen => ({
  product: data,
  etag: headers.get("etag") ?? "*",
})
