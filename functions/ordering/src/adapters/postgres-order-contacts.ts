import { inTransaction, sendInTransaction } from "@eshop/building-blocks/store/postgres/pool"
import type pg from "pg"
import type { LookupCounts, OrderContacts } from "../access/ports.ts"

/** Numbers are long enough for one order each, or a few. */
const MAX_FOUND = 10

type Row = {
  order_id: string
  order_number: string
  customer_id: string
  key_version: string
  email_digest: string
}

export const postgresOrderContacts = (pool: pg.Pool): OrderContacts => ({
  async add(tx, { orderId, orderNumber, customerId, email }) {
    sendInTransaction(tx, {
      name: "order-contact-add",
      text: `INSERT INTO order_contact (order_id, order_number, customer_id, key_version, email_digest)
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT (order_id) DO NOTHING`,
      values: [orderId, orderNumber, customerId, email.keyVersion, email.value],
    })
  },

  async find(order) {
    const [column, value] = "id" in order ? ["order_id", order.id] : ["order_number", order.number]
    const { rows } = await pool.query<Row>({
      name: `order-contact-by-${column}`,
      text: `SELECT order_id, order_number, customer_id, key_version, email_digest
             FROM order_contact WHERE ${column} = $1 LIMIT ${MAX_FOUND}`,
      values: [value],
    })
    return rows.map((row) => ({
      orderId: row.order_id,
      orderNumber: row.order_number,
      customerId: row.customer_id,
      email: { keyVersion: row.key_version, value: row.email_digest },
    }))
  },

  async ordersOf(emails, limit) {
    const { rows } = await pool.query<{ order_id: string }>({
      name: "order-contact-by-email",
      text: `SELECT order_id FROM order_contact
             WHERE (key_version, email_digest) IN (SELECT * FROM unnest($1::text[], $2::text[]))
             ORDER BY order_id DESC LIMIT $3`,
      values: [emails.map(({ keyVersion }) => keyVersion), emails.map(({ value }) => value), limit],
    })
    return rows.map(({ order_id }) => order_id)
  },

  async customersOf(emails, limit) {
    const { rows } = await pool.query<{ customerId: string; orders: number; ordersWithOthers: number }>({
      name: "order-contact-customers-by-email",
      text: `WITH named AS (SELECT * FROM unnest($1::text[], $2::text[]) AS named (key_version, email_digest)),
             found AS (
               SELECT customer_id, (key_version, email_digest) IN (TABLE named) AS is_named FROM order_contact
               WHERE customer_id IN (
                 SELECT customer_id FROM order_contact WHERE (key_version, email_digest) IN (TABLE named)))
             SELECT customer_id AS "customerId", count(*) FILTER (WHERE is_named)::int AS orders,
               count(*) FILTER (WHERE NOT is_named)::int AS "ordersWithOthers"
             FROM found GROUP BY customer_id ORDER BY 2 DESC, 1 LIMIT $3`,
      values: [emails.map(({ keyVersion }) => keyVersion), emails.map(({ value }) => value), limit],
    })
    return rows
  },

  async forget(tx, customerId) {
    const { rowCount } = await inTransaction(tx).query(
      `DELETE FROM order_contact WHERE customer_id = $1
       AND NOT EXISTS (SELECT FROM personal_data WHERE subject = order_id::text)`,
      [customerId],
    )
    return rowCount ?? 0
  },
})

export const postgresLookupCounts = (pool: pg.Pool): LookupCounts => ({
  async count(tx, subjects, windowSeconds) {
    let highest = { count: 0, secondsLeft: 0 }
    // In one order, so that two look-ups of the same cannot wait for each other in a circle.
    for (const subject of [...subjects].sort()) {
      const { rows } = await inTransaction(tx).query<{ count: number; seconds_left: number }>({
        name: "lookup-count",
        text: `INSERT INTO lookup_count (subject, begun_at, count) VALUES ($1, now(), 1)
               ON CONFLICT (subject) DO UPDATE SET
                 count = CASE WHEN lookup_count.begun_at < now() - make_interval(secs => $2)
                              THEN 1 ELSE lookup_count.count + 1 END,
                 begun_at = CASE WHEN lookup_count.begun_at < now() - make_interval(secs => $2)
                                 THEN now() ELSE lookup_count.begun_at END
               RETURNING count, ceil(extract(epoch FROM begun_at - now()) + $2)::int AS seconds_left`,
        values: [subject, windowSeconds],
      })
      const [row] = rows
      if (row && row.count > highest.count) highest = { count: row.count, secondsLeft: row.seconds_left }
    }
    return highest
  },

  async forgetOlderThan(seconds) {
    await pool.query("DELETE FROM lookup_count WHERE begun_at < now() - make_interval(secs => $1)", [seconds])
  },
})
