import type pg from "pg"
import { idOfCaller } from "../../app/call.ts"
import type { Audit, AuditRecord } from "../../audit/audit.ts"
import { inTransaction, sendInTransaction } from "./pool.ts"

type Row = {
  position: number
  at: Date
  kind: AuditRecord["by"]["kind"]
  caller: string | null
  subject: string
  action: string
  change: unknown
}

/** The audit trail as a PostgreSQL table. */
export const postgresAudit = (pool: pg.Pool): Audit => ({
  async add(tx, { caller, now }, entries) {
    sendInTransaction(tx, {
      name: "audit-add",
      text: `INSERT INTO audit (at, caller_kind, caller, subject, action, change)
             SELECT $1, $2, $3, entry.* FROM unnest($4::text[], $5::text[], $6::jsonb[]) AS entry`,
      values: [
        now,
        caller.kind,
        idOfCaller(caller) ?? null,
        entries.map(({ subject }) => subject),
        entries.map(({ action }) => action),
        entries.map(({ change }) => JSON.stringify(change)),
      ],
    })
  },

  async list({ subject, before, limit }) {
    const { rows } = await pool.query<Row>(
      `SELECT position, at, caller_kind AS kind, caller, subject, action, change FROM audit
       WHERE ($1::text IS NULL OR subject = $1) AND ($2::bigint IS NULL OR position < $2)
       ORDER BY position DESC LIMIT $3`,
      [subject ?? null, before ?? null, limit],
    )
    return rows.map(({ at, kind, caller, ...row }) => ({
      ...row,
      at: at.toISOString(),
      by: { kind, ...(caller !== null && { id: caller }) },
    }))
  },

  async pseudonymise(tx, { customerId, pseudonym, subjects }) {
    // A subject that names the customer (`cart ada`) names the pseudonym from then on, and so does who acted.
    await inTransaction(tx).query(
      `UPDATE audit SET
         caller = CASE WHEN caller = $1 THEN $2 ELSE caller END,
         subject = CASE WHEN right(subject, length($1) + 1) = ' ' || $1
                        THEN left(subject, -length($1)) || $2 ELSE subject END
       WHERE subject = ANY($3::text[])`,
      [customerId, pseudonym, subjects],
    )
  },
})
