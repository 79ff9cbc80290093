import { command } from "@eshop/building-blocks/app/use-case"
import type { ErasedCustomers } from "@eshop/building-blocks/personal-data/erased-customers"
import { CustomerErased } from "@eshop/domain/contracts/ordering-events"
import * as z from "zod"
import type { Stock } from "../stock/ports.ts"

type Ports = { readonly stock: Stock; readonly erased: ErasedCustomers }

/**
 * A customer was forgotten: what is set aside for their cart is nobody's from then on, and ends in its time. Reservations
 * name orders alone, and the audit trail merchants.
 */
export const eraseCustomer = command("catalog.erase-customer", {
  input: CustomerErased.data,
  result: z.void(),
  handle:
    ({ stock, erased }: Ports) =>
    ({ customerId, until: said }, call) =>
      call.commit(async (tx) => {
        const until = said ?? call.now.toISOString()
        await stock.holds.disown(tx, customerId, new Date(until))
        await erased.record(tx, { customerId, until })
      }),
})
