import { idOfCaller } from "../../app/call.ts"
import type { Audit, AuditRecord } from "../../audit/audit.ts"
import { inTransaction, type SqlServer } from "./pool.ts"
import { bigint, ids, inParts, instant, int, join, sql, text } from "./sql.ts"

type Row = {
  position: string
  at: Date
  kind: AuditRecord["by"]["kind"]
  caller: string | null
  subject: string
  action: string
  change: string
}

/** The audit trail as a SQL Server table. */
export const sqlServerAudit = (server: SqlServer): Audit => ({
  async add(tx, { caller, now }, entries) {
    const who = sql`${instant(now)}, ${text(caller.kind)}, ${text(idOfCaller(caller) ?? null)}`
    for (const part of inParts(entries)) {
      const rows = part.map(
        ({ subject, action, change }) =>
          sql`(${who}, ${text(subject)}, ${text(action)}, ${text(JSON.stringify(change))})`,
      )
      await inTransaction(tx).run(
        sql`INSERT INTO audit ([at], caller_kind, caller, subject, action, change) VALUES ${join(rows, ", ")}`,
      )
    }
  },

  async pseudonymise(tx, { customerId, pseudonym, subjects }) {
    const [old, next] = [text(customerId), text(pseudonym)]
    const [ending, length] = [text(` ${customerId}`), int(customerId.length)]
    // A subject that names the customer (`cart ada`) names the pseudonym from then on, and so does who acted.
    for (const part of inParts(subjects))
      await inTransaction(tx).run(
        sql`UPDATE audit SET
              caller = CASE WHEN caller = ${old} THEN ${next} ELSE caller END,
              subject = CASE WHEN RIGHT(subject, ${length} + 1) = ${ending}
                             THEN LEFT(subject, LEN(subject) - ${length}) + ${next} ELSE subject END
            WHERE subject IN (${ids(part)})`,
      )
  },

  async list({ subject, before, limit }) {
    const ofSubject = subject === undefined ? sql`` : sql`AND subject = ${text(subject)}`
    const { rows } = await server.run<Row>(
      sql`SELECT TOP (${int(limit)}) position, [at], caller_kind AS [kind], caller, subject, action, change FROM audit
          WHERE position < ${bigint(before ?? Number.MAX_SAFE_INTEGER)} ${ofSubject} ORDER BY position DESC`,
    )
    return rows.map(({ position, at, kind, caller, change, ...row }) => ({
      ...row,
      position: Number(position),
      at: at.toISOString(),
      by: { kind, ...(caller !== null && { id: caller }) },
      change: JSON.parse(change) as unknown,
    }))
  },
})
