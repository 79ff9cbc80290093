/**
 * The task hub in one SQLite file (`node:sqlite`), write-ahead log, flushed to disk at every commit. Writes are
 * collected and run in groups. As long as a flush takes less than a millisecond, a group is written right here: that
 * is cheaper than waking a thread twice. On a slower disk a thread writes (sqlite-writer.ts), the event loop goes on,
 * and the next group gathers meanwhile.
 */

import { once } from "node:events"
import { chmodSync, closeSync, mkdirSync, openSync } from "node:fs"
import { dirname } from "node:path"
import { DatabaseSync, type StatementSync } from "node:sqlite"
import { Worker } from "node:worker_threads"
import { lockHub } from "./hub-lock.ts"
import { createGroupWriter, type FromWriter, type Write, type WriterInit } from "./sqlite-writer.ts"
import type {
  Entity,
  EntityQuery,
  Instance,
  InstanceQuery,
  ParentLink,
  RuntimeStatus,
  Store,
  StoredMessage,
  Writer,
} from "./store.ts"

const schemaVersion = 1

const schema = `
CREATE TABLE instance (
  id TEXT PRIMARY KEY, execution_id TEXT NOT NULL, name TEXT NOT NULL, version TEXT, status TEXT NOT NULL,
  input TEXT, output TEXT, custom_status TEXT, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, parent TEXT
) WITHOUT ROWID;
CREATE INDEX instance_created ON instance (created_at, id);
CREATE INDEX instance_unfinished ON instance (created_at) WHERE status IN ('Pending', 'Running', 'Suspended');
CREATE TABLE history (
  instance_id TEXT NOT NULL, part INTEGER NOT NULL, events TEXT NOT NULL, PRIMARY KEY (instance_id, part)
) WITHOUT ROWID;
CREATE TABLE message (id INTEGER PRIMARY KEY, target TEXT NOT NULL, body TEXT NOT NULL);
CREATE INDEX message_target ON message (target, id);
CREATE TABLE entity (
  id TEXT PRIMARY KEY, state TEXT, locked_by TEXT, updated_at INTEGER NOT NULL
) WITHOUT ROWID;
PRAGMA user_version = ${schemaVersion};
`

/** Came later than the format: a task hub without it gets it. */
const indexOfEnded =
  "CREATE INDEX IF NOT EXISTS instance_ended ON instance (updated_at) WHERE status IN ('Completed', 'Failed', 'Terminated')"

export type SqliteStoreOptions = {
  /** `full` flushes at every commit (default); `off` leaves it to the operating system: tests only. */
  synchronous?: "full" | "off"
}

/** Milliseconds from which on a thread writes. */
const slowFlush = 1

type Row = Record<string, string | number | null>
type Waiting = { resolve(): void; reject(error: unknown): void }

/**
 * Opens the task hub in `file`, creating it and its folder when they are missing. Histories hold whatever the app
 * puts into them: only the owner may read them.
 * @throws when another process has the task hub, or when the file has another format
 */
export function openSqliteStore(file: string, options: SqliteStoreOptions = {}): Store {
  const synchronous = options.synchronous ?? "full"
  makePrivate(file)
  const unlock = lockHub(file)
  const database = new DatabaseSync(file)
  try {
    prepare(database, file)
  } catch (error) {
    database.close()
    unlock()
    throw error
  }
  return new SqliteStore(database, { taskHub: true, file, synchronous }, unlock)
}

function makePrivate(file: string): void {
  const folder = dirname(file)
  mkdirSync(folder, { recursive: true })
  chmodSync(folder, 0o700)
  // SQLite gives the log and its index the mode of the file.
  closeSync(openSync(file, "a"))
  chmodSync(file, 0o600)
}

function prepare(database: DatabaseSync, file: string): void {
  database.exec("PRAGMA busy_timeout = 5000")
  database.exec("PRAGMA journal_mode = WAL")
  const version = (database.prepare("PRAGMA user_version").get() as { user_version: number }).user_version
  if (version === 0) database.exec(`BEGIN IMMEDIATE; ${schema} COMMIT`)
  else if (version !== schemaVersion) {
    throw new Error(
      `The task hub ${file} has format ${version}; this host reads ${schemaVersion}. Delete the file to begin anew.`,
    )
  }
  database.exec(indexOfEnded)
}

class SqliteStore implements Store {
  readonly #database: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()
  readonly #unlock: () => void
  readonly #thread: Worker
  readonly #writeHere: (group: readonly Write[]) => FromWriter
  /** Milliseconds that a group takes, smoothed. */
  #took = 0
  #nextMessage: number
  /** The group that gathers. */
  #writes: Write[] = []
  #waiting: Waiting[] = []
  /** The group that the thread has. */
  #writing: Waiting[] | undefined
  #scheduled: NodeJS.Immediate | undefined
  #closed: (() => void) | undefined

  constructor(database: DatabaseSync, init: WriterInit, unlock: () => void) {
    this.#database = database
    this.#unlock = unlock
    const last = database.prepare("SELECT max(id) AS id FROM message").get() as { id: number | null }
    this.#nextMessage = (last.id ?? 0) + 1
    this.#writeHere = createGroupWriter(database, init.synchronous)
    this.#thread = new Worker(new URL("./sqlite-writer.ts", import.meta.url), {
      workerData: init,
      name: "task-hub-writer",
    })
    this.#thread.on("message", (result: FromWriter) => this.#written(result))
    this.#thread.on("error", (error) => this.#written({ took: 0, error: error.stack ?? error.message }))
  }

  instance(id: string): Instance | undefined {
    const row = this.#sql("SELECT * FROM instance WHERE id = ?").get(id)
    return row && toInstance(row as Row)
  }

  history(instanceId: string): { events: string; parts: number } {
    const rows = this.#sql("SELECT events FROM history WHERE instance_id = ? ORDER BY part").all(instanceId)
    return { events: rows.map((row) => (row as { events: string }).events).join(","), parts: rows.length }
  }

  messages(target: string): StoredMessage[] {
    return this.#sql("SELECT id, body FROM message WHERE target = ? ORDER BY id").all(
      target,
    ) as StoredMessage[]
  }

  unfinishedInstances(): string[] {
    const rows = this.#sql(
      "SELECT id FROM instance WHERE status IN ('Pending', 'Running', 'Suspended') ORDER BY created_at",
    ).all()
    return rows.map((row) => (row as { id: string }).id)
  }

  endedBefore(time: number, top: number): string[] {
    const rows = this.#sql(
      "SELECT id FROM instance WHERE status IN ('Completed', 'Failed', 'Terminated') AND updated_at < ? ORDER BY updated_at LIMIT ?",
    ).all(time, top)
    return rows.map((row) => (row as { id: string }).id)
  }

  listInstances(query: InstanceQuery): { instances: Instance[]; continuationToken?: string } {
    const where: string[] = []
    const values: (string | number)[] = []
    const add = (condition: string, ...given: (string | number)[]): void => {
      where.push(condition)
      values.push(...given)
    }
    if (query.idPrefix) add("substr(id, 1, ?) = ?", query.idPrefix.length, query.idPrefix)
    if (query.createdFrom !== undefined) add("created_at >= ?", query.createdFrom)
    if (query.createdTo !== undefined) add("created_at <= ?", query.createdTo)
    if (query.statuses) add(`status IN (${query.statuses.map(() => "?").join()})`, ...query.statuses)
    const after = readToken(query.continuationToken)
    if (after) add("(created_at, id) > (?, ?)", ...after)
    const rows = this.#sql(
      `SELECT * FROM instance ${where.length > 0 ? `WHERE ${where.join(" AND ")}` : ""} ORDER BY created_at, id LIMIT ?`,
    ).all(...values, query.top + 1) as Row[]
    const instances = rows.slice(0, query.top).map(toInstance)
    const last = instances.at(-1)
    return {
      instances,
      ...(rows.length > query.top && last ? { continuationToken: token(last.createdAt, last.id) } : {}),
    }
  }

  entity(id: string): Entity | undefined {
    const row = this.#sql("SELECT * FROM entity WHERE id = ?").get(id)
    return row && toEntity(row as Row)
  }

  listEntities(query: EntityQuery): { entities: Entity[]; continuationToken?: string } {
    const where = ["state IS NOT NULL"]
    const values: (string | number)[] = []
    const add = (condition: string, ...given: (string | number)[]): void => {
      where.push(condition)
      values.push(...given)
    }
    if (query.name) add("substr(id, 1, ?) = ?", query.name.length + 2, `@${query.name}@`)
    if (query.updatedFrom !== undefined) add("updated_at >= ?", query.updatedFrom)
    if (query.updatedTo !== undefined) add("updated_at <= ?", query.updatedTo)
    const after = readToken(query.continuationToken)
    if (after) add("id > ?", after[1])
    const rows = this.#sql(`SELECT * FROM entity WHERE ${where.join(" AND ")} ORDER BY id LIMIT ?`).all(
      ...values,
      query.top + 1,
    ) as Row[]
    const entities = rows.slice(0, query.top).map(toEntity)
    const last = entities.at(-1)
    return { entities, ...(rows.length > query.top && last ? { continuationToken: token(0, last.id) } : {}) }
  }

  lockedEntities(): Entity[] {
    const rows = this.#sql("SELECT * FROM entity WHERE locked_by IS NOT NULL ORDER BY id").all() as Row[]
    return rows.map(toEntity)
  }

  entitiesWithMessages(): string[] {
    const rows = this.#sql("SELECT DISTINCT target FROM message WHERE target LIKE '@%'").all()
    return rows.map((row) => (row as { target: string }).target)
  }

  commit<T>(write: (writer: Writer) => T): Promise<T> {
    const result = write(this.#writer)
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve: () => resolve(result), reject })
      if (!this.#writing) this.#scheduled ??= setImmediate(() => this.#flush())
    })
  }

  async close(): Promise<void> {
    if (this.#writing || this.#waiting.length > 0) {
      await new Promise<void>((resolve) => {
        this.#closed = resolve
      })
    }
    const exited = once(this.#thread, "exit")
    this.#thread.postMessage("close")
    await exited
    this.#statements.clear()
    this.#database.close()
    this.#unlock()
  }

  #flush(): void {
    this.#scheduled = undefined
    const writes = this.#writes
    this.#writing = this.#waiting
    this.#waiting = []
    this.#writes = []
    if (this.#took < slowFlush) this.#written(this.#writeHere(writes))
    else this.#thread.postMessage({ writes })
  }

  #written({ took, error }: FromWriter): void {
    const group = this.#writing ?? []
    this.#writing = undefined
    this.#took += (took - this.#took) / 8
    if (this.#waiting.length > 0) this.#flush()
    else this.#closed?.()
    for (const { resolve, reject } of group) {
      if (error === undefined) resolve()
      else reject(new Error(`The task hub could not be written: ${error}`))
    }
  }

  readonly #writer: Writer = {
    createInstance: (given, replaces) => {
      if (replaces) {
        this.#writes.push(
          ["deleteInstance", given.id],
          ["deleteHistory", given.id],
          ["deleteMessages", given.id],
        )
      }
      this.#writes.push([
        "insertInstance",
        given.id,
        given.executionId,
        given.name,
        given.version,
        given.status,
        given.input,
        given.output,
        given.customStatus,
        given.createdAt,
        given.updatedAt,
        given.parent && JSON.stringify(given.parent),
      ])
    },
    updateInstance: (given) => {
      const { executionId, status, output, customStatus, updatedAt } = given
      this.#writes.push(["updateInstance", executionId, status, output, customStatus, updatedAt, given.id])
    },
    setCustomStatus: (id, text) => {
      this.#writes.push(["setCustomStatus", text, id])
    },
    continueInstance: (given) => {
      this.#writer.updateInstance(given)
      this.#writes.push(["setInput", given.input, given.id], ["deleteHistory", given.id])
    },
    appendHistory: (id, part, events) => {
      this.#writes.push(["appendHistory", id, part, events])
    },
    deleteHistory: (id) => {
      this.#writes.push(["deleteHistory", id])
    },
    purgeEnded: (id) => {
      this.#writes.push(["deleteEnded", id], ["deleteOrphanedHistory", id], ["deleteOrphanedMessages", id])
    },
    addMessage: (target, body) => {
      const id = this.#nextMessage++
      this.#writes.push(["addMessage", id, target, body])
      return id
    },
    deleteMessage: (id) => {
      this.#writes.push(["deleteMessage", id])
    },
    deleteMessages: (target) => {
      this.#writes.push(["deleteMessages", target])
    },
    putEntity: (given) => {
      this.#writes.push(["putEntity", given.id, given.state, given.lockedBy, given.updatedAt])
    },
    deleteEntity: (id) => {
      this.#writes.push(["deleteEntity", id])
    },
  }

  #sql(text: string): StatementSync {
    let statement = this.#statements.get(text)
    if (!statement) {
      statement = this.#database.prepare(text)
      this.#statements.set(text, statement)
    }
    return statement
  }
}

function toInstance(row: Row): Instance {
  return {
    id: row.id as string,
    executionId: row.execution_id as string,
    name: row.name as string,
    version: row.version as string | null,
    status: row.status as RuntimeStatus,
    input: row.input as string | null,
    output: row.output as string | null,
    customStatus: row.custom_status as string | null,
    createdAt: row.created_at as number,
    updatedAt: row.updated_at as number,
    parent: row.parent === null ? null : (JSON.parse(row.parent as string) as ParentLink),
  }
}

function toEntity(row: Row): Entity {
  return {
    id: row.id as string,
    state: row.state as string | null,
    lockedBy: row.locked_by as string | null,
    updatedAt: row.updated_at as number,
  }
}

function token(time: number, id: string): string {
  return Buffer.from(JSON.stringify([time, id])).toString("base64url")
}

function readToken(given: string | undefined): [number, string] | undefined {
  if (!given) return undefined
  try {
    const [time, id] = JSON.parse(Buffer.from(given, "base64url").toString()) as [number, string]
    return typeof time === "number" && typeof id === "string" ? [time, id] : undefined
  } catch {
    return undefined
  }
}
