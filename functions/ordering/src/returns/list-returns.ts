import { useCase } from "@eshop/building-blocks/app/use-case"
import { OrderId } from "@eshop/domain/kernel/ids"
import { isSent } from "@eshop/domain/ordering/order"
import { orderUnknown } from "@eshop/domain/ordering/order-refusals"
import * as z from "zod"
import { maySee } from "../orders/get-order.ts"
import { Return } from "../orders/order-views.ts"
import type { Orders } from "../orders/ports.ts"

/** An order's returns, oldest first. */
export const listReturns = useCase("ordering.list-returns", {
  input: z.strictObject({ id: OrderId }),
  result: z.strictObject({ items: z.array(Return) }),
  refusals: [orderUnknown],
  handle:
    ({ orders }: { orders: Orders }) =>
    async ({ id }, call) => {
      const stored = await orders.find(id)
      if (!stored || !maySee(call, stored.order)) return orderUnknown()
      return { items: isSent(stored.order) ? [...stored.order.returns] : [] }
    },
})
