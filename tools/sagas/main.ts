// `npm run sagas -- check`: whether the orchestrations that are open now will go on with code that is to be released.
import { existsSync } from "node:fs"
import { join, resolve } from "node:path"
import { parseArgs } from "node:util"
import { connectSqlServer } from "@eshop/building-blocks/store/sqlserver/pool"
import { appFolder, root } from "../apps.ts"
import { openCandidate } from "./candidate.ts"
import type { Reading } from "./open-instance.ts"
import { readAzureStorage } from "./readers/azure-storage.ts"
import { readHttpApi } from "./readers/http-api.ts"
import { readLocalHub } from "./readers/local-hub.ts"
import { readMssql } from "./readers/mssql.ts"
import { storageAccount } from "./readers/storage-account.ts"
import { checkInstances, linesOf } from "./report.ts"

const USAGE = `npm run sagas -- check [options]
  replays the histories of all open orchestrations on the code that is to be released; exit code 1 when some break

  --bundle DIR        the bundle that is to be released (dist/ordering); the sources of --app otherwise
  --app NAME          whose sagas (ordering)
  one of
    --hub FILE        a task hub of the local functions host; that of npm start where nothing else is named
    --storage ACCOUNT one in Azure Storage: the account's name (with az login), or its connection string
    --mssql URL       one in SQL Server: mssql://server/database, with user:password@ or the Azure identity
    --url URL         the HTTP API of a running app; compares the order of the steps only
  --task-hub NAME     the task hub's name in Azure (eshop)
  A key of the HTTP API is read from DURABLE_KEY.`

/** Where `npm start` keeps it. */
const LOCAL_HUB = ".local/functions/ordering/durable/eshop.db"

const MSSQL_TIMEOUT_MS = 60_000

/** What was asked for cannot be done; the exit code says so. */
const CANNOT = 2

const options = {
  app: { type: "string", default: "ordering" },
  bundle: { type: "string" },
  hub: { type: "string" },
  storage: { type: "string" },
  mssql: { type: "string" },
  url: { type: "string" },
  "task-hub": { type: "string", default: "eshop" },
  help: { type: "boolean", default: false },
} as const

type Values = ReturnType<typeof parseArgs<{ options: typeof options }>>["values"]

/** @returns what was named, and how to let go of it */
async function readingOf(values: Values): Promise<Reading & { close?(): Promise<void> }> {
  const named = [values.hub, values.storage, values.mssql, values.url].filter((one) => one !== undefined)
  if (named.length > 1) throw new Error("name one of --hub, --storage, --mssql and --url")
  const taskHub = values["task-hub"]
  if (values.storage) return readAzureStorage(await storageAccount(values.storage), taskHub)
  if (values.mssql) {
    const server = connectSqlServer(values.mssql, { max: 1, requestTimeoutMs: MSSQL_TIMEOUT_MS })
    return { ...readMssql(server, taskHub), close: () => server.close() }
  }
  if (values.url) return readHttpApi(values.url, process.env.DURABLE_KEY)
  return readLocalHub(values.hub ? resolve(values.hub) : join(root, LOCAL_HUB))
}

async function check(): Promise<void> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options })
  if (values.help) return console.log(USAGE)
  if (positionals.join(" ") !== "check") throw new Error(USAGE)
  const entry = values.bundle
    ? join(resolve(values.bundle), "main.cjs")
    : join(appFolder(values.app), "src/main.ts")
  if (!existsSync(entry)) throw new Error(`there is no ${entry}`)
  const candidate = await openCandidate(entry)
  try {
    const reading = await readingOf(values)
    const report = await checkInstances(candidate, reading).finally(() => reading.close?.())
    const code = `${values.bundle ?? `the sources of ${values.app}`} (version ${candidate.version ?? "none"})`
    for (const line of linesOf(report, reading, code)) console.log(line)
    if (report.broken > 0) process.exitCode = 1
  } finally {
    await candidate.close()
  }
}

try {
  await check()
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = CANNOT
}
