import type pg from "pg"
import type { Audit, AuditRecord } from "../../audit/audit.ts"
import { inTransaction } from "./pool.ts"

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
    await inTransaction(tx).query({
      name: "audit-add",
      text: `INSERT INTO audit (at, caller_kind, caller, subject, action, change)
             SELECT $1, $2, $3, entry.* FROM unnest($4::text[], $5::text[], $6::jsonb[]) AS entry`,
      values: [
        now,
        caller.kind,
        "id" in caller ? caller.id : null,
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
})
