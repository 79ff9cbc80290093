import type { Connections, DatabaseName } from "@eshop/local-cloud/settings"
import pg from "pg"

const BATCH = 10_000
/** So many customers share the orders: each has some, as customers do. */
const CUSTOMERS = 20_000

/** Tables that hold rows of an order, with the members that must differ besides its id and its customer's. */
const tables: Record<DatabaseName, Record<string, readonly string[]>> = {
  ordering: { orders: [], order_event: [], order_view: [], price_proof: [] },
  basket: { checkout: ["cart_version"] },
  catalog: { reservation: [] },
}

/** An order that was made before, to be multiplied. */
export type Template = { readonly orderId: string; readonly customerId: string }

/** An id as UUIDv7 has them, of an order long ago. */
const ID = "('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))"

/**
 * Copies an order's rows under ids and customers of their own, from number `first` on up to `last`, as they would lie
 * there after so many orders.
 */
async function multiply(
  client: pg.Client,
  table: string,
  distinct: readonly string[],
  { orderId, customerId }: Template,
  first: number,
  last: number,
): Promise<void> {
  const members = distinct.map((member) => `'${member}', n`).join(", ")
  // Read once: the table grows, and nothing finds an id in whatever column it lies.
  const { rows } = await client.query<{ row: string }>(
    `SELECT to_jsonb(t)::text AS row FROM ${table} AS t WHERE to_jsonb(t)::text LIKE '%' || $1 || '%'`,
    [orderId],
  )
  for (let from = first; from <= last; from += BATCH)
    await client.query(
      `INSERT INTO ${table} SELECT copy.*
       FROM generate_series($3::int, $4::int) AS n, unnest($5::text[]) AS template (row),
            jsonb_populate_record(NULL::${table},
              replace(replace(template.row, $1, ${ID}), $2, 'stored-' || n % ${CUSTOMERS})::jsonb
                || jsonb_build_object(${members})) AS copy`,
      [orderId, customerId, from, Math.min(from + BATCH - 1, last), rows.map(({ row }) => row)],
    )
}

/**
 * Fills the stores with orders that ended long ago, by SQL.
 * @param first number of the first one that is not there yet, from 1 on
 */
export async function storeOrders(
  connections: Connections,
  template: Template,
  first: number,
  last: number,
): Promise<void> {
  for (const [database, ofIt] of Object.entries(tables)) {
    const client = new pg.Client({ connectionString: connections.postgres[database as DatabaseName] })
    await client.connect()
    try {
      for (const [table, distinct] of Object.entries(ofIt)) {
        await multiply(client, table, distinct, template, first, last)
        await client.query(`ANALYZE ${table}`)
      }
    } finally {
      await client.end()
    }
  }
}
