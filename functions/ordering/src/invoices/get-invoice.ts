import { useCase } from "@eshop/building-blocks/app/use-case"
import type { PersonalData } from "@eshop/building-blocks/personal-data/personal-data"
import { Address } from "@eshop/domain/contracts/checkouts"
import { OrderId } from "@eshop/domain/kernel/ids"
import { defineRefusal } from "@eshop/domain/kernel/refusal"
import { isPaid } from "@eshop/domain/ordering/order"
import { orderUnknown } from "@eshop/domain/ordering/order-refusals"
import * as z from "zod"
import { maySee } from "../orders/get-order.ts"
import type { Orders } from "../orders/ports.ts"
import { renderInvoice } from "./render-invoice.ts"

export const invoiceMissing = defineRefusal(
  "invoice.missing",
  "not-found",
  "There is an invoice once the order is paid.",
)

/** Name, address and tax number of the shop, in lines: what an invoice must state of who sells. */
export type Seller = string

/** An order's invoice as a page to print. */
export const getInvoice = useCase("ordering.get-invoice", {
  input: z.strictObject({ id: OrderId }),
  result: z.string(),
  refusals: [orderUnknown, invoiceMissing],
  handle:
    (ports: {
      readonly orders: Pick<Orders, "find" | "events">
      readonly personalData: Pick<PersonalData, "find">
      readonly seller: Seller
    }) =>
    async ({ id }, call) => {
      const { orders, personalData, seller } = ports
      const stored = await orders.find(id)
      if (!stored || !maySee(call, stored.order)) return orderUnknown()
      const { order } = stored
      if (!isPaid(order)) return invoiceMissing()
      const [events, personal] = await Promise.all([orders.events(id), personalData.find(id)])
      const paidAt = events.find(({ type }) => type === "OrderPaid")?.at ?? order.changedAt
      return renderInvoice(order, { seller, paidAt, address: personal && Address.parse(personal.data) })
    },
})
