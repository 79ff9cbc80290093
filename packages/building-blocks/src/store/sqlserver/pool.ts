import { isRefusal } from "@eshop/domain/kernel/refusal"
import type * as mssql from "mssql"
import type { Tx, UnitOfWork } from "../../app/call.ts"
import { azureCredential } from "../../identity/azure-credential.ts"
import { clientCall } from "../../telemetry/client-call.ts"
import { type Database, sqlCall } from "../../telemetry/database-call.ts"
import { awaitCommit, RolledBack } from "../transaction.ts"
import { failureOf, isDuplicate } from "./failures.ts"
import { type Parameter, render, type Sql } from "./sql.ts"

export type Result<Row> = {
  readonly rows: readonly Row[]
  /** How many rows the statement wrote or gave. */
  readonly count: number
}

/** What runs statements: a pool, each for itself, or a transaction, one after the other. */
export type SqlServer = {
  /** @throws DependencyUnavailableError while the server is not there, the driver's RequestError otherwise */
  run<Row = never>(statement: Sql): Promise<Result<Row>>
}

export type SqlServerPool = SqlServer & {
  /** Begins a transaction at READ COMMITTED. */
  begin(): Promise<SqlServer & { commit(): Promise<void>; rollback(): Promise<void> }>
  close(): Promise<void>
}

type Driver = Omit<typeof mssql, "default">
type Connection = { readonly closed: boolean; readonly hasError?: boolean; readonly inTransaction: boolean }

/**
 * A connection pool; the driver is loaded, and a connection opened, at the first statement.
 * @param url mssql://user:password@host:port/database, with `?encrypt=false` or `?trustServerCertificate=true` for a
 * server without a certificate that is known here. Without user and password the app's identity in Azure signs in
 * @param options.max connections at the most
 * @param options.requestTimeoutMs how long a statement may take before it is cancelled
 */
export function connectSqlServer(
  url: string,
  options: { max?: number; requestTimeoutMs?: number } = {},
): SqlServerPool {
  const config = configOf(url, options)
  const { server: address, port = 1433, database: namespace } = config
  const database: Database = { system: "microsoft.sql_server", namespace, address, port }
  let loaded: Promise<{ driver: Driver; pool: mssql.ConnectionPool }> | undefined
  const load = async () => {
    const { default: driver } = await import("mssql")
    const pool = new driver.ConnectionPool(config)
    // Whoever uses a connection that broke gets the error; without a listener the event would end the process.
    pool.on("error", () => {})
    return { driver, pool }
  }
  async function open() {
    loaded ??= load()
    const { driver, pool } = await loaded
    await pool.connect().catch(fail)
    return { driver, pool }
  }

  return {
    async run(statement) {
      const { driver, pool } = await open()
      return await execute(driver, database, pool.request(), statement)
    },
    async begin() {
      const { driver, pool } = await open()
      const transaction = pool.transaction()
      await observed(database, "BEGIN", () => transaction.begin().catch(fail))
      return openTransaction(driver, database, transaction)
    },
    async close() {
      if (loaded) await (await loaded).pool.close()
    },
  }
}

function configOf(
  url: string,
  { max = 16, requestTimeoutMs = 5_000 }: { max?: number; requestTimeoutMs?: number },
) {
  const { hostname, port, username, password, pathname, searchParams } = new URL(url)
  const is = (name: string, otherwise: boolean) => (searchParams.get(name) ?? String(otherwise)) === "true"
  const isUsable = ({ closed, hasError, inTransaction }: Connection) => !closed && !hasError && !inTransaction
  return {
    server: hostname.replace(/^\[|\]$/g, ""),
    ...(port && { port: Number(port) }),
    database: decodeURIComponent(pathname.slice(1)),
    ...(username
      ? { user: decodeURIComponent(username), password: decodeURIComponent(password) }
      : {
          authentication: { type: "token-credential" as const, options: { credential: azureCredential() } },
        }),
    connectionTimeout: 3_000,
    requestTimeout: requestTimeoutMs,
    pool: {
      max,
      min: 0,
      acquireTimeoutMillis: 3_000,
      idleTimeoutMillis: 60_000,
      // One whose commit or rollback failed may have its transaction open still: nobody borrows it again.
      validate: (connection: unknown) => isUsable(connection as Connection),
    },
    options: {
      encrypt: is("encrypt", true),
      trustServerCertificate: is("trustServerCertificate", false),
      // For a server that says nothing any more, not even that it has cancelled.
      cancelTimeout: 1_000,
      appName: process.env.WEBSITE_SITE_NAME ?? "eshop",
      useUTC: true,
    },
  } satisfies mssql.config
}

function fail(error: unknown): never {
  throw failureOf(error)
}

const observed = <T>(database: Database, text: string, work: () => Promise<T>): Promise<T> =>
  clientCall(() => sqlCall(database, text), work)

async function execute<Row>(
  driver: Driver,
  database: Database,
  request: mssql.Request,
  statement: Sql,
): Promise<Result<Row>> {
  const { text, inputs } = render(statement)
  inputs.forEach((input, index) => {
    request.input(`p${index + 1}`, typeOf(driver, input), input.value)
  })
  const { recordset, rowsAffected } = await observed(database, text, () =>
    request.query<Row>(text).catch(fail),
  )
  return { rows: recordset ?? [], count: rowsAffected.at(-1) ?? 0 }
}

// One size for all lengths, so that a statement has one plan.
const MAX_NVARCHAR = 4_000

function typeOf(driver: Driver, { type, value }: Parameter): mssql.ISqlType {
  switch (type) {
    case "text":
      return driver.NVarChar(value !== null && value.length > MAX_NVARCHAR ? driver.MAX : MAX_NVARCHAR)
    case "int":
      return driver.Int()
    case "bigint":
      return driver.BigInt()
    case "flag":
      return driver.Bit()
    case "instant":
      return driver.DateTime2(3)
    case "bytes":
      return driver.VarBinary(driver.MAX)
  }
}

/** The driver takes one statement at a time in a transaction: those that come together wait for each other. */
function openTransaction(driver: Driver, database: Database, transaction: mssql.Transaction) {
  let last: Promise<unknown> = Promise.resolve()
  const next = <T>(work: () => Promise<T>): Promise<T> => {
    const result = last.then(work)
    last = result.catch(() => {})
    return result
  }
  return {
    run: <Row>(statement: Sql) =>
      next(() => execute<Row>(driver, database, transaction.request(), statement)),
    commit: () => next(() => observed(database, "COMMIT", () => transaction.commit().catch(fail))),
    rollback: () => next(() => observed(database, "ROLLBACK", () => transaction.rollback().catch(fail))),
  }
}

/** Transactions of a pool; a refusal rolls back like a throw does, but is returned. */
export const sqlServerUnitOfWork = (pool: SqlServerPool): UnitOfWork => ({
  async transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    const transaction = await pool.begin()
    const committed = awaitCommit(transaction)
    try {
      const result = await work(transaction as unknown as Tx)
      if (isRefusal(result)) throw new RolledBack(result)
      await transaction.commit()
      await committed()
      return result
    } catch (error) {
      // What the server has rolled back itself, or with its connection, is none of ours any more.
      await transaction.rollback().catch(() => {})
      if (error instanceof RolledBack) return error.refusal as T
      throw error
    }
  },
})

/** What runs statements in a transaction that {@link sqlServerUnitOfWork} opened. */
export const inTransaction = (tx: Tx): SqlServer => tx as unknown as SqlServer

/** Runs an INSERT. @returns false, and changes nothing, when a row with its key is there: also another's, once it is committed */
export async function insertIfNew(server: SqlServer, insert: Sql): Promise<boolean> {
  try {
    await server.run(insert)
    return true
  } catch (error) {
    if (isDuplicate(error)) return false
    throw error
  }
}

/**
 * Writes a row in place of the one with its key, or as a new one.
 * @param update of that row alone
 */
export async function upsert(server: SqlServer, update: Sql, insert: Sql): Promise<void> {
  for (;;) {
    if ((await server.run(update)).count > 0) return
    if (await insertIfNew(server, insert)) return
  }
}
