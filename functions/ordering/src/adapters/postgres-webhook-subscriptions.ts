import { inTransaction, type Queryable } from "@eshop/building-blocks/store/postgres/pool"
import { afterCommit } from "@eshop/building-blocks/store/transaction"
import type pg from "pg"
import type { Subscriptions } from "../webhooks/ports.ts"
import type { DisabledFor, Subscription } from "../webhooks/subscription.ts"
import type { WebhookType } from "../webhooks/webhook-types.ts"

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

const COLUMNS = `id, url, description, disabled_for, version, secret_number, secret_key,
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

async function withTypes(client: Queryable, rows: readonly Row[]): Promise<Subscription[]> {
  if (rows.length === 0) return []
  const { rows: types } = await client.query<{ subscription_id: string; type: WebhookType }>({
    name: "webhook-types",
    text: `SELECT subscription_id, type FROM webhook_subscription_type
           WHERE subscription_id = ANY($1::uuid[]) ORDER BY type`,
    values: [rows.map(({ id }) => id)],
  })
  return rows.map((row) =>
    subscriptionOf(
      row,
      types.flatMap((one) => (one.subscription_id === row.id ? [one.type] : [])),
    ),
  )
}

async function addTypes(client: Queryable, { id, types }: Subscription): Promise<void> {
  for (const type of types)
    await client.query("INSERT INTO webhook_subscription_type (type, subscription_id) VALUES ($1, $2)", [
      type,
      id,
    ])
}

const secretsOf = ({ secret, oldSecret }: Subscription) => [
  secret.number,
  secret.keyVersion,
  oldSecret?.number ?? null,
  oldSecret?.keyVersion ?? null,
  oldSecret?.until ?? null,
]

/** @param changed hears of a changed one: it may be enabled again, and have something waiting */
export const postgresWebhookSubscriptions = (
  pool: pg.Pool,
  changed: () => void = () => {},
): Subscriptions => ({
  async find(id) {
    const { rows } = await pool.query<Row>(`SELECT ${COLUMNS} FROM webhook_subscription WHERE id = $1`, [id])
    return (await withTypes(pool, rows))[0]
  },

  async lock(tx, id) {
    const client = inTransaction(tx)
    const { rows } = await client.query<Row>(
      `SELECT ${COLUMNS} FROM webhook_subscription WHERE id = $1 FOR UPDATE`,
      [id],
    )
    return (await withTypes(client, rows))[0]
  },

  async list(after, limit) {
    const { rows } = await pool.query<Row>(
      `SELECT ${COLUMNS} FROM webhook_subscription WHERE $1::uuid IS NULL OR id > $1 ORDER BY id LIMIT $2`,
      [after ?? null, limit],
    )
    return await withTypes(pool, rows)
  },

  async count(tx) {
    const { rows } = await inTransaction(tx).query<{ count: number }>(
      "SELECT count(*) FROM webhook_subscription",
    )
    return rows[0]?.count ?? 0
  },

  async add(tx, subscription) {
    const { id, url, description, version, createdAt, changedAt } = subscription
    const client = inTransaction(tx)
    await client.query(
      `INSERT INTO webhook_subscription (id, url, description, version, created_at, changed_at,
         secret_number, secret_key, old_secret_number, old_secret_key, old_secret_until)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
      [id, url, description, version, createdAt, changedAt, ...secretsOf(subscription)],
    )
    await addTypes(client, subscription)
  },

  async save(tx, subscription) {
    afterCommit(tx, changed)
    const { id, url, description, disabledFor, version, changedAt } = subscription
    const client = inTransaction(tx)
    await client.query(
      `UPDATE webhook_subscription SET url = $2, description = $3, disabled_for = $4, version = $5,
         changed_at = $6, secret_number = $7, secret_key = $8,
         old_secret_number = $9, old_secret_key = $10, old_secret_until = $11
       WHERE id = $1`,
      [id, url, description, disabledFor ?? null, version, changedAt, ...secretsOf(subscription)],
    )
    await client.query("DELETE FROM webhook_subscription_type WHERE subscription_id = $1", [id])
    await addTypes(client, subscription)
  },

  async remove(tx, id) {
    await inTransaction(tx).query("DELETE FROM webhook_subscription WHERE id = $1", [id])
  },

  async wanting(tx, type) {
    // A subscription that is deleted meanwhile waits until its delivery is there, and takes it along.
    const { rows } = await inTransaction(tx).query<{ id: string }>({
      name: "webhook-wanting",
      text: `SELECT s.id FROM webhook_subscription s
             JOIN webhook_subscription_type t ON t.subscription_id = s.id
             WHERE t.type = $1 AND s.disabled_for IS NULL ORDER BY s.id FOR KEY SHARE OF s`,
      values: [type],
    })
    return rows.map(({ id }) => id)
  },

  async due(limit) {
    const { rows } = await pool.query<Row>({
      name: "webhook-due",
      text: `SELECT ${COLUMNS} FROM (
               SELECT s.*, (SELECT min(d.due_at) FROM webhook_delivery d
                            WHERE d.subscription_id = s.id AND d.state = 'pending') AS first_due
               FROM webhook_subscription s
               WHERE s.disabled_for IS NULL AND (s.throttled_until IS NULL OR s.throttled_until <= now())
             ) waiting
             WHERE first_due <= now() ORDER BY first_due LIMIT $1`,
      values: [limit],
    })
    return await withTypes(pool, rows)
  },

  async succeeded(id) {
    await pool.query({
      name: "webhook-succeeded",
      text: `UPDATE webhook_subscription SET last_success_at = now()
             WHERE id = $1 AND (last_success_at IS NULL OR last_success_at < now() - interval '1 minute')`,
      values: [id],
    })
  },

  async throttle(id, seconds) {
    // Of several answers at once the one that asks for the longest pause counts.
    await pool.query(
      `UPDATE webhook_subscription SET throttled_until = now() + make_interval(secs => $2)
       WHERE id = $1 AND (throttled_until IS NULL OR throttled_until < now() + make_interval(secs => $2))`,
      [id, seconds],
    )
  },

  async disable(id, reason) {
    const { rowCount } = await pool.query(
      `UPDATE webhook_subscription SET disabled_for = $2, version = version + 1, changed_at = now()
       WHERE id = $1 AND disabled_for IS NULL`,
      [id, reason],
    )
    return rowCount === 1
  },
})
