import * as z from "zod"
import { CustomerId } from "../kernel/ids.ts"
import { defineRoute } from "./route.ts"

/** A context tells of at most so many entries of one kind, the newest. */
export const MAX_DATA_ENTRIES = 1_000

/** What a context keeps of a customer, by kind. */
export const CustomerData = z.object({
  customerId: CustomerId,
  kinds: z.record(z.string(), z.array(z.unknown())),
  /** Kinds of which there is more than is told. */
  cutShort: z.array(z.string()),
})
export type CustomerData = z.infer<typeof CustomerData>

/** Basket's kind `guests`: whom a customer was before they signed in. */
export const FormerGuest = z.strictObject({ guestId: CustomerId, mergedAt: z.iso.datetime() })

/** Ordering asks each other context what it keeps of a customer, who wants to know. */
export const getCustomerData = defineRoute({
  method: "GET",
  path: "operations/customers/{customerId}/data",
  input: z.strictObject({ customerId: CustomerId }),
  answer: CustomerData,
  example: {
    input: { customerId: "58c49479-ec65-4de2-86e7-033c546291aa" },
    answer: {
      customerId: "58c49479-ec65-4de2-86e7-033c546291aa",
      kinds: { redemptions: [{ couponCode: "IPHONE150", status: "confirmed" }] },
      cutShort: [],
    },
  },
})

/**
 * What a context keeps, as it is told.
 * @param kinds each with one entry more than may be told, if there is one
 */
export function customerData<Kinds extends Readonly<Record<string, readonly unknown[]>>>(
  customerId: string,
  kinds: Kinds,
): { customerId: string; kinds: { [Kind in keyof Kinds]: Kinds[Kind][number][] }; cutShort: string[] } {
  const told = Object.entries(kinds).map(([kind, entries]) => [kind, entries.slice(0, MAX_DATA_ENTRIES)])
  const cutShort = Object.keys(kinds).filter((kind) => (kinds[kind]?.length ?? 0) > MAX_DATA_ENTRIES)
  return { customerId, kinds: Object.fromEntries(told), cutShort }
}
