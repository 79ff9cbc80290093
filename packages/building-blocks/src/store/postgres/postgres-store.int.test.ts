import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { newDatabase } from "../../../../../tests/fixtures/new-database.ts"
import { isUnavailable } from "../../failure.ts"
import { newId } from "../../ids.ts"
import { applyMigrations } from "./migrations.ts"
import { connectPostgres, inTransaction, sendInTransaction } from "./pool.ts"
import { type PostgresStore, postgresStore } from "./postgres-store.ts"

const atOnce = <T>(count: number, call: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => call(index)))

let store: PostgresStore

beforeAll(async () => {
  const url = await newDatabase("basket")
  const none = await mkdtemp(join(tmpdir(), "eshop-migrations-"))
  await applyMigrations(url, none)
  await rm(none, { recursive: true })
  store = postgresStore(url)
})
afterAll(() => store?.close())

describe("migrations", () => {
  const own = ["000-store-tables", "000-personal-data-tables", "000-upload-tables", "000-audit-table"]
  const ownTables =
    "outbox inbox parked_message idempotent_request customer_key personal_data archive_key archived_data erased_customer upload_job upload_part upload_result audit log_level".split(
      " ",
    )
  let directory: string
  let url: string
  const file = (name: string, sql: string) => writeFile(join(directory, name), sql)

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "eshop-migrations-"))
    url = await newDatabase("basket")
    return () => rm(directory, { recursive: true })
  })
  const tables = async () => {
    const client = connectPostgres(url, { max: 1 })
    const { rows } = await client.query(
      `SELECT table_name FROM information_schema.tables
       WHERE table_schema = 'public' AND table_name <> ALL($1) ORDER BY 1`,
      [ownTables],
    )
    await client.end()
    return rows.map(({ table_name }) => table_name)
  }

  test("are applied in the order of their names, each once", async () => {
    await file("002-b.sql", "ALTER TABLE a RENAME TO b")
    await file("001-a.sql", "CREATE TABLE a (id int)")
    await file("notes.txt", "not SQL")
    expect(await applyMigrations(url, directory)).toEqual([...own, "001-a.sql", "002-b.sql"])
    expect(await applyMigrations(url, directory)).toEqual([])
    await file("003-c.sql", "CREATE TABLE c (id int)")
    expect(await applyMigrations(url, directory)).toEqual(["003-c.sql"])
    expect(await tables()).toEqual(["b", "c", "migrations"])
  })

  test("started by four at once are applied by one", async () => {
    await file("001-a.sql", "CREATE TABLE a (id int)")
    const applied = await atOnce(4, () => applyMigrations(url, directory))
    expect(applied.flat()).toEqual([...own, "001-a.sql"])
  })

  test("that fail leave nothing behind and name the file; put right, they are applied", async () => {
    await file("001-a.sql", "CREATE TABLE a (id int)")
    await file("002-b.sql", "CREATE TABLE b (id int); SELECT 1/0")
    await expect(applyMigrations(url, directory)).rejects.toThrow("migration 002-b.sql failed: division by")
    expect(await tables()).toEqual(["a", "migrations"])
    await file("002-b.sql", "CREATE TABLE b (id int)")
    expect(await applyMigrations(url, directory)).toEqual(["002-b.sql"])
  })

  test("that changed after they were applied are refused", async () => {
    await file("001-a.sql", "CREATE TABLE a (id int)")
    await applyMigrations(url, directory)
    await file("001-a.sql", "CREATE TABLE a (id bigint)")
    await expect(applyMigrations(url, directory)).rejects.toThrow("001-a.sql was changed")
  })
})

test("a transaction whose connection breaks fails, and the pool goes on", async () => {
  const id = newId()
  const failing = store.unitOfWork.transaction(async (tx) => {
    await store.inbox.claim(tx, "s", id)
    const { rows } = await inTransaction(tx).query("SELECT pg_backend_pid() AS pid")
    await store.pool.query("SELECT pg_terminate_backend($1)", [rows[0].pid])
    await new Promise((resolve) => setTimeout(resolve, 20))
    return await inTransaction(tx).query("SELECT 1")
  })
  expect(await failing.then(() => "committed", isUnavailable)).toBe(true)
  expect(await store.unitOfWork.transaction((tx) => store.inbox.claim(tx, "s", id))).toBe(true)
})

describe("a statement that nobody waits for", () => {
  const park = (id: string) => ({
    text: "INSERT INTO inbox (source, event_id) VALUES ('unawaited', $1)",
    values: [id],
  })
  const isThere = async (id: string) =>
    (await store.pool.query("SELECT FROM inbox WHERE source = 'unawaited' AND event_id = $1", [id])).rowCount

  test("commits with its transaction", async () => {
    const id = newId()
    await store.unitOfWork.transaction(async (tx) => sendInTransaction(tx, park(id)))
    expect(await isThere(id)).toBe(1)
  })

  test("that fails, or whose result is wrong, fails the transaction with its own error", async () => {
    const id = newId()
    const failing = store.unitOfWork.transaction(async (tx) => {
      sendInTransaction(tx, park(id))
      sendInTransaction(tx, "SELECT 1 / 0")
      await inTransaction(tx).query("SELECT 1")
    })
    await expect(failing).rejects.toThrow("division by zero")
    const unsendable = store.unitOfWork.transaction(async (tx) => {
      sendInTransaction(tx, park(id))
      sendInTransaction(tx, { text: "SELECT $1::json", values: [{ count: 1n }] })
    })
    await expect(unsendable).rejects.toThrow("BigInt")
    const wrong = store.unitOfWork.transaction(async (tx) =>
      sendInTransaction(tx, park(id), () => {
        throw new Error("not as it should be")
      }),
    )
    await expect(wrong).rejects.toThrow("not as it should be")
    expect(await isThere(id)).toBe(0)
  })

  test("is sent within a transaction alone", () => {
    expect(() => sendInTransaction(store.pool as never, "SELECT 1")).toThrow("outside of a transaction")
  })
})

test("int8 arrives as a number, and what a number cannot hold is an error", async () => {
  const { rows } = await store.pool.query("SELECT 9007199254740991::int8 AS value")
  expect(rows).toEqual([{ value: Number.MAX_SAFE_INTEGER }])
  await expect(store.pool.query("SELECT 9007199254740992::int8 AS value")).rejects.toThrow(RangeError)
})
