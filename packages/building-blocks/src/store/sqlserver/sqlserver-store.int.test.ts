import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import {
  hasSqlServer,
  newSqlServerDatabase,
  type SqlServerDatabase,
  sqlServerName,
} from "../../../../../tests/fixtures/sql-server.ts"
import { isUnavailable } from "../../failure.ts"
import { applyMigrations } from "./migrations.ts"
import { connectSqlServer, inTransaction, sqlServerUnitOfWork } from "./pool.ts"
import { bigint, bytes, flag, instant, int, sql, text } from "./sql.ts"
import { sqlServerStore } from "./sqlserver-store.ts"

test("a server that is not there is unavailable to every part, and a store starts and closes without it", async () => {
  const store = sqlServerStore("mssql://sa:secret@127.0.0.1:1/shop")
  const attempts = [
    store.ping(),
    store.parked.count(),
    store.unitOfWork.transaction(async () => {}),
    store.outbox.claim(1, 1),
  ]
  const outcomes = await Promise.allSettled(attempts)
  expect(outcomes.map((outcome) => outcome.status === "rejected" && isUnavailable(outcome.reason))).toEqual(
    attempts.map(() => true),
  )
  await store.close()
})

describe.skipIf(!hasSqlServer)(`on ${sqlServerName}`, () => {
  let database: SqlServerDatabase
  let folder: string
  beforeEach(async () => {
    database = await newSqlServerDatabase()
    folder = await mkdtemp(join(tmpdir(), "eshop-migrations-"))
  })
  afterEach(async () => {
    await database.drop()
    await rm(folder, { recursive: true })
  })
  const file = (name: string, content: string) => writeFile(join(folder, name), content)
  const apply = () => applyMigrations(database.url, folder)
  async function withPool<T>(work: (pool: ReturnType<typeof connectSqlServer>) => Promise<T>): Promise<T> {
    const pool = connectSqlServer(database.url)
    try {
      return await work(pool)
    } finally {
      await pool.close()
    }
  }
  const tables = () =>
    withPool(async (pool) => {
      const { rows } = await pool.run<{ name: string }>(
        sql`SELECT TABLE_NAME AS [name] FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_NAME LIKE N'test%' ORDER BY TABLE_NAME`,
      )
      return rows.map(({ name }) => name)
    })
  const own = ["000-store-tables", "000-personal-data-tables", "000-audit-table"]

  test("migrations are applied in the order of their names, each once, statement by statement", async () => {
    await file(
      "002-b.sql",
      "-- More;\nALTER TABLE test_a ADD b int NOT NULL;\nCREATE INDEX test_by_b ON test_a (b);\n",
    )
    await file("001-a.sql", "CREATE TABLE test_a (id int NOT NULL);\n")
    await file("notes.txt", "not SQL")
    expect(await apply()).toEqual([...own, "001-a.sql", "002-b.sql"])
    expect(await apply()).toEqual([])
    await file("003-c.sql", "CREATE TABLE test_c (id int NOT NULL)")
    expect(await apply()).toEqual(["003-c.sql"])
    expect(await tables()).toEqual(["test_a", "test_c"])
  })

  test("migrations that four instances start at once are applied by one", async () => {
    await file("001-a.sql", "CREATE TABLE test_a (id int NOT NULL);")
    const applied = await Promise.all(Array.from({ length: 4 }, apply))
    expect(applied.flat().sort()).toEqual([...own, "001-a.sql"].sort())
  })

  test("a migration that fails leaves nothing behind and is named; put right, it is applied; changed, it is refused", async () => {
    await file("001-a.sql", "CREATE TABLE test_a (id int NOT NULL);\nSELECT nothing FROM test_nowhere;")
    await expect(apply()).rejects.toThrow("migration 001-a.sql failed: ")
    expect(await tables()).toEqual([])
    await file("001-a.sql", "CREATE TABLE test_a (id int NOT NULL);")
    expect(await apply()).toEqual(["001-a.sql"])
    await file("001-a.sql", "CREATE TABLE test_a (id bigint NOT NULL);")
    await expect(apply()).rejects.toThrow("001-a.sql was changed")
  })

  test("values come back as they went", async () => {
    const at = new Date("2026-11-01T10:00:00.123Z")
    const long = "ä😀".repeat(5_000)
    await file(
      "001-a.sql",
      `CREATE TABLE test_a (short nvarchar(200) NULL, long nvarchar(max) NOT NULL, whole int NOT NULL,
      large bigint NULL, yes bit NOT NULL, [at] datetime2(3) NOT NULL, raw varbinary(max) NOT NULL);`,
    )
    await apply()
    await withPool(async (pool) => {
      await pool.run(
        sql`INSERT INTO test_a VALUES (${text("a'b")}, ${text(long)}, ${int(-5)}, ${bigint(Number.MAX_SAFE_INTEGER)}, ${flag(true)},
              ${instant(at)}, ${bytes(Buffer.from([0, 255]))})`,
      )
      const [row] = (await pool.run<Record<string, unknown>>(sql`SELECT * FROM test_a`)).rows
      const large = String(Number.MAX_SAFE_INTEGER)
      expect(row).toEqual({ short: "a'b", long, whole: -5, large, yes: true, at, raw: Buffer.from([0, 255]) })
      const { count } = await pool.run(sql`UPDATE test_a SET short = ${text(null)}, large = ${bigint(null)}`)
      expect(count).toBe(1)
      const { rows } = await pool.run(sql`SELECT short, large FROM test_a WHERE yes = ${flag(true)}`)
      expect(rows).toEqual([{ short: null, large: null }])
    })
  })

  test("statements of a transaction that come together run one after the other, and a failed one ends none of them", async () => {
    await file("001-a.sql", "CREATE TABLE test_a (id int NOT NULL PRIMARY KEY);")
    await apply()
    const insert = (id: number) => sql`INSERT INTO test_a (id) VALUES (${int(id)})`
    await withPool(async (pool) => {
      await sqlServerUnitOfWork(pool).transaction(async (tx) => {
        const outcomes = await Promise.allSettled([1, 2, 2, 3].map((id) => inTransaction(tx).run(insert(id))))
        expect(outcomes.map(({ status }) => status)).toEqual([
          "fulfilled",
          "fulfilled",
          "rejected",
          "fulfilled",
        ])
      })
      const { rows } = await pool.run<{ id: number }>(sql`SELECT id FROM test_a ORDER BY id`)
      expect(rows).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }])
    })
  })

  test("of two transactions in each other's way one is unavailable, the other commits, and both connections go on", async () => {
    await file("001-a.sql", "CREATE TABLE test_a (id int NOT NULL PRIMARY KEY, n int NOT NULL);")
    await apply()
    await withPool(async (pool) => {
      for (const id of [1, 2]) await pool.run(sql`INSERT INTO test_a (id, n) VALUES (${int(id)}, 0)`)
      const both = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const
      const change = (id: number) => sql`UPDATE test_a SET n = n + 1 WHERE id = ${int(id)}`
      const crossing = ([mine, others]: readonly [number, number]) =>
        sqlServerUnitOfWork(pool).transaction(async (tx) => {
          await inTransaction(tx).run(change(mine))
          both[mine - 1]?.resolve()
          await both[others - 1]?.promise
          await inTransaction(tx).run(change(others))
        })
      const outcomes = await Promise.allSettled([crossing([1, 2]), crossing([2, 1])])
      const failed = outcomes.filter((outcome) => outcome.status === "rejected")
      expect(failed.map(({ reason }) => isUnavailable(reason))).toEqual([true])
      expect((await pool.run(sql`SELECT n FROM test_a ORDER BY id`)).rows).toEqual([{ n: 1 }, { n: 1 }])
    })
  })

  test("a database that is not there is unavailable", async () => {
    const pool = connectSqlServer(database.url.replace(/eshop_test_\w+/, "eshop_test_none"))
    expect(await pool.run(sql`SELECT 1 AS [one]`).then(() => "there", isUnavailable)).toBe(true)
    await pool.close()
  })
})
