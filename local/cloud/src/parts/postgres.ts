import { execFile } from "node:child_process"
import { existsSync } from "node:fs"
import { chmod, chown, lchown, mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { promisify } from "node:util"
import pg from "pg"
import { databaseNames } from "../settings.ts"
import type { PartSpec } from "../supervisor/part.ts"
import { endProcess } from "../supervisor/pid-file.ts"
import { startMarker } from "../supervisor/start-marker.ts"
import { printedDamage } from "./damage.ts"
import { findPostgres, type Identity, type PostgresBinaries, unprivileged } from "./postgres-binaries.ts"

const run = promisify(execFile)

/** What the embedded PostgreSQL needs to know. */
export interface PostgresOptions {
  port: number
  /** The cluster's directory is made inside. */
  dataDirectory: string
  /** Password of the superuser `postgres` and of the role that owns each database. */
  password: string
  /** Off only in tests: a crash of the machine may then lose or break data. */
  fsync: boolean
}

/** For a busy shop on a laptop: room in memory, no replication, no surprises by the just-in-time compiler. */
const serverSettings = {
  shared_buffers: "256MB",
  max_connections: "200",
  wal_level: "minimal",
  max_wal_senders: "0",
  max_wal_size: "2GB",
  checkpoint_timeout: "15min",
  jit: "off",
  timezone: "UTC",
  log_timezone: "UTC",
  unix_socket_directories: "",
}
/** How PostgreSQL says that it cannot read the cluster. */
const DAMAGED =
  /PANIC: .*|FATAL: +(.* is not a valid data directory|database files are incompatible|could not (read|open) file).*/
/** SQLSTATE of a wrong password. */
const INVALID_PASSWORD = "28P01"
/** The log is still written at every commit, so that kill -9 of PostgreSQL loses nothing; only the disk is not awaited. */
const withoutFsync = { fsync: "off", full_page_writes: "off" }

/** The embedded PostgreSQL: one cluster, one database and owner per context. */
export function postgresPart(options: PostgresOptions): PartSpec {
  const cluster = join(options.dataDirectory, "postgres")
  const passwordFile = join(options.dataDirectory, "database-password")
  let binaries: PostgresBinaries
  let identity: Identity
  const adminUrl = `postgres://postgres:${options.password}@127.0.0.1:${options.port}/postgres`

  return {
    name: "postgres",
    needs: [],
    layer: 4,
    address: `postgres://127.0.0.1:${options.port}`,
    graceMs: 10_000,
    async prepare() {
      binaries = await findPostgres()
      identity = await unprivileged(binaries)
      // The user nobody has to get through to its cluster, but need not see what else lies there.
      if (identity.uid !== undefined) await chmod(options.dataDirectory, 0o711)
      if (!existsSync(cluster)) await createCluster(cluster, options.password, binaries, identity)
      if (process.getuid?.() === 0) await giveTo(identity.uid ?? 0, cluster)
      await clearOwner(cluster)
    },
    launch() {
      const settings = {
        ...serverSettings,
        ...(options.fsync ? {} : withoutFsync),
        listen_addresses: "127.0.0.1",
        port: String(options.port),
      }
      const command = [...identity.prefix, binaries.postgres, "-D", cluster]
      for (const [name, value] of Object.entries(settings)) command.push("-c", `${name}=${value}`)
      const [file = binaries.postgres, ...args] = command
      return {
        kind: "foreign",
        file,
        args,
        env: process.env,
        // SIGINT is PostgreSQL's fast shutdown: it ends sessions and closes the cluster cleanly.
        stopSignal: "SIGINT",
        stopCommand: { file: binaries.pgCtl, args: ["stop", "-D", cluster, "-m", "fast"] },
        ...(identity.uid === undefined ? {} : { uid: identity.uid }),
      }
    },
    async isReady() {
      const failure = await failureOfQuery(adminUrl)
      if (failure?.code === INVALID_PASSWORD) throw new Error("wrong password")
      return failure === undefined
    },
    finish: () => createDatabases(adminUrl, options.password),
    damage: (output) =>
      output.some((line) => line.includes('password authentication failed for user "postgres"'))
        ? { file: passwordFile, reason: `the databases in ${cluster} do not open with it` }
        : printedDamage(cluster, DAMAGED, output),
  }
}

/** initdb into a directory beside, renamed when complete: a crash in between leaves no half cluster. */
async function createCluster(
  cluster: string,
  password: string,
  binaries: PostgresBinaries,
  identity: Identity,
): Promise<void> {
  const draft = `${cluster}.new`
  const passwordFile = `${cluster}.password`
  await rm(draft, { recursive: true, force: true })
  await mkdir(draft, { recursive: true, mode: 0o700 })
  await writeFile(passwordFile, password, { mode: 0o600 })
  if (identity.uid !== undefined) {
    for (const path of [draft, passwordFile]) await chown(path, identity.uid, identity.uid)
  }
  const initdb = [
    ...identity.prefix,
    binaries.initdb,
    `--pgdata=${draft}`,
    "--username=postgres",
    "--auth=scram-sha-256",
    `--pwfile=${passwordFile}`,
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
  ]
  const [file = binaries.initdb, ...args] = initdb
  try {
    await run(file, args, identity.uid === undefined ? {} : { uid: identity.uid, gid: identity.uid })
  } catch (error) {
    const { stderr } = error as { stderr?: string }
    throw new Error(`initdb failed: ${stderr?.trim() || (error as Error).message}`)
  } finally {
    await rm(passwordFile, { force: true })
  }
  await rename(draft, cluster)
}

/** Makes a cluster that root created in the other way (see `unprivileged`) usable in this one. */
async function giveTo(uid: number, path: string): Promise<void> {
  if ((await stat(path)).uid === uid) return
  const entries = await readdir(path, { recursive: true })
  for (const entry of entries) await lchown(join(path, entry), uid, uid)
  await chown(path, uid, uid)
}

/**
 * Removes a postmaster.pid that a crash left behind. When its process still is a PostgreSQL on this cluster, that
 * one is ended first; when the id now belongs to something else, PostgreSQL would refuse to start because of it.
 */
async function clearOwner(cluster: string): Promise<void> {
  const file = join(cluster, "postmaster.pid")
  const pid = Number((await readFile(file, "utf8").catch(() => "")).split("\n")[0])
  if (!pid) return
  const marker = await startMarker(pid)
  if (marker && (await commandOf(pid)).includes(cluster)) await endProcess(pid, marker, "SIGINT")
  await rm(file, { force: true })
}

async function commandOf(pid: number): Promise<string> {
  if (process.platform === "linux") return readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")
  const listed = await run("ps", ["-o", "command=", "-p", String(pid)]).catch(() => ({ stdout: "" }))
  return listed.stdout
}

/** Asks the server something. Returns why it did not answer, with an SQLSTATE where it said no itself. */
async function failureOfQuery(url: string): Promise<{ code?: string } | undefined> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 })
  client.on("error", () => {})
  try {
    await client.connect()
    await client.query("SELECT 1")
    return undefined
  } catch (error) {
    return error as { code?: string }
  } finally {
    await client.end().catch(() => {})
  }
}

/**
 * Creates what is missing: each context gets a role that owns its database and may connect to no other, so that
 * one context cannot read another's store here either.
 */
async function createDatabases(adminUrl: string, password: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl })
  await client.connect()
  try {
    for (const name of databaseNames) {
      const role = await client.query("SELECT 1 FROM pg_roles WHERE rolname = $1", [name])
      if (role.rowCount === 0) {
        await client.query(`CREATE ROLE ${name} LOGIN PASSWORD ${client.escapeLiteral(password)}`)
      }
      const database = await client.query("SELECT 1 FROM pg_database WHERE datname = $1", [name])
      if (database.rowCount === 0) await client.query(`CREATE DATABASE ${name} OWNER ${name}`)
      await client.query(`REVOKE CONNECT ON DATABASE ${name} FROM PUBLIC`)
    }
  } finally {
    await client.end()
  }
}
