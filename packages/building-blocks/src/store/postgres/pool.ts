import { isRefusal } from "@eshop/domain/kernel/refusal"
import pg from "pg"
import type { Tx, UnitOfWork } from "../../app/call.ts"
import { isUnavailable } from "../../failure.ts"
import { clientCall } from "../../telemetry/client-call.ts"
import { type Database, sqlCall } from "../../telemetry/database-call.ts"
import { awaitCommit, RolledBack } from "../transaction.ts"

// int8 arrives as text by default; every int8 of ours is a count or minor units, exact in a number
pg.types.setTypeParser(pg.types.builtins.INT8, (text) => {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new RangeError("int8 beyond the safe integers")
  return value
})

export type Queryable = Pick<pg.ClientBase, "query">

/**
 * A connection pool.
 * @param url postgres://user:password@host:port/database
 * @param options.max connections at the most
 * @param options.relaxed commits do not wait for the disk: for work that is simply done again after a crash of the
 * server, such as marking what was sent (https://www.postgresql.org/docs/current/wal-async-commit.html)
 */
export function connectPostgres(url: string, options: { max?: number; relaxed?: boolean } = {}): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.max ?? 16,
    ...(options.relaxed && { options: "-c synchronous_commit=off" }),
    connectionTimeoutMillis: 3_000,
    idleTimeoutMillis: 60_000,
    // The server ends what takes too long; the client gives up on a server that says nothing any more.
    statement_timeout: 5_000,
    query_timeout: 6_000,
    // A statement need not wait for the answer to the one before it.
    pipeline: true,
    application_name: process.env.WEBSITE_SITE_NAME ?? "eshop",
  })
  // A connection that breaks is replaced by the pool, and whoever uses it gets the error from the next query; without
  // listeners the events, of an idle connection and of one within a transaction, would end the process.
  pool.on("error", () => {})
  const database = databaseOf(url)
  pool.on("connect", (client) => {
    client.on("error", () => {})
    sendTogether(client)
    observeStatements(client, database)
  })
  observeStatements(pool, database)
  return pool
}

const databaseOf = (url: string): Database => {
  const { hostname, port, pathname } = new URL(url)
  return {
    system: "postgresql",
    namespace: decodeURIComponent(pathname.slice(1)),
    address: hostname.replace(/^\[|\]$/g, ""),
    port: Number(port || 5432),
  }
}

type Query = (statement: string | { text: string }, ...rest: unknown[]) => Promise<unknown>
type Stream = { readonly writableCorked: number; cork(): void; uncork(): void }

/** What a client sends within one turn of the event loop leaves in one write. */
function sendTogether(client: pg.PoolClient): void {
  const { stream } = (client as unknown as { connection: { stream: Stream } }).connection
  const query = client.query.bind(client) as Query
  const sent: Query = (...given) => {
    if (stream.writableCorked === 0) {
      stream.cork()
      process.nextTick(() => stream.uncork())
    }
    return query(...given)
  }
  client.query = sent as typeof client.query
}

/** Makes every statement a call with a span and a metric. A pool's own, with a callback, is one of its `query` already. */
function observeStatements(to: Queryable, database: Database): void {
  const query = to.query.bind(to) as Query
  const observedQuery: Query = (statement, ...rest) =>
    // The start of a transaction is a round trip and no more.
    typeof rest.at(-1) === "function" || statement === "BEGIN"
      ? query(statement, ...rest)
      : clientCall(
          () => sqlCall(database, typeof statement === "string" ? statement : statement.text),
          () => query(statement, ...rest),
        )
  to.query = observedQuery as typeof to.query
}

/** Of each transaction the statements that nobody waits for. */
const unawaited = new WeakMap<object, Promise<unknown>[]>()

/**
 * Sends a statement of a transaction whose result nothing in it depends on. Nobody waits for the answer but the
 * transaction's end: it commits only if the statement has succeeded.
 * @param check of the result; the transaction fails with what it throws
 */
export function sendInTransaction(
  tx: Tx,
  statement: string | pg.QueryConfig,
  check?: (result: pg.QueryResult) => void,
): void {
  const answers = unawaited.get(tx)
  if (!answers) throw new Error("a statement is sent outside of a transaction")
  const answered = inTransaction(tx).query(statement).then(check)
  // The transaction's end hears of it.
  answered.catch(() => {})
  answers.push(answered)
}

/** @throws what the first of them failed with; what came after it failed for that alone */
async function allAnswered(answers: readonly Promise<unknown>[]): Promise<void> {
  for (const outcome of await Promise.allSettled(answers))
    if (outcome.status === "rejected") throw outcome.reason
}

/** Transactions of a pool; a refusal rolls back like a throw does, but is returned. */
export const postgresUnitOfWork = (pool: pg.Pool): UnitOfWork => ({
  async transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    const client = await pool.connect()
    const tx = client as unknown as Tx
    const committed = awaitCommit(client)
    const answers: Promise<unknown>[] = []
    unawaited.set(client, answers)
    let broken: Error | undefined
    try {
      sendInTransaction(tx, "BEGIN")
      const result = await work(tx)
      if (isRefusal(result)) throw new RolledBack(result)
      await allAnswered(answers)
      await client.query("COMMIT")
      await committed()
      return result
    } catch (error) {
      // A connection that failed is thrown away, which rolls back as well.
      if (isUnavailable(error)) broken = error as Error
      else
        await client.query("ROLLBACK").catch((failure: Error) => {
          broken = failure
        })
      if (error instanceof RolledBack) return error.refusal as T
      await allAnswered(answers)
      throw error
    } finally {
      unawaited.delete(client)
      client.release(broken)
    }
  },
})

/** The connection behind a transaction that {@link postgresUnitOfWork} opened. */
export const inTransaction = (tx: Tx): Queryable => tx as unknown as Queryable
