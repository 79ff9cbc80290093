import { useCase } from "@eshop/building-blocks/app/use-case"
import { cursorOf } from "@eshop/building-blocks/http/cursor"
import { wholeNumber } from "@eshop/building-blocks/http/query"
import { OrderId } from "@eshop/domain/kernel/ids"
import { verifyOrder } from "@eshop/domain/ordering/verify-order"
import * as z from "zod"
import type { Orders } from "../orders/ports.ts"
import type { PriceProofs } from "../proofs/ports.ts"

/** Streams are read whole: a page of them is a fraction of a second. */
const PAGE = 50

const cursor = cursorOf("verification", z.strictObject({ id: OrderId }))

/** Verifies a page of orders: chains, states and sums, and that each price proof is about its order. */
export const verifyOrders = useCase("ordering.verify-orders", {
  input: z.strictObject({
    limit: wholeNumber({ min: 1, max: PAGE }).default(PAGE),
    cursor: cursor.schema.optional(),
  }),
  result: z.strictObject({
    items: z.array(
      z.strictObject({
        orderId: OrderId,
        problems: z.array(z.strictObject({ code: z.string(), detail: z.string() })),
        proof: z.string().optional().describe("Its signature is the reader's to verify"),
      }),
    ),
    nextCursor: z.string().nullable(),
  }),
  handle:
    ({ orders, proofs }: { readonly orders: Orders; readonly proofs: PriceProofs }) =>
    async ({ limit, cursor: after }) => {
      const streams = await orders.streams(after?.id, limit)
      const items = await Promise.all(
        streams.map(async (stream) => {
          const proof = await proofs.find(stream.orderId)
          const problems = verifyOrder({ ...stream, proof })
          return { orderId: stream.orderId, problems, ...(proof !== undefined && { proof }) }
        }),
      )
      const last = streams.length === limit ? streams.at(-1) : undefined
      return { items, nextCursor: last ? cursor.encode({ id: last.orderId }) : null }
    },
})
