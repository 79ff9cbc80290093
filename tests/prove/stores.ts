import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import type { Cloud } from "@eshop/local-cloud/cloud"
import pg from "pg"
import type { Look, OrderFacts } from "./agreement.ts"
import type { Claim, Level, Payment } from "./ledger.ts"
import { skus } from "./load.ts"

/** What one sample reads: Catalog, then Ordering, then the provider, each as of one moment. */
export type Sample = Look & {
  readonly levels: readonly Level[]
  readonly holds: readonly { sku: string; quantity: number }[]
}

const connect = async (connectionString: string): Promise<pg.Client> => {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 10_000, query_timeout: 10_000 })
  client.on("error", () => {})
  await client.connect()
  return client
}

/** Runs the work on one snapshot of a database. @throws while the database is away */
async function onSnapshot<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = await connect(url)
  try {
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    return await work(client)
  } finally {
    await client.end().catch(() => {})
  }
}

async function readCatalog(client: pg.Client) {
  const levels = await client.query<Level>(
    `SELECT sku, sum(on_hand)::int AS "onHand", sum(reserved)::int AS reserved
     FROM stock WHERE sku = ANY ($1) GROUP BY sku`,
    [[...skus]],
  )
  const claims = await client.query<Claim>(
    `SELECT order_id AS "orderId", status, wanted, given_back AS "givenBack", allocations FROM reservation`,
  )
  const holds = await client.query<{ allocations: { sku: string; quantity: number }[] }>(
    "SELECT allocations FROM stock_hold WHERE status = 'held'",
  )
  return {
    levels: levels.rows,
    claims: claims.rows,
    holds: holds.rows.flatMap(({ allocations }) => allocations),
  }
}

type OrderRow = {
  id: string
  customer_id: string
  status: string
  events: { type: string; data: { captured?: Sum; amount?: Sum; total?: Sum; code?: string } }[]
}
type Sum = { amount: number }

function factsOf({ id, customer_id: customerId, status, events }: OrderRow): OrderFacts {
  const sum = (type: string, member: "captured" | "amount" | "total") =>
    events.reduce((all, event) => (event.type === type ? all + (event.data[member]?.amount ?? 0) : all), 0)
  const cancelled = events.find(({ type }) => type === "OrderCancelled")
  const isPaid = events.some(({ type }) => type === "OrderPaid")
  return {
    id,
    customerId,
    status,
    total: sum("OrderSubmitted", "total"),
    refunded: sum("OrderRefunded", "amount"),
    ...(cancelled?.data.code !== undefined && { cancelCode: cancelled.data.code }),
    ...(isPaid && { paid: sum("OrderPaid", "captured") }),
  }
}

/** Every order with its stream. */
async function readOrders(client: pg.Client): Promise<OrderFacts[]> {
  const { rows } = await client.query<OrderRow>(
    `SELECT id, customer_id, status, events FROM orders JOIN (
       SELECT order_id, json_agg(json_build_object('type', type, 'data', event->'data') ORDER BY version) AS events
       FROM order_event GROUP BY order_id) AS stream ON order_id = id`,
  )
  return rows.map(factsOf)
}

/** What the provider's stand-in has on its disk. It is the provider's own record, not what its API says. */
function readPayments(file: string): Payment[] {
  const database = new DatabaseSync(file, { timeout: 1_000 })
  try {
    database.exec("BEGIN")
    const rows = database
      .prepare(
        `SELECT status, amount, received, refunded, state,
                (SELECT coalesce(sum(json_extract(refunds.state, '$.amount')), 0) FROM refunds
                 WHERE refunds.intent = intents.id) AS refunds FROM intents`,
      )
      .all()
    return rows.map(({ state, status, amount, received, refunded, refunds }) => ({
      orderId: String(JSON.parse(String(state)).metadata.order_id),
      status: String(status),
      amount: Number(amount),
      received: Number(received),
      refunded: Number(refunded),
      refunds: Number(refunds),
    }))
  } finally {
    database.close()
  }
}

/** Takes a sample of all stores. @throws while one of them is away */
export async function takeSample({ connections, dataDir }: Cloud): Promise<Sample> {
  const stock = await onSnapshot(connections.postgres.catalog, readCatalog)
  const orders = await onSnapshot(connections.postgres.ordering, readOrders)
  const payments = readPayments(join(dataDir, "payments", "payments.sqlite"))
  return { ...stock, orders, payments }
}

/** Rows of a table that every context with a database has. */
async function countRows({ connections }: Cloud, table: "parked_message" | "outbox"): Promise<number> {
  const counts = await Promise.all(
    Object.values(connections.postgres).map((url) =>
      onSnapshot(url, async (client) => {
        const { rows } = await client.query<{ count: string }>(`SELECT count(*) FROM ${table}`)
        return Number(rows[0]?.count)
      }),
    ),
  )
  return counts.reduce((sum, count) => sum + count, 0)
}

/** How many messages wait for a person. */
export const countParked = (cloud: Cloud): Promise<number> => countRows(cloud, "parked_message")

/** How many events wait for their sending. */
export const countUnsent = (cloud: Cloud): Promise<number> => countRows(cloud, "outbox")
