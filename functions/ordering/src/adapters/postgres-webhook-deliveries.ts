import { inTransaction } from "@eshop/building-blocks/store/postgres/pool"
import { afterCommit } from "@eshop/building-blocks/store/transaction"
import type pg from "pg"
import type { Delivery, DeliveryState } from "../webhooks/delivery.ts"
import type { Deliveries } from "../webhooks/ports.ts"

type Row = {
  id: string
  subscription_id: string
  type: string
  body: string
  state: DeliveryState
  attempts: number
  created_at: Date
  due_at: Date
  attempted_at: Date | null
  status: number | null
  error: string | null
  response: string | null
  milliseconds: number | null
}

const COLUMNS = `id, subscription_id, type, body, state, attempts, created_at, due_at,
  attempted_at, status, error, response, milliseconds`
const ANEW = "state = 'pending', attempts = 0, due_at = now()"

const deliveryOf = (row: Row): Delivery => ({
  id: row.id,
  subscriptionId: row.subscription_id,
  type: row.type,
  body: row.body,
  state: row.state,
  attempts: row.attempts,
  createdAt: row.created_at.toISOString(),
  dueAt: row.due_at.toISOString(),
  ...(row.attempted_at && {
    lastAttempt: {
      at: row.attempted_at.toISOString(),
      ...(row.status !== null && { status: row.status }),
      ...(row.error !== null && { error: row.error }),
      ...(row.response !== null && { response: row.response }),
      milliseconds: row.milliseconds ?? 0,
    },
  }),
})

/** @param added hears of every commit after which something is due */
export const postgresWebhookDeliveries = (pool: pg.Pool, added: () => void): Deliveries => ({
  async add(tx, deliveries) {
    afterCommit(tx, added)
    for (const { id, subscriptionId, type, body } of deliveries)
      await inTransaction(tx).query({
        name: "webhook-delivery-add",
        text: `INSERT INTO webhook_delivery (id, subscription_id, type, body, state, attempts)
               VALUES ($1, $2, $3, $4, 'pending', 0)`,
        values: [id, subscriptionId, type, body],
      })
  },

  async claim(subscriptionId, limit, leaseSeconds) {
    const { rows } = await pool.query<Row>({
      name: "webhook-delivery-claim",
      text: `UPDATE webhook_delivery SET due_at = now() + make_interval(secs => $3)
             WHERE id IN (SELECT id FROM webhook_delivery
                          WHERE subscription_id = $1 AND state = 'pending' AND due_at <= now()
                          ORDER BY due_at, id LIMIT $2 FOR UPDATE SKIP LOCKED)
             RETURNING ${COLUMNS}`,
      values: [subscriptionId, limit, leaseSeconds],
    })
    return rows.map(deliveryOf)
  },

  async record({ id, attempts }, { state, delaySeconds, attempt }) {
    const { status, error, response, milliseconds } = attempt
    await pool.query({
      name: "webhook-delivery-record",
      text: `UPDATE webhook_delivery SET state = $3, attempts = attempts + 1,
               due_at = now() + make_interval(secs => $4), attempted_at = now(),
               status = $5, error = $6, response = $7, milliseconds = $8
             WHERE id = $1 AND attempts = $2 AND state = 'pending'`,
      values: [
        id,
        attempts,
        state,
        delaySeconds,
        status ?? null,
        error ?? null,
        response ?? null,
        milliseconds,
      ],
    })
  },

  async list(subscriptionId, { state, after }, limit) {
    const { rows } = await pool.query<Row>(
      `SELECT ${COLUMNS} FROM webhook_delivery
       WHERE subscription_id = $1 AND ($2::text IS NULL OR state = $2)
         AND ($3::timestamptz IS NULL OR (created_at, id) < ($3, $4::uuid))
       ORDER BY created_at DESC, id DESC LIMIT $5`,
      [subscriptionId, state ?? null, after?.at ?? null, after?.id ?? null, limit],
    )
    return rows.map(deliveryOf)
  },

  async replay(tx, subscriptionId, id) {
    afterCommit(tx, added)
    const { rowCount } = await inTransaction(tx).query(
      `UPDATE webhook_delivery SET ${ANEW} WHERE id = $2 AND subscription_id = $1`,
      [subscriptionId, id],
    )
    return rowCount === 1
  },

  async replayRange(tx, subscriptionId, { from, to, state }, limit) {
    afterCommit(tx, added)
    const { rowCount } = await inTransaction(tx).query(
      `UPDATE webhook_delivery SET ${ANEW}
       WHERE id IN (SELECT id FROM webhook_delivery
                    WHERE subscription_id = $1 AND state = $2 AND created_at >= $3 AND created_at < $4
                    ORDER BY created_at LIMIT $5 FOR UPDATE)`,
      [subscriptionId, state, from, to, limit],
    )
    return rowCount ?? 0
  },

  async forgetOlderThan(days, limit) {
    const { rowCount } = await pool.query(
      `DELETE FROM webhook_delivery WHERE id IN (
         SELECT id FROM webhook_delivery WHERE created_at < now() - make_interval(days => $1) LIMIT $2)`,
      [days, limit],
    )
    return rowCount ?? 0
  },
})
