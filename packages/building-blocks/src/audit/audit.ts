import * as z from "zod"
import { get } from "../app/app.ts"
import type { Call, Tx } from "../app/call.ts"
import { useCase } from "../app/use-case.ts"
import { cursorOf } from "../http/cursor.ts"
import { pageSize } from "../http/query.ts"

/** What was done to what. Never personal data: a trail is kept for longer than a customer's. */
export type AuditEntry = {
  /** What was changed, e.g. `product 018f…`. */
  readonly subject: string
  /** `price.set`, `category.moved` */
  readonly action: string
  /** What a person needs to see of it: the new values, or from and to. */
  readonly change: unknown
}

/** An entry as it was written: by whom and when. */
export const AuditRecord = z.strictObject({
  position: z.int(),
  at: z.iso.datetime(),
  by: z.strictObject({
    kind: z.enum(["anonymous", "guest", "order-holder", "customer", "service", "system"]),
    id: z.string().optional(),
  }),
  subject: z.string(),
  action: z.string(),
  change: z.unknown(),
})
export type AuditRecord = z.infer<typeof AuditRecord>

/** Who changed what and when: only ever added to, in the transaction of the change. */
export type Audit = {
  /** Who and when are the call's. */
  add(tx: Tx, call: Pick<Call, "caller" | "now">, entries: readonly AuditEntry[]): Promise<void>
  /** Newest first. @param before the position that the page begins after */
  list(filter: { subject?: string; before?: number; limit: number }): Promise<readonly AuditRecord[]>
  /**
   * Puts a pseudonym in the place of a forgotten customer, who acted on these subjects or is one of them: what was done
   * stays, by whom is nobody's.
   * @param about.subjects what was the customer's: its entries by others name these
   */
  pseudonymise(
    tx: Tx,
    about: { readonly customerId: string; readonly pseudonym: string; readonly subjects: readonly string[] },
  ): Promise<void>
}

const cursor = cursorOf("audit", z.int().min(1))

const listAudit = useCase("operations.list-audit", {
  input: z.strictObject({
    subject: z.string().min(1).max(200).optional().describe("Only what was done to this"),
    limit: pageSize,
    cursor: cursor.schema.optional(),
  }),
  result: z.strictObject({ items: z.array(AuditRecord), nextCursor: z.string().nullable() }),
  handle:
    ({ audit }: { audit: Pick<Audit, "list"> }) =>
    async ({ subject, limit, cursor: before }) => {
      const found = await audit.list({
        limit: limit + 1,
        ...(subject !== undefined && { subject }),
        ...(before !== undefined && { before }),
      })
      const items = found.slice(0, limit)
      const last = items.at(-1)
      return { items, nextCursor: found.length > limit && last ? cursor.encode(last.position) : null }
    },
})

/** The trail of an app's changes, for one role. */
export const auditRoutes = (role: string) => [get("audit", listAudit, { access: { role } })] as const
