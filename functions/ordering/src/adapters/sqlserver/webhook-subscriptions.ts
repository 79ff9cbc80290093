import { inTransaction, type SqlServer } from "@eshop/building-blocks/store/sqlserver/pool"
import {
  assignments,
  columnsOf,
  ids,
  inSeconds,
  instant,
  int,
  now,
  sql,
  text,
} from "@eshop/building-blocks/store/sqlserver/sql"
import { afterCommit } from "@eshop/building-blocks/store/transaction"
import type { Subscriptions } from "../../webhooks/ports.ts"
import type { DisabledFor, Subscription } from "../../webhooks/subscription.ts"
import type { WebhookType } from "../../webhooks/webhook-types.ts"

type Row = {
  id: string
  url: string
  description: string
  disabled_for: DisabledFor | null
  version: number
  secret_number: number
  secret_key: string
  old_secret_number: number | null
  old_secret_key: string | null
  old_secret_until: Date | null
  created_at: Date
  changed_at: Date
  last_success_at: Date | null
}

const columns = sql`id, url, description, disabled_for, version, secret_number, secret_key,
  old_secret_number, old_secret_key, old_secret_until, created_at, changed_at, last_success_at`

const subscriptionOf = (row: Row, types: readonly WebhookType[]): Subscription => ({
  id: row.id,
  url: row.url,
  description: row.description,
  types,
  ...(row.disabled_for && { disabledFor: row.disabled_for }),
  version: row.version,
  secret: { number: row.secret_number, keyVersion: row.secret_key },
  ...(row.old_secret_number !== null &&
    row.old_secret_key !== null &&
    row.old_secret_until && {
      oldSecret: {
        number: row.old_secret_number,
        keyVersion: row.old_secret_key,
        until: row.old_secret_until.toISOString(),
      },
    }),
  createdAt: row.created_at.toISOString(),
  changedAt: row.changed_at.toISOString(),
  ...(row.last_success_at && { lastSuccessAt: row.last_success_at.toISOString() }),
})

async function withTypes(server: SqlServer, rows: readonly Row[]): Promise<Subscription[]> {
  if (rows.length === 0) return []
  const { rows: types } = await server.run<{ subscription_id: string; type: WebhookType }>(
    sql`SELECT subscription_id, type FROM webhook_subscription_type
        WHERE subscription_id IN (${ids(rows.map(({ id }) => id))}) ORDER BY type`,
  )
  return rows.map((row) =>
    subscriptionOf(
      row,
      types.flatMap((one) => (one.subscription_id === row.id ? [one.type] : [])),
    ),
  )
}

async function addTypes(transaction: SqlServer, { id, types }: Subscription): Promise<void> {
  for (const type of types)
    await transaction.run(
      sql`INSERT INTO webhook_subscription_type (type, subscription_id) VALUES (${text(type)}, ${text(id)})`,
    )
}

/** What an operator may change. */
const changing = ({ url, description, version, changedAt, secret, oldSecret }: Subscription) =>
  [
    ["url", text(url)],
    ["description", text(description)],
    ["version", int(version)],
    ["changed_at", instant(new Date(changedAt))],
    ["secret_number", int(secret.number)],
    ["secret_key", text(secret.keyVersion)],
    ["old_secret_number", int(oldSecret?.number ?? null)],
    ["old_secret_key", text(oldSecret?.keyVersion ?? null)],
    ["old_secret_until", instant(oldSecret ? new Date(oldSecret.until) : null)],
  ] as const

/** @param changed hears of a changed one: it may be enabled again, and have something waiting */
export const sqlServerWebhookSubscriptions = (
  server: SqlServer,
  changed: () => void = () => {},
): Subscriptions => ({
  async find(id) {
    const { rows } = await server.run<Row>(
      sql`SELECT ${columns} FROM webhook_subscription WHERE id = ${text(id)}`,
    )
    return (await withTypes(server, rows))[0]
  },

  async lock(tx, id) {
    const transaction = inTransaction(tx)
    const { rows } = await transaction.run<Row>(
      sql`SELECT ${columns} FROM webhook_subscription WITH (UPDLOCK, ROWLOCK) WHERE id = ${text(id)}`,
    )
    return (await withTypes(transaction, rows))[0]
  },

  async list(after, limit) {
    const { rows } = await server.run<Row>(
      sql`SELECT TOP (${int(limit)}) ${columns} FROM webhook_subscription
          WHERE id > ${text(after ?? "")} ORDER BY id`,
    )
    return await withTypes(server, rows)
  },

  async count(tx) {
    const { rows } = await inTransaction(tx).run<{ count: number }>(
      sql`SELECT COUNT(*) AS [count] FROM webhook_subscription`,
    )
    return rows[0]?.count ?? 0
  },

  async add(tx, subscription) {
    const row = [
      ["id", text(subscription.id)],
      ["created_at", instant(new Date(subscription.createdAt))],
      ...changing(subscription),
    ] as const
    const transaction = inTransaction(tx)
    await transaction.run(sql`INSERT INTO webhook_subscription ${columnsOf(row)}`)
    await addTypes(transaction, subscription)
  },

  async save(tx, subscription) {
    afterCommit(tx, changed)
    const id = text(subscription.id)
    const values = [
      ...changing(subscription),
      ["disabled_for", text(subscription.disabledFor ?? null)],
    ] as const
    const transaction = inTransaction(tx)
    await transaction.run(sql`UPDATE webhook_subscription SET ${assignments(values)} WHERE id = ${id}`)
    await transaction.run(sql`DELETE FROM webhook_subscription_type WHERE subscription_id = ${id}`)
    await addTypes(transaction, subscription)
  },

  async remove(tx, id) {
    const transaction = inTransaction(tx)
    const of = text(id)
    // First itself: whoever makes a delivery for it has to end before.
    await transaction.run(sql`DELETE FROM webhook_subscription WHERE id = ${of}`)
    await transaction.run(sql`DELETE FROM webhook_subscription_type WHERE subscription_id = ${of}`)
    await transaction.run(sql`DELETE FROM webhook_delivery WHERE subscription_id = ${of}`)
  },

  async wanting(tx, type) {
    // A subscription that is deleted meanwhile waits until its delivery is there, and takes it along.
    const { rows } = await inTransaction(tx).run<{ id: string }>(
      sql`SELECT s.id AS [id] FROM webhook_subscription AS s WITH (REPEATABLEREAD, ROWLOCK)
          JOIN webhook_subscription_type AS t ON t.subscription_id = s.id
          WHERE t.type = ${text(type)} AND s.disabled_for IS NULL ORDER BY s.id`,
    )
    return rows.map(({ id }) => id)
  },

  async due(limit) {
    const { rows } = await server.run<Row>(
      sql`SELECT TOP (${int(limit)}) ${columns} FROM (
            SELECT s.*, (SELECT MIN(d.due_at) FROM webhook_delivery AS d
                         WHERE d.subscription_id = s.id AND d.state = N'pending') AS first_due
            FROM webhook_subscription AS s
            WHERE s.disabled_for IS NULL AND (s.throttled_until IS NULL OR s.throttled_until <= ${now})
          ) AS waiting
          WHERE first_due <= ${now} ORDER BY first_due`,
    )
    return await withTypes(server, rows)
  },

  async succeeded(id) {
    await server.run(
      sql`UPDATE webhook_subscription SET last_success_at = ${now}
          WHERE id = ${text(id)} AND (last_success_at IS NULL OR last_success_at < ${inSeconds(-60)})`,
    )
  },

  async throttle(id, seconds) {
    // Of several answers at once the one that asks for the longest pause counts.
    const until = inSeconds(seconds)
    await server.run(
      sql`UPDATE webhook_subscription SET throttled_until = ${until}
          WHERE id = ${text(id)} AND (throttled_until IS NULL OR throttled_until < ${until})`,
    )
  },

  async disable(id, reason) {
    const { count } = await server.run(
      sql`UPDATE webhook_subscription SET disabled_for = ${text(reason)}, version = version + 1, changed_at = ${now}
          WHERE id = ${text(id)} AND disabled_for IS NULL`,
    )
    return count === 1
  },
})
