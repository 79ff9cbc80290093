import { useCase } from "@eshop/building-blocks/app/use-case"
import type { Audit } from "@eshop/building-blocks/audit/audit"
import { CustomerId, GUEST_PREFIX } from "@eshop/domain/kernel/ids"
import { EmailAddress } from "@eshop/domain/kernel/text"
import * as z from "zod"
import type { EmailDigests } from "../access/email-digest.ts"
import type { OrderContacts } from "../access/ports.ts"

/** Who has more has to be asked for by their orders. */
const MAX_CUSTOMERS = 100

type Ports = {
  readonly emails: EmailDigests
  readonly contacts: Pick<OrderContacts, "customersOf">
  readonly audit: Audit
}

/**
 * Every customer and guest who has ordered with an e-mail address that whoever asks has checked: that the person who
 * wants to be forgotten receives what is sent there. Who typed it into a checkout is not known, so a person decides about
 * each one: somebody who orders with other addresses as well may be somebody else. It is on record for each, without the
 * address.
 */
export const findCustomersByEmail = useCase("ordering.find-customers-by-email", {
  input: z.strictObject({ email: EmailAddress }),
  result: z.strictObject({
    items: z
      .array(
        z.strictObject({
          customerId: CustomerId,
          isGuest: z.boolean(),
          orders: z.int().describe("Orders with this e-mail address"),
          ordersWithOthers: z.int().describe("Orders of the same customer with other e-mail addresses"),
        }),
      )
      .max(MAX_CUSTOMERS),
  }),
  handle:
    ({ emails, contacts, audit }: Ports) =>
    async ({ email }, call) => {
      const found = await contacts.customersOf(emails.all(email), MAX_CUSTOMERS)
      const entries = found.map(({ customerId }) => ({
        subject: `customer ${customerId}`,
        action: "customer.found-by-email",
        change: {},
      }))
      if (entries.length > 0) await call.transact((tx) => audit.add(tx, call, entries))
      return {
        items: found.map((one) => ({ ...one, isGuest: one.customerId.startsWith(GUEST_PREFIX) })),
      }
    },
})
