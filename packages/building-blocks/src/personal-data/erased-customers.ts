import { CustomerId } from "@eshop/domain/kernel/ids"
import * as z from "zod"
import { get } from "../app/app.ts"
import type { Tx } from "../app/call.ts"
import { useCase } from "../app/use-case.ts"
import { cursorOf } from "../http/cursor.ts"
import { pageSize } from "../http/query.ts"

/** The role of people who see to what the shop keeps of others: export, erasure, the archive, the keys. */
export const PRIVACY_ROLE = "privacy.manage"

/** A customer whom a context has forgotten as far as they were known by then; what came since is kept. */
export const ErasedCustomer = z.strictObject({ customerId: CustomerId, until: z.iso.datetime() })
export type ErasedCustomer = z.infer<typeof ErasedCustomer>

/**
 * Whom a context has forgotten. The list has opaque ids and nothing else: whoever restores a store from a backup needs
 * it to forget them again.
 */
export type ErasedCustomers = {
  /** Said again, the later moment counts. */
  record(tx: Tx, erased: ErasedCustomer): Promise<void>
  /** Until when a customer was forgotten; undefined for one who was not. */
  find(customerId: string): Promise<string | undefined>
  /** By id. @param after the last id of the page before */
  list(after: string | undefined, limit: number): Promise<readonly ErasedCustomer[]>
}

const cursor = cursorOf("erasures", CustomerId)

const listErased = useCase("operations.list-erasures", {
  input: z.strictObject({ limit: pageSize, cursor: cursor.schema.optional() }),
  result: z.strictObject({ items: z.array(ErasedCustomer), nextCursor: z.string().nullable() }),
  handle:
    ({ erased }: { erased: ErasedCustomers }) =>
    async ({ limit, cursor: after }) => {
      const found = await erased.list(after, limit + 1)
      const items = found.slice(0, limit)
      const last = items.at(-1)
      return { items, nextCursor: found.length > limit && last ? cursor.encode(last.customerId) : null }
    },
})

/** Whom an app has forgotten, for a restore. */
export const erasedCustomerRoutes = [
  get("operations/erasures", listErased, { access: { role: PRIVACY_ROLE } }),
] as const
