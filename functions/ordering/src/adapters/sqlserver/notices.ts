import { inTransaction, type SqlServer } from "@eshop/building-blocks/store/sqlserver/pool"
import { ids, inSeconds, int, now, sql, text } from "@eshop/building-blocks/store/sqlserver/sql"
import { afterCommit } from "@eshop/building-blocks/store/transaction"
import { NoticeFacts } from "../../notices/notice.ts"
import type { NoticeQueue } from "../../notices/ports.ts"

/** @param added hears of every commit that added notices */
export const sqlServerNotices = (server: SqlServer, added: () => void): NoticeQueue => ({
  async add(tx, notices) {
    afterCommit(tx, added)
    for (const { id, facts } of notices)
      await inTransaction(tx).run(
        sql`INSERT INTO notice (id, kind, facts, attempts, created_at, due_at)
            VALUES (${text(id)}, ${text(facts.kind)}, ${text(JSON.stringify(facts))}, 0, ${now}, ${now})`,
      )
  },

  async claim(limit, leaseSeconds) {
    const { rows } = await server.run<{ id: string; facts: string; attempts: number }>(
      sql`UPDATE notice WITH (UPDLOCK, READPAST, ROWLOCK) SET due_at = ${inSeconds(leaseSeconds)}
          OUTPUT inserted.[id] AS [id], inserted.[facts] AS [facts], inserted.[attempts] AS [attempts]
          WHERE id IN (SELECT TOP (${int(limit)}) id FROM notice WITH (UPDLOCK, READPAST, ROWLOCK)
                       WHERE due_at <= ${now} ORDER BY due_at)
            AND due_at <= ${now}`,
    )
    return rows.map(({ facts, ...row }) => ({ ...row, facts: NoticeFacts.parse(JSON.parse(facts)) }))
  },

  async remove(removed) {
    await server.run(sql`DELETE FROM notice WHERE id IN (${ids(removed)})`)
  },

  async postpone(id, delaySeconds) {
    await server.run(
      sql`UPDATE notice SET attempts = attempts + 1, due_at = ${inSeconds(delaySeconds)} WHERE id = ${text(id)}`,
    )
  },
})
