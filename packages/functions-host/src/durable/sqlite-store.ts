/** The task hub in one SQLite file (`node:sqlite`), write-ahead log, flushed to disk at every commit. */

import { DatabaseSync, type StatementSync } from "node:sqlite"
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
CREATE TABLE message (id INTEGER PRIMARY KEY AUTOINCREMENT, target TEXT NOT NULL, body TEXT NOT NULL);
CREATE INDEX message_target ON message (target, id);
CREATE TABLE entity (
  id TEXT PRIMARY KEY, state TEXT, locked_by TEXT, updated_at INTEGER NOT NULL
) WITHOUT ROWID;
PRAGMA user_version = ${schemaVersion};
`

export type SqliteStoreOptions = {
  /** `full` flushes at every commit (default); `off` leaves it to the operating system: tests only. */
  synchronous?: "full" | "off"
}

type Row = Record<string, string | number | null>
type Waiting = { write(writer: Writer): unknown; resolve(value: unknown): void; reject(error: unknown): void }

/** Opens the task hub in `file`, creating it when it is missing. One process at a time may have it open. */
export function openSqliteStore(file: string, options: SqliteStoreOptions = {}): Store {
  const database = new DatabaseSync(file)
  database.exec("PRAGMA busy_timeout = 5000")
  database.exec("PRAGMA journal_mode = WAL")
  database.exec(`PRAGMA synchronous = ${options.synchronous ?? "full"}`)
  const version = (database.prepare("PRAGMA user_version").get() as { user_version: number }).user_version
  if (version === 0) database.exec(`BEGIN IMMEDIATE; ${schema} COMMIT`)
  else if (version !== schemaVersion) {
    database.close()
    throw new Error(
      `The task hub ${file} has format ${version}; this host reads ${schemaVersion}. Delete the file to begin anew.`,
    )
  }
  return new SqliteStore(database)
}

class SqliteStore implements Store {
  readonly #database: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()
  readonly #writer: Writer
  #waiting: Waiting[] = []
  #scheduled: NodeJS.Immediate | undefined

  constructor(database: DatabaseSync) {
    this.#database = database
    this.#writer = this.#createWriter()
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

  entitiesWithMessages(): string[] {
    const rows = this.#sql("SELECT DISTINCT target FROM message WHERE target LIKE '@%'").all()
    return rows.map((row) => (row as { target: string }).target)
  }

  commit<T>(write: (writer: Writer) => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ write, resolve: resolve as (value: unknown) => void, reject })
      this.#scheduled ??= setImmediate(() => this.#flush())
    })
  }

  close(): void {
    this.#flush()
    this.#statements.clear()
    this.#database.close()
  }

  #flush(): void {
    clearImmediate(this.#scheduled)
    this.#scheduled = undefined
    const group = this.#waiting
    if (group.length === 0) return
    this.#waiting = []
    const results: unknown[] = []
    try {
      this.#sql("BEGIN IMMEDIATE").run()
      for (const { write } of group) results.push(write(this.#writer))
      this.#sql("COMMIT").run()
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK")
      for (const { reject } of group) reject(error)
      return
    }
    group.forEach(({ resolve }, index) => {
      resolve(results[index])
    })
  }

  #createWriter(): Writer {
    const deleteHistory = (id: string): void => {
      this.#sql("DELETE FROM history WHERE instance_id = ?").run(id)
    }
    const deleteMessages = (id: string): void => {
      this.#sql("DELETE FROM message WHERE target = ?").run(id)
    }
    const updateInstance = (given: Instance): void => {
      this.#sql(
        "UPDATE instance SET execution_id = ?, status = ?, output = ?, custom_status = ?, updated_at = ? WHERE id = ?",
      ).run(given.executionId, given.status, given.output, given.customStatus, given.updatedAt, given.id)
    }
    return {
      createInstance: (given) => {
        const existed = this.#sql("DELETE FROM instance WHERE id = ?").run(given.id).changes
        if (existed) {
          deleteHistory(given.id)
          deleteMessages(given.id)
        }
        this.#sql("INSERT INTO instance VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)").run(
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
        )
      },
      updateInstance,
      continueInstance: (given) => {
        updateInstance(given)
        this.#sql("UPDATE instance SET input = ? WHERE id = ?").run(given.input, given.id)
        deleteHistory(given.id)
      },
      appendHistory: (id, part, events) => {
        this.#sql("INSERT INTO history VALUES (?, ?, ?)").run(id, part, events)
      },
      deleteHistory,
      purgeInstance: (id) => {
        this.#sql("DELETE FROM instance WHERE id = ?").run(id)
        deleteHistory(id)
        deleteMessages(id)
      },
      addMessage: (target, body) =>
        Number(
          this.#sql("INSERT INTO message (target, body) VALUES (?, ?)").run(target, body).lastInsertRowid,
        ),
      deleteMessage: (id) => {
        this.#sql("DELETE FROM message WHERE id = ?").run(id)
      },
      deleteMessages,
      putEntity: (given) => {
        this.#sql("INSERT OR REPLACE INTO entity VALUES (?, ?, ?, ?)").run(
          given.id,
          given.state,
          given.lockedBy,
          given.updatedAt,
        )
      },
      deleteEntity: (id) => {
        this.#sql("DELETE FROM entity WHERE id = ?").run(id)
      },
    }
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
