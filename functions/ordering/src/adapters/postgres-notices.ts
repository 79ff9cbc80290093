import { sendInTransaction } from "@eshop/building-blocks/store/postgres/pool"
import { afterCommit } from "@eshop/building-blocks/store/transaction"
import type pg from "pg"
import { NoticeFacts } from "../notices/notice.ts"
import type { NoticeQueue } from "../notices/ports.ts"

/** @param added hears of every commit that added notices */
export const postgresNotices = (pool: pg.Pool, added: () => void): NoticeQueue => ({
  async add(tx, notices) {
    afterCommit(tx, added)
    for (const { id, facts } of notices)
      sendInTransaction(tx, {
        name: "notice-add",
        text: "INSERT INTO notice (id, kind, facts) VALUES ($1, $2, $3)",
        values: [id, facts.kind, JSON.stringify(facts)],
      })
  },

  async claim(limit, leaseSeconds) {
    const { rows } = await pool.query<{ id: string; facts: string; attempts: number }>({
      name: "notice-claim",
      text: `UPDATE notice SET due_at = now() + make_interval(secs => $2)
             WHERE id IN (SELECT id FROM notice WHERE due_at <= now()
                          ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED)
             RETURNING id, facts, attempts`,
      values: [limit, leaseSeconds],
    })
    return rows.map(({ facts, ...row }) => ({ ...row, facts: NoticeFacts.parse(JSON.parse(facts)) }))
  },

  async remove(ids) {
    await pool.query({
      name: "notice-remove",
      text: "DELETE FROM notice WHERE id = ANY ($1::uuid[])",
      values: [ids],
    })
  },

  async postpone(id, delaySeconds) {
    await pool.query({
      name: "notice-postpone",
      text: `UPDATE notice SET attempts = attempts + 1, due_at = now() + make_interval(secs => $2)
             WHERE id = $1`,
      values: [id, delaySeconds],
    })
  },
})
