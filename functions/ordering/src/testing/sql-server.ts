import { fileURLToPath } from "node:url"
import { applyMigrations } from "@eshop/building-blocks/store/sqlserver/migrations"
import { sqlServerStore } from "@eshop/building-blocks/store/sqlserver/sqlserver-store"
import { newSqlServerDatabase } from "../../../../tests/fixtures/sql-server.ts"

const migrations = fileURLToPath(new URL("../../migrations/sqlserver", import.meta.url))

/** A store with Ordering's tables in a database of its own on the server of `MSSQL_URL`, which goes when it is closed. */
export async function newOrderingOnSqlServer() {
  const { url, drop } = await newSqlServerDatabase()
  await applyMigrations(url, migrations)
  const store = sqlServerStore(url)
  return {
    store,
    async close() {
      await store.close()
      await drop()
    },
  }
}
