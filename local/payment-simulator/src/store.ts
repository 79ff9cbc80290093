import { chmodSync, closeSync, existsSync, mkdirSync, openSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { type Intent, parseIntent } from "./intent-object.ts"

/** A refund as the simulator keeps it. */
export interface Refund {
  id: string
  payment_intent: string
  charge: string | null
  amount: number
  currency: string
  reason: string | null
  created: number
  metadata: Record<string, string>
  status: "pending" | "succeeded" | "failed"
  failure_reason?: string
  /** What becomes of it, and when in milliseconds since 1970; the API does not show it. */
  turn?: { at: number; to: "succeeded" | "failed" }
}

/** A report to the shop's webhook endpoint that it has not taken yet. */
export interface Report {
  seq: number
  type: string
  body: string
  attempts: number
}

/** The answer that an idempotency key has led to. */
export interface SavedAnswer {
  fingerprint: string
  status: number
  body: string
}

/** Something that has happened, whether anybody heard of it or not. */
export interface KeptEvent {
  id: string
  type: string
  /** In seconds since 1970. */
  created: number
}

/** Totals over everything the simulator holds, in minor units. */
export interface Summary {
  intents: number
  capturable: number
  captured: number
  refunded: number
}

/** Which intents a search wants. */
export interface SearchFilter {
  metadata: Record<string, string>
  status?: string
}

/** Stripe forgets events after 30 days (https://docs.stripe.com/api/events). */
const EVENT_LIFETIME_S = 30 * 24 * 60 * 60
/** Stripe forgets keys after a day (https://docs.stripe.com/api/idempotent_requests). */
const KEY_LIFETIME_MS = 24 * 60 * 60 * 1000

const schema = `
  CREATE TABLE IF NOT EXISTS intents (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, status TEXT NOT NULL, amount INTEGER NOT NULL,
    received INTEGER NOT NULL, refunded INTEGER NOT NULL, state TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS intent_metadata (
    key TEXT NOT NULL, value TEXT NOT NULL, intent TEXT NOT NULL, PRIMARY KEY (key, value, intent)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS refunds (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, intent TEXT NOT NULL, state TEXT NOT NULL);
  CREATE INDEX IF NOT EXISTS refunds_of_intent ON refunds (intent);
  CREATE INDEX IF NOT EXISTS refunds_by_time ON refunds (json_extract(state, '$.created'), seq);
  CREATE INDEX IF NOT EXISTS refunds_to_turn ON refunds (seq) WHERE json_extract(state, '$.turn') IS NOT NULL;
  CREATE INDEX IF NOT EXISTS intents_by_time ON intents (json_extract(state, '$.created'), seq);
  CREATE INDEX IF NOT EXISTS intents_processing ON intents (seq) WHERE status = 'processing';
  CREATE INDEX IF NOT EXISTS disputed_intents ON intents (json_extract(state, '$.dispute.id'))
    WHERE json_extract(state, '$.dispute.id') IS NOT NULL;
  CREATE TABLE IF NOT EXISTS reports (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, type TEXT NOT NULL, body TEXT NOT NULL, attempts INTEGER NOT NULL,
    due INTEGER NOT NULL);
  CREATE INDEX IF NOT EXISTS reports_by_due ON reports (due);
  CREATE TABLE IF NOT EXISTS events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, type TEXT NOT NULL, body TEXT NOT NULL,
    created INTEGER NOT NULL);
  CREATE INDEX IF NOT EXISTS events_by_time ON events (created, seq);
  CREATE TABLE IF NOT EXISTS answers (
    key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL, saved INTEGER NOT NULL);
  CREATE INDEX IF NOT EXISTS answers_by_age ON answers (saved);
  CREATE TABLE IF NOT EXISTS search_index (intent TEXT PRIMARY KEY, status TEXT NOT NULL, state TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS search_updates (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, intent TEXT NOT NULL, status TEXT NOT NULL, state TEXT NOT NULL,
    saved INTEGER NOT NULL);
  CREATE INDEX IF NOT EXISTS search_updates_by_age ON search_updates (saved);
`

const WITH_METADATA = "id IN (SELECT intent FROM intent_metadata WHERE key = ? AND value = ?)"

/** What a store of the time before the index holds. */
const indexOldIntents = `
  INSERT OR IGNORE INTO search_index (intent, status, state) SELECT id, status, state FROM intents
    WHERE id NOT IN (SELECT intent FROM search_updates);
`

/** Reads a kept refund; one of an older simulator had succeeded at once. */
const parseRefund = (state: string): Refund => ({ status: "succeeded", ...JSON.parse(state) })

/** The simulator's memory, readable by its user alone. A kill -9 loses nothing that was answered. */
export class PaymentStore {
  readonly #database: DatabaseSync
  readonly #searchLagMs: number

  /** @param searchLagMs how long the search does not know of a change, in milliseconds */
  constructor(directory: string, searchLagMs: number) {
    this.#searchLagMs = searchLagMs
    mkdirSync(directory, { recursive: true })
    const file = join(directory, "payments.sqlite")
    closeSync(openSync(file, "a", 0o600))
    // SQLite gives the files beside it the same mode when it makes them.
    for (const name of [file, `${file}-wal`, `${file}-shm`]) if (existsSync(name)) chmodSync(name, 0o600)
    this.#database = new DatabaseSync(file)
    // It stands for a provider elsewhere: it must outlive its process, but should not take the disk's time from
    // the stores under measurement. NORMAL loses nothing unless the machine itself goes down.
    this.#database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;")
    this.#database.exec(schema)
    this.#database.exec(indexOldIntents)
  }

  /** Runs the work in one transaction; what it throws rolls everything back. */
  transaction<T>(work: () => T): T {
    this.#database.exec("BEGIN IMMEDIATE")
    try {
      const result = work()
      this.#database.exec("COMMIT")
      return result
    } catch (error) {
      this.#database.exec("ROLLBACK")
      throw error
    }
  }

  findIntent(id: string): Intent | undefined {
    const row = this.#database.prepare("SELECT state FROM intents WHERE id = ?").get(id)
    return row && parseIntent(String(row.state))
  }

  saveIntent(intent: Intent): void {
    const state = JSON.stringify(intent)
    this.#database
      .prepare(
        `INSERT INTO intents (id, status, amount, received, refunded, state) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET status = excluded.status, received = excluded.received,
           refunded = excluded.refunded, state = excluded.state`,
      )
      .run(intent.id, intent.status, intent.amount, intent.amountReceived, intent.amountRefunded, state)
    for (const [key, value] of Object.entries(intent.metadata)) {
      this.#database
        .prepare("INSERT OR IGNORE INTO intent_metadata (key, value, intent) VALUES (?, ?, ?)")
        .run(key, value, intent.id)
    }
    this.#database
      .prepare("INSERT INTO search_updates (intent, status, state, saved) VALUES (?, ?, ?, ?)")
      .run(intent.id, intent.status, state, Date.now())
    this.#indexDue()
  }

  /** Moves the changes that the search may know by now into its index. */
  #indexDue(): void {
    const until = Date.now() - this.#searchLagMs
    this.#database
      .prepare(
        `INSERT INTO search_index (intent, status, state)
           SELECT intent, status, state FROM search_updates WHERE saved <= ? ORDER BY seq
         ON CONFLICT (intent) DO UPDATE SET status = excluded.status, state = excluded.state`,
      )
      .run(until)
    this.#database.prepare("DELETE FROM search_updates WHERE saved <= ?").run(until)
  }

  /**
   * Intents as they stand, newest first.
   * @param created when they were made, in seconds since 1970: from the one on, before the other
   */
  listIntents(
    startingAfter: string | undefined,
    limit: number,
    created: { from: number | undefined; to: number | undefined },
  ): Intent[] {
    return this.#database
      .prepare(
        `SELECT state FROM intents
         WHERE json_extract(state, '$.created') >= ?1 AND json_extract(state, '$.created') < ?2
           AND (?3 IS NULL OR seq < (SELECT seq FROM intents WHERE id = ?3))
         ORDER BY json_extract(state, '$.created') DESC, seq DESC LIMIT ?4`,
      )
      .all(created.from ?? 0, created.to ?? Number.MAX_SAFE_INTEGER, startingAfter ?? null, limit)
      .map((row) => parseIntent(String(row.state)))
  }

  /** The intent that a dispute is about. */
  findDisputed(disputeId: string): Intent | undefined {
    const row = this.#database
      .prepare("SELECT state FROM intents WHERE json_extract(state, '$.dispute.id') = ?")
      .get(disputeId)
    return row && parseIntent(String(row.state))
  }

  /** Intents with an entry in their metadata, as they stand, newest first. */
  intentsWith(key: string, value: string): Intent[] {
    return this.#database
      .prepare(`SELECT state FROM intents WHERE ${WITH_METADATA} ORDER BY seq DESC`)
      .all(key, value)
      .map((row) => parseIntent(String(row.state)))
  }

  /** Intents as the search knows them, newest first. */
  searchIntents(filter: SearchFilter, startingAfter: string | undefined, limit: number): Intent[] {
    this.#indexDue()
    const conditions = ["TRUE"]
    const values: (string | number)[] = []
    if (filter.status !== undefined) {
      conditions.push("search_index.status = ?")
      values.push(filter.status)
    }
    for (const [key, value] of Object.entries(filter.metadata)) {
      conditions.push(WITH_METADATA)
      values.push(key, value)
    }
    if (startingAfter !== undefined) {
      conditions.push("seq < (SELECT seq FROM intents WHERE id = ?)")
      values.push(startingAfter)
    }
    return this.#database
      .prepare(
        `SELECT search_index.state FROM search_index JOIN intents ON id = intent
         WHERE ${conditions.join(" AND ")} ORDER BY seq DESC LIMIT ?`,
      )
      .all(...values, limit)
      .map((row) => parseIntent(String(row.state)))
  }

  /** Intents whose payment is still being processed. */
  processingIntents(): Intent[] {
    return this.#database
      .prepare("SELECT state FROM intents WHERE status = 'processing'")
      .all()
      .map((row) => parseIntent(String(row.state)))
  }

  findRefund(id: string): Refund | undefined {
    const row = this.#database.prepare("SELECT state FROM refunds WHERE id = ?").get(id)
    return row && parseRefund(String(row.state))
  }

  saveRefund(refund: Refund): void {
    this.#database
      .prepare(
        `INSERT INTO refunds (id, intent, state) VALUES (?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET state = excluded.state`,
      )
      .run(refund.id, refund.payment_intent, JSON.stringify(refund))
  }

  /** Refunds that something becomes of by now. */
  refundsToTurn(now: number): Refund[] {
    return this.#database
      .prepare(
        `SELECT state FROM refunds
         WHERE json_extract(state, '$.turn') IS NOT NULL AND json_extract(state, '$.turn.at') <= ?`,
      )
      .all(now)
      .map((row) => parseRefund(String(row.state)))
  }

  /** Refunds as they stand, newest first. @param filter.created as {@link listIntents} */
  listRefunds(
    filter: { intent: string | undefined; created: { from: number | undefined; to: number | undefined } },
    startingAfter: string | undefined,
    limit: number,
  ): Refund[] {
    const { intent, created } = filter
    return this.#database
      .prepare(
        `SELECT state FROM refunds
         WHERE (?1 IS NULL OR intent = ?1)
           AND json_extract(state, '$.created') >= ?2 AND json_extract(state, '$.created') < ?3
           AND (?4 IS NULL OR seq < (SELECT seq FROM refunds WHERE id = ?4))
         ORDER BY json_extract(state, '$.created') DESC, seq DESC LIMIT ?5`,
      )
      .all(
        intent ?? null,
        created.from ?? 0,
        created.to ?? Number.MAX_SAFE_INTEGER,
        startingAfter ?? null,
        limit,
      )
      .map((row) => parseRefund(String(row.state)))
  }

  findAnswer(key: string): SavedAnswer | undefined {
    const row = this.#database.prepare("SELECT fingerprint, status, body FROM answers WHERE key = ?").get(key)
    return row && { fingerprint: String(row.fingerprint), status: Number(row.status), body: String(row.body) }
  }

  saveAnswer(key: string, answer: SavedAnswer): void {
    this.#database.prepare("DELETE FROM answers WHERE saved < ?").run(Date.now() - KEY_LIFETIME_MS)
    this.#database
      .prepare("INSERT INTO answers (key, fingerprint, status, body, saved) VALUES (?, ?, ?, ?, ?)")
      .run(key, answer.fingerprint, answer.status, answer.body, Date.now())
  }

  addEvent(event: KeptEvent): void {
    const { id, type, created } = event
    this.#database.prepare("DELETE FROM events WHERE created < ?").run(created - EVENT_LIFETIME_S)
    this.#database
      .prepare("INSERT INTO events (id, type, body, created) VALUES (?, ?, ?, ?)")
      .run(id, type, JSON.stringify(event), created)
  }

  hasEvent(id: string): boolean {
    return this.#database.prepare("SELECT 1 FROM events WHERE id = ?").get(id) !== undefined
  }

  /** Events, newest first. @param filter.created as {@link listIntents} */
  listEvents(
    filter: {
      types: readonly string[] | undefined
      created: { from: number | undefined; to: number | undefined }
    },
    startingAfter: string | undefined,
    limit: number,
  ): KeptEvent[] {
    const { types, created } = filter
    return this.#database
      .prepare(
        `SELECT body FROM events
         WHERE (?1 IS NULL OR type IN (SELECT value FROM json_each(?1))) AND created >= ?2 AND created < ?3
           AND (?4 IS NULL OR seq < (SELECT seq FROM events WHERE id = ?4))
         ORDER BY created DESC, seq DESC LIMIT ?5`,
      )
      .all(
        types ? JSON.stringify(types) : null,
        created.from ?? 0,
        created.to ?? Number.MAX_SAFE_INTEGER,
        startingAfter ?? null,
        limit,
      )
      .map((row) => JSON.parse(String(row.body)))
  }

  addReport(type: string, body: string, due: number): void {
    this.#database
      .prepare("INSERT INTO reports (type, body, attempts, due) VALUES (?, ?, 0, ?)")
      .run(type, body, due)
  }

  reportsDue(now: number, limit: number): Report[] {
    return this.#database
      .prepare("SELECT seq, type, body, attempts FROM reports WHERE due <= ? ORDER BY due LIMIT ?")
      .all(now, limit)
      .map((row) => ({
        seq: Number(row.seq),
        type: String(row.type),
        body: String(row.body),
        attempts: Number(row.attempts),
      }))
  }

  postponeReport(seq: number, due: number): void {
    this.#database.prepare("UPDATE reports SET attempts = attempts + 1, due = ? WHERE seq = ?").run(due, seq)
  }

  removeReport(seq: number): void {
    this.#database.prepare("DELETE FROM reports WHERE seq = ?").run(seq)
  }

  summary(): Summary {
    const row = this.#database
      .prepare(
        `SELECT count(*) AS intents, coalesce(sum(received), 0) AS captured, coalesce(sum(refunded), 0) AS refunded,
           coalesce(sum(amount) FILTER (WHERE status = 'requires_capture'), 0) AS capturable FROM intents`,
      )
      .get()
    return {
      intents: Number(row?.intents),
      capturable: Number(row?.capturable),
      captured: Number(row?.captured),
      refunded: Number(row?.refunded),
    }
  }

  close(): void {
    this.#database.close()
  }
}
