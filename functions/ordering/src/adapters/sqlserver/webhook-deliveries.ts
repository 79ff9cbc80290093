import { inTransaction, type SqlServer } from "@eshop/building-blocks/store/sqlserver/pool"
import { inSeconds, instant, int, join, now, sql, text } from "@eshop/building-blocks/store/sqlserver/sql"
import { afterCommit } from "@eshop/building-blocks/store/transaction"
import type { Delivery, DeliveryState } from "../../webhooks/delivery.ts"
import type { Deliveries } from "../../webhooks/ports.ts"

type Row = Pick<Delivery, "id" | "type" | "body" | "attempts"> & {
  subscription_id: string
  state: DeliveryState
  created_at: Date
  due_at: Date
  attempted_at: Date | null
  status: number | null
  error: string | null
  response: string | null
  milliseconds: number | null
}

const anew = sql`state = N'pending', attempts = 0, due_at = ${now}`

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
export const sqlServerWebhookDeliveries = (server: SqlServer, added: () => void): Deliveries => ({
  async add(tx, deliveries) {
    afterCommit(tx, added)
    for (const { id, subscriptionId, type, body } of deliveries)
      await inTransaction(tx).run(
        sql`INSERT INTO webhook_delivery (id, subscription_id, type, body, state, attempts, created_at, due_at)
            VALUES (${text(id)}, ${text(subscriptionId)}, ${text(type)}, ${text(body)}, N'pending', 0, ${now}, ${now})`,
      )
  },

  async claim(subscriptionId, limit, leaseSeconds) {
    const isDue = sql`subscription_id = ${text(subscriptionId)} AND state = N'pending' AND due_at <= ${now}`
    const { rows } = await server.run<Row>(
      sql`UPDATE webhook_delivery WITH (UPDLOCK, READPAST, ROWLOCK) SET due_at = ${inSeconds(leaseSeconds)}
          OUTPUT inserted.[id] AS [id], inserted.[subscription_id] AS [subscription_id], inserted.[type] AS [type],
            inserted.[body] AS [body], inserted.[state] AS [state], inserted.[attempts] AS [attempts],
            inserted.[created_at] AS [created_at], inserted.[due_at] AS [due_at],
            inserted.[attempted_at] AS [attempted_at], inserted.[status] AS [status], inserted.[error] AS [error],
            inserted.[response] AS [response], inserted.[milliseconds] AS [milliseconds]
          WHERE id IN (SELECT TOP (${int(limit)}) id FROM webhook_delivery WITH (UPDLOCK, READPAST, ROWLOCK)
                       WHERE ${isDue} ORDER BY due_at, id)
            AND ${isDue}`,
    )
    return rows.map(deliveryOf)
  },

  async record({ id, attempts }, { state, delaySeconds, attempt }) {
    const { status, error, response, milliseconds } = attempt
    await server.run(
      sql`UPDATE webhook_delivery SET state = ${text(state)}, attempts = attempts + 1,
            due_at = ${inSeconds(delaySeconds)}, attempted_at = ${now}, status = ${int(status ?? null)},
            error = ${text(error ?? null)}, response = ${text(response ?? null)}, milliseconds = ${int(milliseconds)}
          WHERE id = ${text(id)} AND attempts = ${int(attempts)} AND state = N'pending'`,
    )
  },

  async list(subscriptionId, { state, after }, limit) {
    const at = after && instant(new Date(after.at))
    const conditions = [
      sql`subscription_id = ${text(subscriptionId)}`,
      state !== undefined && sql`state = ${text(state)}`,
      after && at && sql`(created_at < ${at} OR (created_at = ${at} AND id < ${text(after.id)}))`,
    ].filter((condition) => condition !== false && condition !== undefined)
    const { rows } = await server.run<Row>(
      sql`SELECT TOP (${int(limit)}) id, subscription_id, type, body, state, attempts, created_at, due_at,
            attempted_at, status, error, response, milliseconds
          FROM webhook_delivery WHERE ${join(conditions, " AND ")} ORDER BY created_at DESC, id DESC`,
    )
    return rows.map(deliveryOf)
  },

  async replay(tx, subscriptionId, id) {
    afterCommit(tx, added)
    const { count } = await inTransaction(tx).run(
      sql`UPDATE webhook_delivery SET ${anew}
          WHERE id = ${text(id)} AND subscription_id = ${text(subscriptionId)}`,
    )
    return count === 1
  },

  async replayRange(tx, subscriptionId, { from, to, state }, limit) {
    afterCommit(tx, added)
    const { count } = await inTransaction(tx).run(
      sql`UPDATE webhook_delivery SET ${anew}
          WHERE id IN (SELECT TOP (${int(limit)}) id FROM webhook_delivery
                       WHERE subscription_id = ${text(subscriptionId)} AND state = ${text(state)}
                         AND created_at >= ${instant(new Date(from))} AND created_at < ${instant(new Date(to))}
                       ORDER BY created_at)`,
    )
    return count
  },

  async forgetOlderThan(days, limit) {
    const { count } = await server.run(
      sql`DELETE TOP (${int(limit)}) FROM webhook_delivery WITH (UPDLOCK, READPAST, ROWLOCK)
          WHERE created_at < DATEADD(day, ${int(-days)}, ${now})`,
    )
    return count
  },
})
