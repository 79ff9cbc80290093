import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { defineEvent } from "@eshop/domain/contracts/event"
import { defineRefusal } from "@eshop/domain/kernel/refusal"
import type { Cloud } from "@eshop/local-cloud/cloud"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import * as z from "zod"
import { startParts } from "../../../../../tests/fixtures/local-parts.ts"
import type { Tx } from "../../app/call.ts"
import { isUnavailable } from "../../failure.ts"
import { newId } from "../../ids.ts"
import { message, type Outbox, type OutboxMessage } from "../../messaging/outbox.ts"
import { type Broker, outboxRelay } from "../../messaging/relay.ts"
import { applyMigrations } from "./migrations.ts"
import { postgresOutbox } from "./outbox.ts"
import { afterCommit, connectPostgres, inTransaction } from "./pool.ts"
import { type PostgresStore, postgresStore } from "./postgres-store.ts"

const ThingChanged = defineEvent({
  type: "eshop.test.thing-changed.v1",
  source: "urn:eshop:test",
  topic: "test-events",
  data: z.object({ id: z.string(), version: z.int() }),
  example: { id: "a", version: 1 },
})
const no = defineRefusal("no", "rule", "No.")
const atOnce = <T>(count: number, call: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => call(index)))

let cloud: Cloud
let store: PostgresStore

beforeAll(async () => {
  cloud = await startParts(["postgres"])
  const none = await mkdtemp(join(tmpdir(), "eshop-migrations-"))
  await applyMigrations(cloud.connections.postgres.basket, none)
  await rm(none, { recursive: true })
  store = postgresStore(cloud.connections.postgres.basket)
})
afterAll(async () => {
  await store?.close()
  await cloud?.stop()
})

describe("migrations", () => {
  const own = ["000-store-tables", "000-personal-data-tables", "000-upload-tables", "000-audit-table"]
  const ownTables =
    "outbox inbox parked_message idempotent_request customer_key personal_data upload_job upload_part upload_result audit".split(
      " ",
    )
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
    expect(await applyMigrations(url(), directory)).toEqual([...own, "001-a.sql", "002-b.sql"])
    expect(await applyMigrations(url(), directory)).toEqual([])
    await file("003-c.sql", "CREATE TABLE c (id int)")
    expect(await applyMigrations(url(), directory)).toEqual(["003-c.sql"])
    expect(await tables()).toEqual(["b", "c", "migrations"])
  })

  test("started by four at once are applied by one", async () => {
    await file("001-a.sql", "CREATE TABLE a (id int)")
    const applied = await atOnce(4, () => applyMigrations(url(), directory))
    expect(applied.flat()).toEqual([...own, "001-a.sql"])
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
  const keep = (id: string) => (tx: Tx) =>
    inTransaction(tx).query("INSERT INTO inbox (source, event_id) VALUES ('s', $1)", [id])
  const isKept = async (id: string) =>
    (await store.pool.query("SELECT 1 FROM inbox WHERE event_id = $1", [id])).rowCount === 1

  test("commits what it did when it ends with a result", async () => {
    const id = newId()
    expect(await store.unitOfWork.transaction((tx) => keep(id)(tx).then(() => "done"))).toBe("done")
    expect(await isKept(id)).toBe(true)
  })

  test("undoes what it did when it ends with a refusal, which is its result", async () => {
    const id = newId()
    const refusal = no()
    expect(await store.unitOfWork.transaction((tx) => keep(id)(tx).then(() => refusal))).toBe(refusal)
    expect(await isKept(id)).toBe(false)
  })

  test("undoes what it did when it throws", async () => {
    const id = newId()
    const failing = store.unitOfWork.transaction(async (tx) => {
      await keep(id)(tx)
      throw new Error("broke")
    })
    await expect(failing).rejects.toThrow("broke")
    expect(await isKept(id)).toBe(false)
  })

  test("whose connection breaks fails, and the pool goes on", async () => {
    const id = newId()
    const failing = store.unitOfWork.transaction(async (tx) => {
      await keep(id)(tx)
      const { rows } = await inTransaction(tx).query("SELECT pg_backend_pid() AS pid")
      await store.pool.query("SELECT pg_terminate_backend($1)", [rows[0].pid])
      await new Promise((resolve) => setTimeout(resolve, 20))
      return await inTransaction(tx).query("SELECT 1")
    })
    expect(await failing.then(() => "committed", isUnavailable)).toBe(true)
    expect(await isKept(id)).toBe(false)
  })

  test("more at once than there are connections wait for their turn", async () => {
    const results = await atOnce(64, (index) =>
      store.unitOfWork.transaction(async (tx) => {
        await inTransaction(tx).query("SELECT pg_sleep(0.005)")
        return index
      }),
    )
    expect(results).toEqual(Array.from({ length: 64 }, (_, index) => index))
  })
})

test("what follows a commit is waited for, and does not follow a rollback", async () => {
  const followed: string[] = []
  const follow = (tx: Tx, what: string) =>
    afterCommit(tx, async () => {
      await store.pool.query("SELECT 1")
      followed.push(what)
    })
  await store.unitOfWork.transaction(async (tx) => follow(tx, "commit"))
  expect(followed).toEqual(["commit"])
  const refusal = defineRefusal("thing.no", "conflict", "No.")()
  await store.unitOfWork.transaction(async (tx) => {
    follow(tx, "refusal")
    return refusal
  })
  expect(followed).toEqual(["commit"])
})

test("int8 arrives as a number, and what a number cannot hold is an error", async () => {
  const { rows } = await store.pool.query("SELECT 9007199254740991::int8 AS value")
  expect(rows).toEqual([{ value: Number.MAX_SAFE_INTEGER }])
  await expect(store.pool.query("SELECT 9007199254740992::int8 AS value")).rejects.toThrow(RangeError)
})

describe("the inbox", () => {
  const claim = (id: string, source = "s") =>
    store.unitOfWork.transaction((tx) => store.inbox.claim(tx, source, id))

  test("gives a message to one of 20 claims at once; another source's is another message", async () => {
    const id = newId()
    expect((await atOnce(20, () => claim(id))).filter(Boolean)).toHaveLength(1)
    expect([await claim(id), await claim(id, "another")]).toEqual([false, true])
  })

  test("forgets a claim whose effect was undone", async () => {
    const id = newId()
    const failing = store.unitOfWork.transaction(async (tx) => {
      await store.inbox.claim(tx, "s", id)
      throw new Error("broke")
    })
    await expect(failing).rejects.toThrow("broke")
    expect(await claim(id)).toBe(true)
  })
})

describe("parked messages", () => {
  const parked = (eventId: string, body: unknown) => ({
    source: "s",
    eventId,
    topic: "test-events",
    type: "t",
    reason: "broken-schema",
    detail: "It does not fit.",
    body,
    committed: false,
    parkedAt: new Date(),
  })
  beforeEach(async () => {
    await store.pool.query("DELETE FROM parked_message")
  })

  test("are listed in pages, oldest first, as they were parked", async () => {
    // What a jsonb column would refuse comes from outside as well.
    const messages = ["{ no JSON", { text: "\u0000 \ud800" }, null].map((body) => parked(newId(), body))
    for (const one of messages) await store.unitOfWork.transaction((tx) => store.parked.park(tx, one))
    const first = await store.parked.list(2)
    const rest = await store.parked.list(2, first[1]?.position)
    expect([...first, ...rest].map(({ position: _, ...message }) => message)).toEqual(messages)
    expect(await store.parked.count()).toBe(3)
  })

  test("are taken out once, and are then new to the inbox", async () => {
    const message = parked(newId(), { a: 1 })
    await store.unitOfWork.transaction(async (tx) => {
      await store.inbox.claim(tx, "s", message.eventId)
      await store.parked.park(tx, message)
    })
    const take = () => store.unitOfWork.transaction((tx) => store.parked.take(tx, "s", message.eventId))
    expect((await atOnce(5, take)).filter(Boolean)).toEqual([message])
    expect(await store.unitOfWork.transaction((tx) => store.inbox.claim(tx, "s", message.eventId))).toBe(true)
    expect(await store.parked.count()).toBe(0)
  })

  test("whose effect was committed stay known to the inbox, and are parked once", async () => {
    const message = { ...parked(newId(), {}), committed: true }
    for (let n = 0; n < 2; n++)
      await store.unitOfWork.transaction(async (tx) => {
        await store.inbox.claim(tx, "s", message.eventId)
        await store.parked.park(tx, message)
      })
    expect(await store.parked.count()).toBe(1)
    await store.unitOfWork.transaction((tx) => store.parked.take(tx, "s", message.eventId))
    expect(await store.unitOfWork.transaction((tx) => store.inbox.claim(tx, "s", message.eventId))).toBe(
      false,
    )
  })
})

describe("the request log", () => {
  const { transaction } = {
    transaction: <T>(work: (tx: Tx) => Promise<T>) => store.unitOfWork.transaction(work),
  }
  const claim = (tx: Tx, key: string) => store.requests.claim(tx, "scope", key, "hash")

  test("gives a result back as it was recorded, also nothing", async () => {
    for (const [key, result] of [
      ["key", '{"a":1}'],
      ["nothing", null],
    ] as const) {
      await transaction(async (tx) => {
        await claim(tx, key)
        await store.requests.record(tx, "scope", key, result)
      })
      expect(await store.requests.find("scope", key)).toEqual({ hash: "hash", result })
      expect(await store.requests.find("other", key)).toBeUndefined()
      expect(await transaction((tx) => claim(tx, key))).toBe(false)
    }
  })

  test("refuses a claim at once while another is open; it is free again when that one is undone", async () => {
    const claimed = Promise.withResolvers<void>()
    const goOn = Promise.withResolvers<void>()
    const first = transaction(async (tx) => {
      await claim(tx, "open")
      claimed.resolve()
      await goOn.promise
      throw new Error("undone")
    })
    await claimed.promise
    expect(await transaction((tx) => claim(tx, "open"))).toBe(false)
    goOn.resolve()
    await expect(first).rejects.toThrow("undone")
    expect(await transaction((tx) => claim(tx, "open"))).toBe(true)
  })

  test("old keys and message ids are forgotten, young ones kept", async () => {
    await store.pool.query("DELETE FROM idempotent_request; DELETE FROM inbox")
    await store.pool.query(`INSERT INTO idempotent_request (scope, key, hash, created_at) VALUES
      ('s', 'old', 'h', now() - interval '25 hours'), ('s', 'young', 'h', now() - interval '23 hours')`)
    await store.pool.query(`INSERT INTO inbox (source, event_id, handled_at) VALUES
      ('s', 'old', now() - interval '16 days'), ('s', 'young', now() - interval '14 days')`)
    await store.forgetOld()
    expect((await store.pool.query("SELECT key FROM idempotent_request")).rows).toEqual([{ key: "young" }])
    expect((await store.pool.query("SELECT event_id FROM inbox")).rows).toEqual([{ event_id: "young" }])
  })
})

describe("the outbox", () => {
  let outbox: Outbox
  beforeEach(async () => {
    outbox = store.outbox
    await store.pool.query("DELETE FROM outbox")
  })

  let versions = 0
  const newMessage = (): OutboxMessage => {
    const data = { id: newId(), version: ++versions }
    return message(ThingChanged, data.id, data, { now: new Date(), newId })
  }
  async function add(count: number): Promise<OutboxMessage[]> {
    const messages = Array.from({ length: count }, newMessage)
    await store.unitOfWork.transaction((tx) => outbox.add(tx, messages))
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
    const failing = store.unitOfWork.transaction(async (tx) => {
      await outbox.add(tx, [newMessage()])
      throw new Error("broke")
    })
    await expect(failing).rejects.toThrow("broke")
    expect(await outbox.claim(10, 30)).toEqual([])
  })

  test("with a sender hands it what a commit left, leased; of what was undone it hears nothing", async () => {
    const sent: string[][] = []
    const leasing = postgresOutbox(store.pool)
    leasing.sendAfterCommit(10, (messages) => sent.push(idsOf(messages)))
    const [first, second, undone] = [newMessage(), newMessage(), newMessage()]
    await store.unitOfWork.transaction(async (tx) => {
      await leasing.add(tx, [first, second])
      expect(sent).toEqual([])
    })
    await store.unitOfWork.transaction(async (tx) => {
      await leasing.add(tx, [undone])
      return no()
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
    await store.pool.query("UPDATE outbox SET leased_until = now() - interval '1 ms' WHERE id = $1", [first])
    expect(idsOf(await outbox.claim(2, 30))).toEqual([first])
    await outbox.remove([first, second])
    expect((await store.pool.query("SELECT id FROM outbox")).rows).toEqual([])
  })

  describe("and its relay", () => {
    const brokerOf = (publish: Broker["publish"]): Broker => ({ publish, close: async () => {} })
    const never = (error: unknown) => {
      throw error
    }

    test("send 250 messages once and in order", async () => {
      const messages = await add(250)
      const sent: string[] = []
      const relay = outboxRelay(
        outbox,
        brokerOf(async (_, batch) => void sent.push(...idsOf(batch))),
        never,
      )
      expect(await relay.drain()).toBe(250)
      expect(sent).toEqual(idsOf(messages))
      expect(await relay.drain()).toBe(0)
    })

    test("of four apps at once send each message once", async () => {
      const messages = await add(300)
      const sent: string[] = []
      const publisher = brokerOf(async (_, batch) => void sent.push(...idsOf(batch)))
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
        brokerOf(async (_, batch) => {
          if (isOut) throw new Error("the broker is out")
          sent.push(...idsOf(batch))
        }),
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
      const publisher = brokerOf(async (_, batch) => void sent.push(...idsOf(batch)))
      const dying: Outbox = { ...outbox, remove: () => Promise.reject(new Error("died here")) }
      await expect(outboxRelay(dying, publisher, never).drain()).rejects.toThrow("died here")
      await store.pool.query("UPDATE outbox SET leased_until = now() - interval '1 ms'")
      await outboxRelay(outbox, publisher, never).drain()
      expect(sent).toEqual([only, only])
    })

    test("one topic that fails does not hold another back", async () => {
      const [one] = await add(1)
      const other = { ...newMessage(), topic: "other-events" }
      await store.unitOfWork.transaction((tx) => outbox.add(tx, [other]))
      const sent: string[] = []
      const relay = outboxRelay(
        outbox,
        brokerOf(async (topic, batch) => {
          if (topic === "test-events") throw new Error("this topic is full")
          sent.push(...idsOf(batch))
        }),
        never,
      )
      await expect(relay.drain()).rejects.toThrow("full")
      expect(sent).toEqual([other.event.id])
      const { rows } = await store.pool.query("SELECT id FROM outbox")
      expect(rows).toEqual([{ id: one?.event.id }])
    })

    test("send what a commit left at once; what comes during a run is sent by a further run", async () => {
      const errors: unknown[] = []
      const sent: string[] = []
      const relay = outboxRelay(
        outbox,
        brokerOf(async (_, batch) => {
          sent.push(...idsOf(batch))
          if (sent.length === 1) relay.send(await add(1))
        }),
        (error) => errors.push(error),
      )
      relay.send(await add(1))
      const left = async () => (await store.pool.query("SELECT id FROM outbox")).rowCount
      while (sent.length < 2 || (await left()) !== 0) await new Promise((resolve) => setTimeout(resolve, 5))
      expect(errors).toEqual([])
      expect(sent).toHaveLength(2)
    })

    test("that stop give back the lease of what is not sent yet", async () => {
      const messages = await add(1)
      await outbox.claim(1, 30)
      const release = Promise.withResolvers<void>()
      const relay = outboxRelay(
        outbox,
        brokerOf(() => Promise.reject(new Error("out"))),
        () => release.resolve(),
      )
      relay.send(messages)
      await release.promise
      await relay.stop()
      expect(idsOf(await outbox.claim(1, 30))).toEqual(idsOf(messages))
    })
  })
})
