import { command } from "@eshop/building-blocks/app/use-case"
import type { ErasedCustomers } from "@eshop/building-blocks/personal-data/erased-customers"
import { CustomerErased } from "@eshop/domain/contracts/ordering-events"
import * as z from "zod"
import type { Customers } from "./ports.ts"

type Ports = { readonly customers: Customers; readonly erased: ErasedCustomers }

/**
 * A customer was forgotten: nobody can tell any more whose their orders and coupon uses are. A limit per customer, and
 * who has ordered before, begin anew for who comes again. The audit trail names merchants alone.
 */
export const eraseCustomer = command("discount.erase-customer", {
  input: CustomerErased.data,
  result: z.void(),
  handle:
    ({ customers, erased }: Ports) =>
    ({ customerId, until: said }, call) =>
      call.commit(async (tx) => {
        const until = said ?? call.now.toISOString()
        // First: a cancellation that comes behind finds it.
        await erased.record(tx, { customerId, until })
        await customers.forget(customerId, new Date(until))
      }),
})
