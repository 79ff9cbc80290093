import {
  basketDeleteShippingMethod,
  basketGetShippingMethod,
  basketListShippingMethods,
  basketPutShippingMethod,
} from "@eshop/shop-client/generated/sdk.gen"
import { queryOptions } from "@tanstack/react-query"
import { answerOf, answerWithHeaders } from "../../../../api/api.ts"
import type { Method, Terms } from "./method-draft.ts"

export const methodsQuery = queryOptions({
  queryKey: ["goods", "shipping-methods"],
  queryFn: async () => (await answerOf(basketListShippingMethods({ query: { all: true } }))).items,
  staleTime: 0,
})

/** A method as it was read, with the ETag that a change has to name. */
export type Seen = { readonly method: Method; readonly etag: string }

export async function readMethod(id: string): Promise<Seen> {
  const call = basketGetShippingMethod({ path: { id }, cache: "no-store" })
  const { data, headers } = await answerWithHeaders(call)
  return { method: data, etag: headers.get("etag") ?? "*" }
}

/** What a method has before there is one: whoever adds it overwrites none. */
export const NOT_THERE = '"0"'

/** Writes a method. @throws ApiError, with status 412 where it is another one by now */
export const putMethod = (id: string, body: Terms, etag: string) =>
  answerOf(basketPutShippingMethod({ path: { id }, body, headers: { "If-Match": etag } }))

export const deleteMethod = (id: string) => answerOf(basketDeleteShippingMethod({ path: { id } }))
