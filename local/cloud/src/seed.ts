// `npm run seed`: adds generated products to the running shop, for measurements.
import { existsSync } from "node:fs"
import { readFile } from "node:fs/promises"
import { join, resolve } from "node:path"
import { parseArgs } from "node:util"
import pg from "pg"
import { defaultDataDirectory } from "./data-directory.ts"
import { connections, defaultPorts } from "./settings.ts"
import { addProducts, awaitSearch } from "./shop/add-products.ts"
import { portOption, runCommand } from "./shop/command.ts"

const USAGE = `npm run seed -- --products N [options]
  --products N        until the shop has this many generated products, with two variants each, prices and stock
  --seed N            which products: the same number always makes the same ones (1)
  --data-dir PATH     where the running shop keeps its data (.local)
  --postgres-port N   where its PostgreSQL listens (${defaultPorts.postgres})
  --database URL      another Catalog database instead; its Catalog has to run too`

const MAX_PRODUCTS = 1_000_000

function wholeNumber(text: string, name: string, max: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  if (!(value >= 1 && value <= max)) throw new Error(`--${name} is a whole number from 1 to ${max}\n${USAGE}`)
  return value
}

/** The Catalog database of the shop that runs on a data directory. */
async function localDatabase(dataDir: string, port: number): Promise<string> {
  const passwordFile = join(dataDir, "database-password")
  if (!existsSync(passwordFile))
    throw new Error(
      `No shop keeps its data in ${dataDir}: start it with 'npm start' in another terminal, or say where it is.\n${USAGE}`,
    )
  const password = (await readFile(passwordFile, "utf8")).trim()
  return connections({ ...defaultPorts, postgres: port }, password, false).postgres.catalog
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      products: { type: "string" },
      seed: { type: "string", default: "1" },
      "data-dir": { type: "string", default: defaultDataDirectory },
      "postgres-port": portOption("postgres"),
      database: { type: "string" },
      help: { type: "boolean", default: false },
    },
  })
  if (values.help) return console.log(USAGE)
  const count = wholeNumber(values.products ?? "", "products", MAX_PRODUCTS)
  const seed = wholeNumber(values.seed, "seed", 4_095)
  const url =
    values.database ?? (await localDatabase(resolve(values["data-dir"]), Number(values["postgres-port"])))
  const database = new pg.Client({ connectionString: url })
  await database.connect()
  try {
    const added = await addProducts(database, { count, seed }, (done) => {
      if (done % 10_000 === 0 || done === count) console.log(`  ${done} of ${count} products`)
    })
    console.log(`${added} products are new. The search takes them up:`)
    await awaitSearch(database, (pending) => console.log(`  ${pending} products are left`))
  } finally {
    await database.end()
  }
}

runCommand(main)
