import { generateKeyPairSync, randomBytes } from "node:crypto"
import { existsSync } from "node:fs"
import { chmod, mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { repositoryRoot, type SecretKeys } from "./settings.ts"

/** Marks a directory as ours: only such a one is ever emptied. */
const MARKER = ".eshop-local-cloud"
const MARKER_TEXT = "Data of the local cloud (npm start). `npm start -- --fresh` empties this directory.\n"
const LOCK = "lock.sqlite"
const OWNER = "launcher.pid"

/** Where the data lies unless another place is asked for. */
export const defaultDataDirectory = join(repositoryRoot, ".local")

/** The command that empties a data directory and starts again. */
export const freshStart = (path: string) =>
  `npm start -- --fresh${path === defaultDataDirectory ? "" : ` --data-dir ${path}`}`

/** The data directory cannot be used as asked. The message is made for the terminal. */
export class DataDirectoryError extends Error {}

/** Where everything lies that a second start should find again. One launcher at a time holds it. */
export interface DataDirectory {
  path: string
  /** Directory of the pid files. */
  run: string
  logs: string
  /** Password of every database role, made at the first start and readable by this user only. */
  databasePassword: string
  /** Whether the launcher before this one was killed. */
  uncleanStop: boolean
  keys: SecretKeys
  /** Lets another launcher use the directory. */
  unlock(): Promise<void>
}

/**
 * Takes the exclusive lock on the directory. SQLite's lock belongs to this process: it goes with it even at
 * kill -9, so there is no stale lock to judge.
 */
function lock(path: string): DatabaseSync {
  const database = new DatabaseSync(join(path, LOCK))
  try {
    database.exec("BEGIN EXCLUSIVE")
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** SQLITE_BUSY: another process holds the lock. */
const isLocked = (error: unknown) => (error as { errcode?: number }).errcode === 5

async function empty(path: string): Promise<void> {
  for (const name of await readdir(path)) {
    if (name === MARKER || name === LOCK || name.startsWith(`${LOCK}-`)) continue
    await rm(join(path, name), { recursive: true, force: true, maxRetries: 3 })
  }
}

/** A version and a key of 32 bytes, as the apps' settings take them. */
const newKey = () => `local:${randomBytes(32).toString("base64")}`

/** A version and a P-256 key, as Basket's setting takes it. */
function newSigningKey(): string {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" })
  return `local:${privateKey.export({ format: "der", type: "pkcs8" }).toString("base64")}`
}

async function readOrCreate(path: string, name: string, make: () => string): Promise<string> {
  const file = join(path, name)
  if (!existsSync(file)) {
    if (existsSync(join(path, "postgres"))) {
      throw new DataDirectoryError(
        `${file} is missing, and what lies in ${join(path, "postgres")} opens with nothing else: ` +
          `put it back, or begin with empty data: ${freshStart(path)}`,
      )
    }
    await writeFile(`${file}.new`, make(), { mode: 0o600 })
    await rename(`${file}.new`, file)
  }
  return (await readFile(file, "utf8")).trim()
}

/**
 * Opens a data directory, creating it at the first start.
 * `beforeUse` runs under the lock and before anything is emptied: it ends what an earlier launcher left running.
 * Only its owner may look into it. Throws DataDirectoryError when another launcher uses it, when it is not ours, or
 * when it lacks what its databases open with.
 */
export async function openDataDirectory(
  path: string,
  fresh: boolean,
  beforeUse: (run: string) => Promise<void>,
): Promise<DataDirectory> {
  if (existsSync(path) && !(await stat(path)).isDirectory()) {
    throw new DataDirectoryError(
      `${path} is a file, and the data needs a directory: move it away, or choose another place with --data-dir`,
    )
  }
  const marker = join(path, MARKER)
  const isOurs = existsSync(marker)
  if (!isOurs && existsSync(path) && (await readdir(path)).length > 0) {
    throw new DataDirectoryError(
      `${path} is not empty and was not made by the local cloud: choose another with --data-dir`,
    )
  }
  let held: DatabaseSync
  try {
    await mkdir(path, { recursive: true })
    await chmod(path, 0o700)
    await writeFile(marker, MARKER_TEXT)
    held = lock(path)
  } catch (error) {
    if (!isLocked(error)) throw new DataDirectoryError(`${path} cannot be used: ${(error as Error).message}`)
    const owner = await readFile(join(path, OWNER), "utf8").catch(() => "unknown")
    throw new DataDirectoryError(
      `The local cloud already runs on ${path} (process ${owner.trim()}): stop it, or start another one with --data-dir and --port`,
    )
  }
  try {
    const run = join(path, "run")
    await beforeUse(run)
    if (fresh) await empty(path)
    await mkdir(run, { recursive: true })
    // Whoever stops in order takes it away.
    const uncleanStop = !fresh && existsSync(join(path, OWNER))
    await writeFile(join(path, OWNER), `${process.pid}\n`)
    return {
      path,
      run,
      uncleanStop,
      logs: join(path, "logs"),
      databasePassword: await readOrCreate(path, "database-password", () => randomBytes(24).toString("hex")),
      keys: {
        personalData: await readOrCreate(path, "personal-data-keys", newKey),
        guestTokens: await readOrCreate(path, "guest-token-keys", newKey),
        priceProofs: await readOrCreate(path, "price-proof-keys", newSigningKey),
        lookups: await readOrCreate(path, "lookup-keys", newKey),
        webhooks: await readOrCreate(path, "webhook-keys", newKey),
        logPseudonyms: await readOrCreate(path, "log-pseudonym-key", newKey),
      },
      unlock: async () => {
        await rm(join(path, OWNER), { force: true })
        held.close()
      },
    }
  } catch (error) {
    held.close()
    throw error
  }
}
