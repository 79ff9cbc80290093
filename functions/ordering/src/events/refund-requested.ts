import { command } from "@eshop/building-blocks/app/use-case"
import type { Sagas } from "@eshop/building-blocks/durable/saga-client"
import { RefundRequested } from "@eshop/domain/contracts/ordering-events"
import { refundOf } from "@eshop/domain/ordering/settle-refund"
import * as z from "zod"
import type { Orders } from "../orders/ports.ts"
import { refund, refundIdOf } from "../refunds/refund-saga.ts"

type Ports = { readonly orders: Orders; readonly sagas: Sagas }

/** Money has to go back: a saga of its own sees to it, unless that is done. */
export const refundRequested = command("ordering.refund-requested", {
  input: RefundRequested.data,
  result: z.void(),
  handle:
    ({ orders, sagas }: Ports) =>
    async ({ orderId, refundId }, call) => {
      const stored = await orders.find(orderId)
      if (stored && refundOf(stored.order, refundId)?.status === "requested")
        await sagas.start(refund, refundIdOf(orderId, refundId), { orderId, refundId })
      return await call.commit(async () => undefined)
    },
})
