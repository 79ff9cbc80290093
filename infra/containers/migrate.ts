// Brings an app's database to the schema of its image: the init container of the chart runs it before the app.
// Several pods may start at once; they wait for each other, and all but the first find nothing to do.
//   node migrate.cjs <app setting with the database's URL> [folder, default: that of its dialect in migrations/ beside this file]
import { dirname, join } from "node:path"
import * as postgres from "@eshop/building-blocks/store/postgres/migrations"
import * as sqlServer from "@eshop/building-blocks/store/sqlserver/migrations"

async function main(): Promise<void> {
  const [, program = "", setting, folder] = process.argv
  if (setting === undefined) throw new Error("usage: node migrate.cjs <app setting> [folder]")
  const url = process.env[setting]
  if (url === undefined) throw new Error(`app setting ${setting} is not set`)
  const dialect = new URL(url).protocol === "mssql:" ? "sqlserver" : "postgres"
  const { applyMigrations } = dialect === "sqlserver" ? sqlServer : postgres
  const applied = await applyMigrations(url, folder ?? join(dirname(program), "migrations", dialect))
  console.log(applied.length > 0 ? `applied ${applied.join(", ")}` : "nothing to apply")
}

main().catch((error: Error) => {
  console.error(error.message)
  process.exitCode = 1
})
