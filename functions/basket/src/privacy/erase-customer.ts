import { command } from "@eshop/building-blocks/app/use-case"
import { CustomerErased } from "@eshop/domain/contracts/ordering-events"
import * as z from "zod"
import type { PrivacyPorts } from "./ports.ts"

/**
 * A customer was forgotten: their addresses, checkouts and cart go as far as they were there by then; the carts' trail
 * tells what was done, and of nobody.
 */
export const eraseCustomer = command("basket.erase-customer", {
  input: CustomerErased.data,
  result: z.void(),
  handle:
    ({ customers, guestAccounts, carts, personalData, audit, erased }: PrivacyPorts) =>
    ({ customerId, until: said }, call) =>
      call.commit(async (tx) => {
        const until = said ?? call.now.toISOString()
        await personalData.forget(tx, customerId, new Date(until))
        await customers.removeCheckouts(tx, customerId)
        await carts.remove(tx, customerId, new Date(until))
        await customers.forgetMerges(tx, customerId)
        await guestAccounts.forget(tx, customerId, new Date(until))
        const pseudonym = `erased-${call.newId()}`
        await audit.pseudonymise(tx, { customerId, pseudonym, subjects: [`cart ${customerId}`] })
        await erased.record(tx, { customerId, until })
      }),
})
