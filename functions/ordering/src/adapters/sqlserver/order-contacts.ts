import { insertIfNew, inTransaction, type SqlServer } from "@eshop/building-blocks/store/sqlserver/pool"
import { inSeconds, int, join, now, type Sql, sql, text } from "@eshop/building-blocks/store/sqlserver/sql"
import type { EmailDigest } from "../../access/email-digest.ts"
import type { LookupCounts, OrderContacts } from "../../access/ports.ts"

type Row = {
  order_id: string
  order_number: string
  customer_id: string
  key_version: string
  email_digest: string
}

const withAny = (emails: readonly EmailDigest[]): Sql =>
  join(
    emails.map(
      ({ keyVersion, value }) => sql`(key_version = ${text(keyVersion)} AND email_digest = ${text(value)})`,
    ),
    " OR ",
  )

export const sqlServerOrderContacts = (server: SqlServer): OrderContacts => ({
  async add(tx, { orderId, orderNumber, customerId, email }) {
    await insertIfNew(
      inTransaction(tx),
      sql`INSERT INTO order_contact (order_id, order_number, customer_id, key_version, email_digest)
          VALUES (${text(orderId)}, ${text(orderNumber)}, ${text(customerId)}, ${text(email.keyVersion)},
            ${text(email.value)})`,
    )
  },

  async find(order) {
    const condition =
      "id" in order ? sql`order_id = ${text(order.id)}` : sql`order_number = ${text(order.number)}`
    // Numbers are long enough for one order each, or a few.
    const { rows } = await server.run<Row>(
      sql`SELECT TOP (10) order_id, order_number, customer_id, key_version, email_digest
          FROM order_contact WHERE ${condition}`,
    )
    return rows.map((row) => ({
      orderId: row.order_id,
      orderNumber: row.order_number,
      customerId: row.customer_id,
      email: { keyVersion: row.key_version, value: row.email_digest },
    }))
  },

  async ordersOf(emails, limit) {
    const { rows } = await server.run<{ order_id: string }>(
      sql`SELECT TOP (${int(limit)}) order_id FROM order_contact
          WHERE ${withAny(emails)} ORDER BY order_id DESC`,
    )
    return rows.map(({ order_id }) => order_id)
  },

  async customersOf(emails, limit) {
    const named = withAny(emails)
    const { rows } = await server.run<{ customerId: string; orders: number; ordersWithOthers: number }>(
      sql`SELECT TOP (${int(limit)}) customer_id AS [customerId],
            SUM(CASE WHEN ${named} THEN 1 ELSE 0 END) AS [orders],
            SUM(CASE WHEN ${named} THEN 0 ELSE 1 END) AS [ordersWithOthers]
          FROM order_contact WHERE customer_id IN (SELECT customer_id FROM order_contact WHERE ${named})
          GROUP BY customer_id ORDER BY [orders] DESC, customer_id`,
    )
    return rows
  },

  async forget(tx, customerId) {
    const { count } = await inTransaction(tx).run(
      sql`DELETE FROM order_contact WHERE customer_id = ${text(customerId)}
          AND NOT EXISTS (SELECT 1 FROM personal_data WHERE subject = order_contact.order_id)`,
    )
    return count
  },
})

export const sqlServerLookupCounts = (server: SqlServer): LookupCounts => ({
  async count(tx, subjects, windowSeconds) {
    let highest = { count: 0, secondsLeft: 0 }
    // In one order, so that two look-ups of the same cannot wait for each other in a circle.
    for (const subject of [...subjects].sort()) {
      const counted = await countOne(inTransaction(tx), subject, windowSeconds)
      if (counted.count > highest.count) highest = counted
    }
    return highest
  },

  async forgetOlderThan(seconds) {
    await server.run(sql`DELETE FROM lookup_count WHERE begun_at < ${inSeconds(-seconds)}`)
  },
})

async function countOne(transaction: SqlServer, subject: string, windowSeconds: number) {
  const of = text(subject)
  const isOver = sql`begun_at < ${inSeconds(-windowSeconds)}`
  for (;;) {
    const { rows } = await transaction.run<{ count: number; begunAt: Date; now: Date }>(
      sql`UPDATE lookup_count SET [count] = CASE WHEN ${isOver} THEN 1 ELSE [count] + 1 END,
            begun_at = CASE WHEN ${isOver} THEN ${now} ELSE begun_at END
          OUTPUT inserted.[count] AS [count], inserted.[begun_at] AS [begunAt], ${now} AS [now]
          WHERE subject = ${of}`,
    )
    const [row] = rows
    if (row) {
      // A window that has just begun may seem to begin in a moment: what is stored is rounded to milliseconds.
      const passed = Math.max(0, row.now.getTime() - row.begunAt.getTime()) / 1_000
      return { count: row.count, secondsLeft: Math.ceil(windowSeconds - passed) }
    }
    const isNew = await insertIfNew(
      transaction,
      sql`INSERT INTO lookup_count (subject, begun_at, [count]) VALUES (${of}, ${now}, 1)`,
    )
    if (isNew) return { count: 1, secondsLeft: windowSeconds }
  }
}
