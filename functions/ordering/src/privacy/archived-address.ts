import { useCase } from "@eshop/building-blocks/app/use-case"
import type { Audit } from "@eshop/building-blocks/audit/audit"
import type { Archive } from "@eshop/building-blocks/personal-data/personal-data"
import { OrderId } from "@eshop/domain/kernel/ids"
import { defineRefusal } from "@eshop/domain/kernel/refusal"
import * as z from "zod"
import { InvoiceAddress } from "./kept-invoices.ts"

const archivedAddressMissing = defineRefusal(
  "archived-address.missing",
  "not-found",
  "Nothing of the order is in the archive.",
)

/** Whom the invoice of an order was made out to whose customer was forgotten: for an audit of the taxes, and on record. */
export const getArchivedAddress = useCase("ordering.get-archived-address", {
  input: z.strictObject({ id: OrderId }),
  result: z.strictObject({ orderId: OrderId, address: InvoiceAddress, keptUntil: z.iso.datetime() }),
  refusals: [archivedAddressMissing],
  handle:
    ({ archive, audit }: { archive: Archive; audit: Audit }) =>
    async ({ id }, call) => {
      const found = await archive.find(id)
      if (!found) return archivedAddressMissing()
      await call.transact((tx) =>
        audit.add(tx, call, [{ subject: `order ${id}`, action: "archived-address.read", change: {} }]),
      )
      return {
        orderId: id,
        address: InvoiceAddress.parse(found.data),
        keptUntil: found.until.toISOString(),
      }
    },
})

/** Forgets what the law wants kept no longer. */
export const forgetArchived = useCase("ordering.forget-archived", {
  input: z.strictObject({}),
  result: z.void(),
  handle:
    ({ archive }: { archive: Archive }) =>
    (_, call) =>
      archive.forgetOver(call.now),
})
