import {
  discountAddCodeBatch,
  discountListCodeBatches,
  discountListCodes,
} from "@eshop/shop-client/generated/sdk.gen"
import type {
  DiscountListCodeBatchesResponse,
  DiscountListCodesResponse,
} from "@eshop/shop-client/generated/types.gen"
import { queryOptions } from "@tanstack/react-query"
import { answerOf, newKey } from "../../../../api/api.ts"
import { couponsKey } from "./rules.ts"

export type Batch = DiscountListCodeBatchesResponse["items"][number]
export type UniqueCode = DiscountListCodesResponse["items"][number]

const LIVE_MS = 1_000

const isDone = ({ count, made }: Batch): boolean => made >= count

/** The batches of a coupon; asked for again while one is being made. */
export const batchesQuery = (code: string, cursor: string | undefined) =>
  queryOptions({
    queryKey: [...couponsKey, code, "batches", cursor],
    queryFn: () =>
      answerOf(
        discountListCodeBatches({
          path: { code },
          query: { limit: 50, ...(cursor !== undefined && { cursor }) },
        }),
      ),
    refetchInterval: ({ state }) => (state.data?.items.every(isDone) === false ? LIVE_MS : false),
    staleTime: 0,
  })

/** @param batchId chosen once for each batch, so that asking again is the same one */
export const addBatch = (code: string, batchId: string, count: number) =>
  answerOf(discountAddCodeBatch({ path: { code, batchId }, body: { count } }))

export const newBatchId = newKey

/**
 * Reads all codes of a coupon.
 * @param told how many were read so far
 */
export async function allCodes(code: string, told: (count: number) => void): Promise<UniqueCode[]> {
  const codes: UniqueCode[] = []
  let cursor: string | undefined
  do {
    const query = { limit: 1_000, ...(cursor !== undefined && { cursor }) }
    const { items, nextCursor } = await answerOf(discountListCodes({ path: { code }, query }))
    codes.push(...items)
    told(codes.length)
    cursor = nextCursor ?? undefined
  } while (cursor !== undefined)
  return codes
}

/** Codes as a table for a spreadsheet (RFC 4180). None of the values has a comma, a quote or a line end in it. */
export const csvOf = (codes: readonly UniqueCode[]): string =>
  ["code,batch,order", ...codes.map(({ code, batchId, usedBy }) => `${code},${batchId},${usedBy ?? ""}`)]
    .map((line) => `${line}\r\n`)
    .join("")
