import { inTransaction } from "@eshop/building-blocks/store/postgres/pool"
import type pg from "pg"
import type { Attention, SagaInNeed } from "../sagas/attention.ts"

/** The sagas that need attention, as a PostgreSQL table. */
export const postgresAttention = (pool: pg.Pool): Attention => ({
  async note(tx, { instanceId, orderId, saga, position, notedAt }) {
    await inTransaction(tx).query({
      name: "attention-note",
      text: `INSERT INTO saga_attention (instance_id, order_id, saga, position, noted_at)
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT (instance_id) DO NOTHING`,
      values: [instanceId, orderId, saga, JSON.stringify(position), notedAt],
    })
  },

  async strike(tx, instanceId) {
    await inTransaction(tx).query({
      name: "attention-strike",
      text: "DELETE FROM saga_attention WHERE instance_id = $1",
      values: [instanceId],
    })
  },

  async list(after, limit) {
    const { rows } = await pool.query<SagaInNeed>({
      name: "attention-list",
      text: `SELECT instance_id AS "instanceId", order_id AS "orderId", saga, position, noted_at AS "notedAt"
             FROM saga_attention
             WHERE $1::timestamptz IS NULL OR (noted_at, instance_id) > ($1, $2)
             ORDER BY noted_at, instance_id LIMIT $3`,
      values: [after?.notedAt ?? null, after?.instanceId ?? null, limit],
    })
    return rows
  },

  async countBySaga() {
    const { rows } = await pool.query<{ saga: string; count: number }>(
      "SELECT saga, count(*) FROM saga_attention GROUP BY saga",
    )
    return Object.fromEntries(rows.map(({ saga, count }) => [saga, count]))
  },
})
