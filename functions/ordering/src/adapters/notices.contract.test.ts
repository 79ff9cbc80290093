import type { UnitOfWork } from "@eshop/building-blocks/app/call"
import { newId } from "@eshop/building-blocks/ids"
import { int, sql } from "@eshop/building-blocks/store/sqlserver/sql"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { newDatabase } from "../../../../tests/fixtures/new-database.ts"
import { hasSqlServer, sqlServerName } from "../../../../tests/fixtures/sql-server.ts"
import type { LookupCounts, OrderContacts } from "../access/ports.ts"
import type { NoticeFacts } from "../notices/notice.ts"
import type { NoticeQueue } from "../notices/ports.ts"
import { orderingOn } from "../testing/ordering.ts"
import { newOrderingOnSqlServer } from "../testing/sql-server.ts"
import { postgresNotices } from "./postgres-notices.ts"
import { sqlServerNotices } from "./sqlserver/notices.ts"
import { sqlServerLookupCounts, sqlServerOrderContacts } from "./sqlserver/order-contacts.ts"

/** Every adapter of the ports comes here; each must pass the same suite. */
type Stores = {
  readonly unitOfWork: UnitOfWork
  readonly contacts: OrderContacts
  readonly lookups: LookupCounts
  readonly notices: NoticeQueue
  /** How many commits have told of themselves. */
  readonly added: () => number
  /** So many seconds go by, for everything that waits or is counted. */
  readonly pass: (seconds: number) => Promise<unknown>
  readonly empty: () => Promise<unknown>
  close(): Promise<void>
}

async function onPostgres(): Promise<Stores> {
  const { store, ports, contacts } = await orderingOn(await newDatabase("ordering"))
  let added = 0
  const { pool } = store
  return {
    unitOfWork: store.unitOfWork,
    contacts,
    lookups: ports.lookups,
    notices: postgresNotices(pool, () => added++),
    added: () => added,
    async pass(seconds) {
      await pool.query("UPDATE notice SET due_at = due_at - make_interval(secs => $1)", [seconds])
      await pool.query("UPDATE lookup_count SET begun_at = begun_at - make_interval(secs => $1)", [seconds])
    },
    empty: () => pool.query("TRUNCATE notice, lookup_count, order_contact"),
    async close() {
      await store.close()
    },
  }
}

async function onSqlServer(): Promise<Stores> {
  const { store, close } = await newOrderingOnSqlServer()
  let added = 0
  const { pool, unitOfWork } = store
  return {
    unitOfWork,
    contacts: sqlServerOrderContacts(pool),
    lookups: sqlServerLookupCounts(pool),
    notices: sqlServerNotices(pool, () => added++),
    added: () => added,
    async pass(seconds) {
      const back = int(-seconds)
      await pool.run(sql`UPDATE notice SET due_at = DATEADD(second, ${back}, due_at)`)
      await pool.run(sql`UPDATE lookup_count SET begun_at = DATEADD(second, ${back}, begun_at)`)
    },
    async empty() {
      await pool.run(sql`DELETE FROM notice`)
      await pool.run(sql`DELETE FROM lookup_count`)
      await pool.run(sql`DELETE FROM order_contact`)
    },
    close,
  }
}

for (const { name, isHere, open } of [
  { name: "PostgreSQL", isHere: true, open: onPostgres },
  { name: sqlServerName, isHere: hasSqlServer, open: onSqlServer },
])
  describe.skipIf(!isHere)(`on ${name}`, () => {
    let stores: Stores
    beforeAll(async () => {
      stores = await open()
    })
    afterAll(() => stores?.close())
    beforeEach(() => stores.empty())

    const commit: UnitOfWork["transaction"] = (work) => stores.unitOfWork.transaction(work)
    class RolledBack extends Error {}
    const rollBack = (work: Parameters<UnitOfWork["transaction"]>[0]) =>
      commit(async (tx) => {
        await work(tx)
        throw new RolledBack()
      }).catch((error) => {
        if (!(error instanceof RolledBack)) throw error
      })

    describe("an order's contact", () => {
      const contact = (more: object = {}) => ({
        ...{ orderId: newId(), orderNumber: "7K3M-Q2XW-9DT4", customerId: newId() },
        ...{ email: { keyVersion: "1", value: "digest" }, ...more },
      })

      test("is found by the order's number, which a few may share, and by its id", async () => {
        const [first, second, other] = [contact(), contact(), contact({ orderNumber: "0000-0000-0000" })]
        await commit(async (tx) => {
          for (const one of [first, second, other]) await stores.contacts.add(tx, one)
        })
        const found = await stores.contacts.find({ number: first.orderNumber })
        expect(found.toSorted((a, b) => a.orderId.localeCompare(b.orderId))).toEqual(
          [first, second].sort((a, b) => a.orderId.localeCompare(b.orderId)),
        )
        expect(await stores.contacts.find({ id: other.orderId })).toEqual([other])
        expect(await stores.contacts.find({ id: newId() })).toEqual([])
      })

      test("is found by its e-mail address under each key, newest first", async () => {
        const at = (keyVersion: string, value: string) => contact({ email: { keyVersion, value } })
        const [old, mine, other] = [at("1", "me"), at("2", "me too"), at("2", "me")]
        await commit(async (tx) => {
          for (const one of [old, mine, other]) await stores.contacts.add(tx, one)
        })
        const me = [
          { keyVersion: "2", value: "me too" },
          { keyVersion: "1", value: "me" },
        ]
        expect(await stores.contacts.ordersOf(me, 9)).toEqual([mine.orderId, old.orderId])
        expect(await stores.contacts.ordersOf(me, 1)).toEqual([mine.orderId])
        expect(await stores.contacts.ordersOf([{ keyVersion: "1", value: "nobody" }], 9)).toEqual([])
      })

      test("stays the one that came first", async () => {
        const first = contact()
        await commit((tx) => stores.contacts.add(tx, first))
        await commit((tx) =>
          stores.contacts.add(tx, { ...first, email: { keyVersion: "2", value: "other" } }),
        )
        expect(await stores.contacts.find({ id: first.orderId })).toEqual([first])
      })

      test("goes with its customer, and is not there before the commit", async () => {
        const [mine, other] = [contact(), contact()]
        await rollBack((tx) => stores.contacts.add(tx, mine))
        expect(await stores.contacts.find({ id: mine.orderId })).toEqual([])
        for (const one of [mine, other]) await commit((tx) => stores.contacts.add(tx, one))
        expect(await commit((tx) => stores.contacts.forget(tx, mine.customerId))).toBe(1)
        expect(await commit((tx) => stores.contacts.forget(tx, mine.customerId))).toBe(0)
        expect(await stores.contacts.find({ number: mine.orderNumber })).toEqual([other])
      })
    })

    describe("look-ups", () => {
      const count = (...subjects: string[]) => commit((tx) => stores.lookups.count(tx, subjects, 60))

      test("are counted by subject within a window, and the highest count is told with what is left of its window", async () => {
        expect(await count("a", "b")).toEqual({ count: 1, secondsLeft: 60 })
        await stores.pass(20)
        await count("a")
        const { count: highest, secondsLeft } = await count("b", "a")
        expect(highest).toBe(3)
        expect([38, 39, 40]).toContain(secondsLeft)
      })

      test("begin anew after their window, and are forgotten with it", async () => {
        await count("a")
        await count("a")
        await stores.pass(61)
        expect((await count("a")).count).toBe(1)
        await stores.pass(61)
        await stores.lookups.forgetOlderThan(60)
        expect((await count("a")).count).toBe(1)
      })

      test("of the same at the same time are all counted", async () => {
        const all = await Promise.all(
          Array.from({ length: 20 }, (_, index) => (index % 2 ? count("a", "b") : count("b", "a"))),
        )
        expect(all.map((one) => one.count).sort((a, b) => a - b)).toEqual(
          Array.from({ length: 20 }, (_, index) => index + 1),
        )
      })

      test("that are rolled back are not counted", async () => {
        await rollBack((tx) => stores.lookups.count(tx, ["a"], 60))
        expect((await count("a")).count).toBe(1)
      })
    })

    describe("the notices that wait", () => {
      const notice = () => ({
        id: newId(),
        facts: { kind: "order-confirmed", orderId: newId() } satisfies NoticeFacts,
      })
      const add = (...some: ReturnType<typeof notice>[]) => commit((tx) => stores.notices.add(tx, some))

      test("are claimed once, with what they are about, and again after the lease", async () => {
        const [first, second] = [notice(), notice()]
        const before = stores.added()
        await add(first, second)
        expect(stores.added()).toBe(before + 1)
        const claimed = await stores.notices.claim(10, 60)
        expect(claimed.toSorted((a, b) => a.id.localeCompare(b.id))).toEqual(
          [first, second].map((one) => ({ ...one, attempts: 0 })).sort((a, b) => a.id.localeCompare(b.id)),
        )
        expect(await stores.notices.claim(10, 60)).toEqual([])
        await stores.pass(61)
        expect(await stores.notices.claim(10, 60)).toHaveLength(2)
      })

      test("are not there when their transaction is rolled back, and nobody hears of them", async () => {
        const before = stores.added()
        await rollBack((tx) => stores.notices.add(tx, [notice()]))
        expect([stores.added(), await stores.notices.claim(10, 60)]).toEqual([before, []])
      })

      test("are each claimed by one of many senders", async () => {
        await add(...Array.from({ length: 40 }, notice))
        const claims = await Promise.all(Array.from({ length: 8 }, () => stores.notices.claim(10, 60)))
        const rest = await stores.notices.claim(40, 60)
        const ids = [...claims.flat(), ...rest].map(({ id }) => id)
        expect([ids.length, new Set(ids).size]).toEqual([40, 40])
      })

      test("are postponed with one more attempt, and removed", async () => {
        const one = notice()
        await add(one)
        await stores.notices.claim(1, 60)
        await stores.notices.postpone(one.id, 30)
        expect(await stores.notices.claim(1, 60)).toEqual([])
        await stores.pass(31)
        expect(await stores.notices.claim(1, 60)).toEqual([{ ...one, attempts: 1 }])
        await stores.notices.remove([one.id])
        await stores.pass(120)
        expect(await stores.notices.claim(1, 60)).toEqual([])
      })
    })
  })
