import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { isUnavailable } from "@eshop/building-blocks/failure"
import { newId } from "@eshop/building-blocks/ids"
import type { Outbox, OutboxMessage } from "@eshop/building-blocks/messaging/outbox"
import { message } from "@eshop/building-blocks/messaging/outbox"
import { outboxRelay } from "@eshop/building-blocks/messaging/relay"
import { applyMigrations } from "@eshop/building-blocks/postgres/migrations"
import { forgetOldKeys, postgresInbox, postgresRequestLog } from "@eshop/building-blocks/postgres/once"
import { postgresOutbox } from "@eshop/building-blocks/postgres/outbox"
import { connectPostgres, inTransaction, postgresUnitOfWork } from "@eshop/building-blocks/postgres/pool"
import type { UnitOfWork } from "@eshop/building-blocks/use-case"
import { ProductChanged } from "@eshop/domain/events/catalog-events"
import { usd } from "@eshop/domain/money"
import { refuse } from "@eshop/domain/refusal"
import type { Cloud } from "@eshop/local-cloud/cloud"
import type pg from "pg"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { atOnce } from "../fixtures/calls.ts"
import { startParts } from "../fixtures/local-parts.ts"

let cloud: Cloud
let pool: pg.Pool
let unitOfWork: UnitOfWork
let outbox: Outbox

beforeAll(async () => {
  cloud = await startParts(["postgres"])
  // Basket's first migration has every table that the building blocks use.
  const migrations = fileURLToPath(new URL("../../functions/basket/migrations", import.meta.url))
  await applyMigrations(cloud.connections.postgres.basket, migrations)
  pool = connectPostgres(cloud.connections.postgres.basket)
  unitOfWork = postgresUnitOfWork(pool)
  outbox = postgresOutbox(pool)
})
afterAll(async () => {
  await pool?.end()
  await cloud?.stop()
})

describe("migrations", () => {
  let directory: string
  const url = () => cloud.connections.postgres.ordering
  const file = (name: string, sql: string) => writeFile(join(directory, name), sql)

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "eshop-migrations-"))
    const client = connectPostgres(url(), { max: 1 })
    await client.query("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    await client.end()
    return () => rm(directory, { recursive: true })
  })
  const tables = async () => {
    const client = connectPostgres(url(), { max: 1 })
    const { rows } = await client.query(
      "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1",
    )
    await client.end()
    return rows.map(({ table_name }) => table_name)
  }

  test("are applied in the order of their names, each once", async () => {
    await file("002-b.sql", "ALTER TABLE a RENAME TO b")
    await file("001-a.sql", "CREATE TABLE a (id int)")
    await file("notes.txt", "not SQL")
    expect(await applyMigrations(url(), directory)).toEqual(["001-a.sql", "002-b.sql"])
    expect(await applyMigrations(url(), directory)).toEqual([])
    await file("003-c.sql", "CREATE TABLE c (id int)")
    expect(await applyMigrations(url(), directory)).toEqual(["003-c.sql"])
    expect(await tables()).toEqual(["b", "c", "migrations"])
  })

  test("started by four at once are applied by one", async () => {
    await file("001-a.sql", "CREATE TABLE a (id int)")
    const applied = await atOnce(4, () => applyMigrations(url(), directory))
    expect(applied.flat()).toEqual(["001-a.sql"])
  })

  test("that fail leave nothing behind and name the file; put right, they are applied", async () => {
    await file("001-a.sql", "CREATE TABLE a (id int)")
    await file("002-b.sql", "CREATE TABLE b (id int); SELECT 1/0")
    await expect(applyMigrations(url(), directory)).rejects.toThrow("migration 002-b.sql failed: division by")
    expect(await tables()).toEqual(["a", "migrations"])
    await file("002-b.sql", "CREATE TABLE b (id int)")
    expect(await applyMigrations(url(), directory)).toEqual(["002-b.sql"])
  })

  test("that changed after they were applied are refused", async () => {
    await file("001-a.sql", "CREATE TABLE a (id int)")
    await applyMigrations(url(), directory)
    await file("001-a.sql", "CREATE TABLE a (id bigint)")
    await expect(applyMigrations(url(), directory)).rejects.toThrow("001-a.sql was changed")
  })
})

describe("a transaction", () => {
  const keep = (id: string) => (tx: Parameters<Parameters<UnitOfWork["transaction"]>[0]>[0]) =>
    inTransaction(tx).query("INSERT INTO inbox (message_id) VALUES ($1)", [id])
  const isKept = async (id: string) =>
    (await pool.query("SELECT 1 FROM inbox WHERE message_id = $1", [id])).rowCount === 1

  test("commits what it did when it ends with a result", async () => {
    const id = newId()
    expect(await unitOfWork.transaction((tx) => keep(id)(tx).then(() => "done"))).toBe("done")
    expect(await isKept(id)).toBe(true)
  })

  test("undoes what it did when it ends with a refusal, which is its result", async () => {
    const id = newId()
    const refusal = refuse("rule", "no", "No.")
    expect(await unitOfWork.transaction((tx) => keep(id)(tx).then(() => refusal))).toBe(refusal)
    expect(await isKept(id)).toBe(false)
  })

  test("undoes what it did when it throws", async () => {
    const id = newId()
    const failing = unitOfWork.transaction(async (tx) => {
      await keep(id)(tx)
      throw new Error("broke")
    })
    await expect(failing).rejects.toThrow("broke")
    expect(await isKept(id)).toBe(false)
  })

  test("whose connection breaks fails, and the pool goes on", async () => {
    const id = newId()
    const failing = unitOfWork.transaction(async (tx) => {
      await keep(id)(tx)
      const { rows } = await inTransaction(tx).query("SELECT pg_backend_pid() AS pid")
      await pool.query("SELECT pg_terminate_backend($1)", [rows[0].pid])
      await new Promise((resolve) => setTimeout(resolve, 20))
      return await inTransaction(tx).query("SELECT 1")
    })
    expect(await failing.then(() => "committed", isUnavailable)).toBe(true)
    expect(await isKept(id)).toBe(false)
  })

  test("more at once than there are connections wait for their turn", async () => {
    const results = await atOnce(64, (index) =>
      unitOfWork.transaction(async (tx) => {
        await inTransaction(tx).query("SELECT pg_sleep(0.005)")
        return index
      }),
    )
    expect(results).toEqual(Array.from({ length: 64 }, (_, index) => index))
  })
})

test("int8 arrives as a number, and what a number cannot hold is an error", async () => {
  const { rows } = await pool.query("SELECT 9007199254740991::int8 AS value")
  expect(rows).toEqual([{ value: Number.MAX_SAFE_INTEGER }])
  await expect(pool.query("SELECT 9007199254740992::int8 AS value")).rejects.toThrow(RangeError)
})

describe("the inbox", () => {
  const claim = (id: string) => unitOfWork.transaction((tx) => postgresInbox().claim(tx, id))

  test("gives a message to one of 20 claims at once", async () => {
    const id = newId()
    expect((await atOnce(20, () => claim(id))).filter(Boolean)).toHaveLength(1)
    expect(await claim(id)).toBe(false)
  })

  test("forgets a claim whose effect was undone", async () => {
    const id = newId()
    const failing = unitOfWork.transaction(async (tx) => {
      await postgresInbox().claim(tx, id)
      throw new Error("broke")
    })
    await expect(failing).rejects.toThrow("broke")
    expect(await claim(id)).toBe(true)
  })
})

describe("the request log", () => {
  const log = () => postgresRequestLog(pool)
  const answer = { status: 202, headers: { location: "/x" }, body: '{"a":1}' }

  test("gives the answer back as it was recorded", async () => {
    await unitOfWork.transaction(async (tx) => {
      await log().claim(tx, "scope", "key", "hash")
      await log().record(tx, "scope", "key", answer)
    })
    expect(await log().find("scope", "key")).toEqual({ ...answer, requestHash: "hash" })
    expect(await log().find("other", "key")).toBeUndefined()
  })

  test("keeps an answer without a body", async () => {
    await unitOfWork.transaction(async (tx) => {
      await log().claim(tx, "scope", "empty", "hash")
      await log().record(tx, "scope", "empty", { ...answer, body: null })
    })
    expect((await log().find("scope", "empty"))?.body).toBeNull()
  })

  test("lets a second claim wait: lost when the first commits, won when it is undone", async () => {
    for (const [key, fails] of [
      ["commits", false],
      ["undone", true],
    ] as const) {
      const claimed = Promise.withResolvers<void>()
      const goOn = Promise.withResolvers<void>()
      const first = unitOfWork.transaction(async (tx) => {
        await log().claim(tx, "scope", key, "hash")
        claimed.resolve()
        await goOn.promise
        if (fails) throw new Error("undone")
      })
      await claimed.promise
      const second = unitOfWork.transaction((tx) => log().claim(tx, "scope", key, "hash"))
      goOn.resolve()
      await Promise.allSettled([first])
      expect(await second).toBe(fails)
    }
  })

  test("old keys and message ids are forgotten, young ones kept", async () => {
    await pool.query("DELETE FROM idempotent_request; DELETE FROM inbox")
    await pool.query(`INSERT INTO idempotent_request (scope, key, request_hash, created_at) VALUES
      ('s', 'old', 'h', now() - interval '25 hours'), ('s', 'young', 'h', now() - interval '23 hours')`)
    await pool.query(
      `INSERT INTO inbox (message_id, handled_at) VALUES
       (gen_random_uuid(), now() - interval '16 days'), ($1, now() - interval '14 days')`,
      ["018f0000-0000-7000-8000-000000000001"],
    )
    await forgetOldKeys(pool)
    expect((await pool.query("SELECT key FROM idempotent_request")).rows).toEqual([{ key: "young" }])
    expect((await pool.query("SELECT message_id FROM inbox")).rows).toEqual([
      { message_id: "018f0000-0000-7000-8000-000000000001" },
    ])
  })
})

describe("the outbox", () => {
  beforeEach(async () => {
    await pool.query("DELETE FROM outbox")
  })

  let versions = 0
  const newMessage = (): OutboxMessage => {
    const data = { productId: newId(), name: "Phone", price: usd(1), version: ++versions }
    return message(ProductChanged, data.productId, data, { now: new Date(), newId })
  }
  async function add(count: number): Promise<OutboxMessage[]> {
    const messages = Array.from({ length: count }, newMessage)
    await unitOfWork.transaction((tx) => outbox.add(tx, messages))
    return messages
  }
  const idsOf = (messages: readonly OutboxMessage[]) => messages.map(({ event }) => event.id)

  test("gives messages out in the order in which they were added, as they were added", async () => {
    const messages = await add(5)
    expect(await outbox.claim(3, 30)).toMatchObject(messages.slice(0, 3))
    expect(idsOf(await outbox.claim(3, 30))).toEqual(idsOf(messages.slice(3)))
    expect(await outbox.claim(3, 30)).toEqual([])
  })

  test("holds nothing of a transaction that was undone", async () => {
    const failing = unitOfWork.transaction(async (tx) => {
      await outbox.add(tx, [newMessage()])
      throw new Error("broke")
    })
    await expect(failing).rejects.toThrow("broke")
    expect(await outbox.claim(10, 30)).toEqual([])
  })

  test("with a sender hands it what a commit left, leased; of what was undone it hears nothing", async () => {
    const sent: string[][] = []
    const leasing = postgresOutbox(pool, { leaseSeconds: 10, send: (messages) => sent.push(idsOf(messages)) })
    const [first, second, undone] = [newMessage(), newMessage(), newMessage()]
    await unitOfWork.transaction(async (tx) => {
      await leasing.add(tx, [first, second])
      expect(sent).toEqual([])
    })
    await unitOfWork.transaction(async (tx) => {
      await leasing.add(tx, [undone])
      return refuse("rule", "thing.wrong", "It is wrong.")
    })
    expect(sent).toEqual([idsOf([first, second])])
    expect(await leasing.claim(10, 30)).toEqual([])
    await leasing.release(idsOf([first, second]))
    expect(idsOf(await leasing.claim(10, 30))).toEqual(idsOf([first, second]))
  })

  test("gives no message to two of 10 claimers at once", async () => {
    const messages = await add(100)
    const claimed = (await atOnce(10, () => outbox.claim(10, 30))).flatMap(idsOf)
    expect(new Set(claimed).size).toBe(claimed.length)
    const rest = idsOf(await outbox.claim(100, 30))
    expect([...claimed, ...rest].sort()).toEqual(idsOf(messages).sort())
  })

  test("gives a message out again when its lease has run out or was ended, not before", async () => {
    const messages = await add(2)
    const [first, second] = idsOf(messages) as [string, string]
    await outbox.claim(2, 30)
    expect(await outbox.claim(2, 30)).toEqual([])
    await outbox.release([second])
    expect(idsOf(await outbox.claim(2, 30))).toEqual([second])
    await pool.query("UPDATE outbox SET leased_until = now() - interval '1 ms' WHERE id = $1", [first])
    expect(idsOf(await outbox.claim(2, 30))).toEqual([first])
    await outbox.remove([first, second])
    expect((await pool.query("SELECT id FROM outbox")).rows).toEqual([])
  })

  describe("and its relay", () => {
    const never = (error: unknown) => {
      throw error
    }

    test("send 250 messages once and in order", async () => {
      const messages = await add(250)
      const sent: string[] = []
      const relay = outboxRelay(
        outbox,
        { publish: async (_, batch) => void sent.push(...idsOf(batch)) },
        never,
      )
      expect(await relay.drain()).toBe(250)
      expect(sent).toEqual(idsOf(messages))
      expect(await relay.drain()).toBe(0)
    })

    test("of four apps at once send each message once", async () => {
      const messages = await add(300)
      const sent: string[] = []
      const publisher = {
        publish: async (_: string, batch: readonly OutboxMessage[]) => void sent.push(...idsOf(batch)),
      }
      const counts = await atOnce(4, () => outboxRelay(outbox, publisher, never).drain())
      expect(counts.reduce((a, b) => a + b)).toBe(300)
      expect(sent.sort()).toEqual(idsOf(messages).sort())
    })

    test("keep what the broker did not take, and send it when it is back", async () => {
      const messages = await add(3)
      let isOut = true
      const sent: string[] = []
      const relay = outboxRelay(
        outbox,
        {
          async publish(_, batch) {
            if (isOut) throw new Error("the broker is out")
            sent.push(...idsOf(batch))
          },
        },
        never,
      )
      await expect(relay.drain()).rejects.toThrow("the broker is out")
      isOut = false
      expect(await relay.drain()).toBe(3)
      expect(sent).toEqual(idsOf(messages))
    })

    test("that died after the broker's acceptance send again, under the same id", async () => {
      const [only] = idsOf(await add(1))
      const sent: string[] = []
      const publisher = {
        publish: async (_: string, batch: readonly OutboxMessage[]) => void sent.push(...idsOf(batch)),
      }
      const dying: Outbox = { ...outbox, remove: () => Promise.reject(new Error("died here")) }
      await expect(outboxRelay(dying, publisher, never).drain()).rejects.toThrow("died here")
      await pool.query("UPDATE outbox SET leased_until = now() - interval '1 ms'")
      await outboxRelay(outbox, publisher, never).drain()
      expect(sent).toEqual([only, only])
    })

    test("one topic that fails does not hold another back", async () => {
      const [one] = await add(1)
      const other = { ...newMessage(), topic: "basket-events" }
      await unitOfWork.transaction((tx) => outbox.add(tx, [other]))
      const sent: string[] = []
      const relay = outboxRelay(
        outbox,
        {
          async publish(topic, batch) {
            if (topic === "catalog-events") throw new Error("this topic is full")
            sent.push(...idsOf(batch))
          },
        },
        never,
      )
      await expect(relay.drain()).rejects.toThrow("full")
      expect(sent).toEqual([other.event.id])
      const { rows } = await pool.query("SELECT id FROM outbox")
      expect(rows).toEqual([{ id: one?.event.id }])
    })

    test("send what a commit left at once; what comes during a run is sent by a further run", async () => {
      const errors: unknown[] = []
      const sent: string[] = []
      const relay = outboxRelay(
        outbox,
        {
          async publish(_, batch) {
            sent.push(...idsOf(batch))
            if (sent.length === 1) relay.send(await add(1))
          },
        },
        (error) => errors.push(error),
      )
      relay.send(await add(1))
      const left = async () => (await pool.query("SELECT id FROM outbox")).rowCount
      while (sent.length < 2 || (await left()) !== 0) await new Promise((resolve) => setTimeout(resolve, 5))
      expect(errors).toEqual([])
      expect(sent).toHaveLength(2)
    })
  })
})
