import { insertIfNew, inTransaction, type SqlServer } from "@eshop/building-blocks/store/sqlserver/pool"
import { instant, int, sql, text } from "@eshop/building-blocks/store/sqlserver/sql"
import type { Attention, SagaInNeed } from "../../sagas/attention.ts"

type Row = Omit<SagaInNeed, "position"> & { readonly position: string }

/** The sagas that need attention, as a SQL Server table. */
export const sqlServerAttention = (server: SqlServer): Attention => ({
  async note(tx, { instanceId, orderId, saga, position, notedAt }) {
    await insertIfNew(
      inTransaction(tx),
      sql`INSERT INTO saga_attention (instance_id, order_id, saga, position, noted_at)
          VALUES (${text(instanceId)}, ${text(orderId)}, ${text(saga)}, ${text(JSON.stringify(position))},
            ${instant(notedAt)})`,
    )
  },

  async strike(tx, instanceId) {
    await inTransaction(tx).run(sql`DELETE FROM saga_attention WHERE instance_id = ${text(instanceId)}`)
  },

  async list(after, limit) {
    const time = after && instant(after.notedAt)
    const further =
      after && time
        ? sql`WHERE noted_at > ${time} OR (noted_at = ${time} AND instance_id > ${text(after.instanceId)})`
        : sql``
    const { rows } = await server.run<Row>(
      sql`SELECT TOP (${int(limit)}) instance_id AS [instanceId], order_id AS [orderId], saga, position,
            noted_at AS [notedAt]
          FROM saga_attention ${further} ORDER BY noted_at, instance_id`,
    )
    return rows.map((row) => ({ ...row, position: JSON.parse(row.position) as SagaInNeed["position"] }))
  },

  async countBySaga() {
    const { rows } = await server.run<{ saga: string; count: number }>(
      sql`SELECT saga AS [saga], COUNT(*) AS [count] FROM saga_attention GROUP BY saga`,
    )
    return Object.fromEntries(rows.map(({ saga, count }) => [saga, count]))
  },
})
