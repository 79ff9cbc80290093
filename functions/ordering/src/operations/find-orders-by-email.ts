import { useCase } from "@eshop/building-blocks/app/use-case"
import { EmailAddress } from "@eshop/domain/kernel/text"
import * as z from "zod"
import type { EmailDigests } from "../access/email-digest.ts"
import type { OrderContacts } from "../access/ports.ts"
import type { Orders } from "../orders/ports.ts"
import { FoundOrder, foundOf } from "./search-orders.ts"

/** The newest are told; who has ordered more often is found by their customer id. */
const MAX_ORDERS = 50

/**
 * The orders that were placed with an e-mail address, newest first: as a guest or signed in, until their customer is
 * forgotten. The address is sent in a body, since addresses of requests are written down in many places.
 */
export const findOrdersByEmail = useCase("ordering.find-orders-by-email", {
  input: z.strictObject({ email: EmailAddress }),
  result: z.strictObject({ items: z.array(FoundOrder).max(MAX_ORDERS) }),
  handle:
    (ports: { readonly emails: EmailDigests; readonly contacts: OrderContacts; readonly orders: Orders }) =>
    async ({ email }) => {
      const ids = await ports.contacts.ordersOf(ports.emails.all(email), MAX_ORDERS)
      const found = await Promise.all(ids.map((id) => ports.orders.find(id)))
      return { items: found.flatMap((stored) => (stored ? [foundOf(stored.order)] : [])) }
    },
})
