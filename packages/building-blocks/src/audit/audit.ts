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

/** So many entries are looked at for one page of a filtered trail; what lies further back is for the next ones. */
const MOST_LOOKED_AT = 5_000
const LOOKED_AT_ONCE = 500

/** As the trail writes it, so that both compare as texts. */
const instant = z.iso
  .datetime()
  .transform((text) => new Date(text).toISOString())
  .pipe(z.iso.datetime())

type Wanted = { readonly action?: string; readonly by?: string; readonly until?: string }

const isWanted =
  ({ action, by, until }: Wanted) =>
  (record: AuditRecord) =>
    (action === undefined || record.action.startsWith(action)) &&
    (by === undefined || record.by.id === by) &&
    (until === undefined || record.at < until)

const listAudit = useCase("operations.list-audit", {
  input: z.strictObject({
    subject: z.string().min(1).max(200).optional().describe("Only what was done to this"),
    action: z
      .string()
      .regex(/^[a-z0-9.-]{1,100}$/)
      .optional()
      .describe("Only actions that begin so: `product.`"),
    by: z.string().min(1).max(200).optional().describe("Only what was done by this caller's id"),
    since: instant.optional().describe("Inclusive"),
    until: instant.optional().describe("Exclusive"),
    limit: pageSize,
    cursor: cursor.schema.optional(),
  }),
  result: z.strictObject({
    items: z.array(AuditRecord),
    nextCursor: z
      .string()
      .nullable()
      .describe(`A page ends after ${MOST_LOOKED_AT} entries, however few of them were asked for`),
  }),
  handle:
    ({ audit }: { audit: Pick<Audit, "list"> }) =>
    async ({ subject, since = "", limit, cursor: before, ...wanted }) => {
      const isFiltered = Object.keys(wanted).length > 0
      const atOnce = isFiltered ? LOOKED_AT_ONCE : limit + 1
      const items: AuditRecord[] = []
      let last = before
      for (let looked = 0; looked < MOST_LOOKED_AT; looked += atOnce) {
        const found = await audit.list({
          limit: atOnce,
          ...(subject !== undefined && { subject }),
          ...(last !== undefined && { before: last }),
        })
        for (const record of found) {
          if (record.at < since) return { items, nextCursor: null }
          if (items.length === limit) return { items, nextCursor: cursor.encode(last as number) }
          last = record.position
          if (isWanted(wanted)(record)) items.push(record)
        }
        if (found.length < atOnce) return { items, nextCursor: null }
      }
      return { items, nextCursor: cursor.encode(last as number) }
    },
})

/** The trail of an app's changes, for one role. */
export const auditRoutes = (role: string) => [get("audit", listAudit, { access: { role } })] as const
