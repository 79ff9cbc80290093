import type { UnitOfWork } from "@eshop/building-blocks/app/call"
import { newId } from "@eshop/building-blocks/ids"
import { int, sql, text } from "@eshop/building-blocks/store/sqlserver/sql"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { newDatabase } from "../../../../tests/fixtures/new-database.ts"
import { hasSqlServer, sqlServerName } from "../../../../tests/fixtures/sql-server.ts"
import { orderingOn } from "../testing/ordering.ts"
import { newOrderingOnSqlServer } from "../testing/sql-server.ts"
import type { Deliveries, Subscriptions } from "../webhooks/ports.ts"
import type { Subscription } from "../webhooks/subscription.ts"
import { postgresWebhookDeliveries } from "./postgres-webhook-deliveries.ts"
import { sqlServerWebhookDeliveries } from "./sqlserver/webhook-deliveries.ts"
import { sqlServerWebhookSubscriptions } from "./sqlserver/webhook-subscriptions.ts"

/** Every adapter of the ports comes here; each must pass the same suite. */
type Stores = {
  readonly unitOfWork: UnitOfWork
  readonly subscriptions: Subscriptions
  readonly deliveries: Deliveries
  readonly added: () => number
  /** So many seconds go by, for everything that waits. */
  readonly pass: (seconds: number) => Promise<unknown>
  /** So many days go by, for everything that was made. */
  readonly age: (id: string, days: number) => Promise<unknown>
  readonly empty: () => Promise<unknown>
  close(): Promise<void>
}

async function onPostgres(): Promise<Stores> {
  const { store, ports } = await orderingOn(await newDatabase("ordering"))
  const { pool } = store
  let added = 0
  return {
    unitOfWork: store.unitOfWork,
    subscriptions: ports.subscriptions,
    deliveries: postgresWebhookDeliveries(pool, () => added++),
    added: () => added,
    async pass(seconds) {
      await pool.query("UPDATE webhook_delivery SET due_at = due_at - make_interval(secs => $1)", [seconds])
      await pool.query(
        "UPDATE webhook_subscription SET throttled_until = throttled_until - make_interval(secs => $1)",
        [seconds],
      )
    },
    age: (id, days) =>
      pool.query(
        "UPDATE webhook_delivery SET created_at = created_at - make_interval(days => $2) WHERE id = $1",
        [id, days],
      ),
    empty: () => pool.query("DELETE FROM webhook_subscription"),
    async close() {
      await store.close()
    },
  }
}

async function onSqlServer(): Promise<Stores> {
  const { store, close } = await newOrderingOnSqlServer()
  const { pool, unitOfWork } = store
  let added = 0
  return {
    unitOfWork,
    subscriptions: sqlServerWebhookSubscriptions(pool),
    deliveries: sqlServerWebhookDeliveries(pool, () => added++),
    added: () => added,
    async pass(seconds) {
      const back = int(-seconds)
      await pool.run(sql`UPDATE webhook_delivery SET due_at = DATEADD(second, ${back}, due_at)`)
      await pool.run(
        sql`UPDATE webhook_subscription SET throttled_until = DATEADD(second, ${back}, throttled_until)`,
      )
    },
    age: (id, days) =>
      pool.run(
        sql`UPDATE webhook_delivery SET created_at = DATEADD(day, ${int(-days)}, created_at) WHERE id = ${text(id)}`,
      ),
    async empty() {
      await pool.run(sql`DELETE FROM webhook_subscription`)
      await pool.run(sql`DELETE FROM webhook_subscription_type`)
      await pool.run(sql`DELETE FROM webhook_delivery`)
    },
    close,
  }
}

const at = "2026-11-01T10:00:00.000Z"
const subscription = (more: Partial<Subscription> = {}): Subscription => ({
  id: newId(),
  url: "https://shop.example/hooks",
  description: "The warehouse",
  types: ["order.paid", "order.shipped"],
  version: 1,
  secret: { number: 1, keyVersion: "1" },
  createdAt: at,
  changedAt: at,
  ...more,
})

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
    const add = async (more: Partial<Subscription> = {}): Promise<Subscription> => {
      const one = subscription(more)
      await commit((tx) => stores.subscriptions.add(tx, one))
      return one
    }
    const deliver = async ({ id: subscriptionId }: Subscription, count = 1): Promise<string[]> => {
      const some = Array.from({ length: count }, () => ({
        id: newId(),
        subscriptionId,
        type: "order.paid",
        body: "{}",
      }))
      await commit((tx) => stores.deliveries.add(tx, some))
      return some.map(({ id }) => id)
    }
    const wanting = (type: string) => commit((tx) => stores.subscriptions.wanting(tx, type))
    const dueIds = async () => (await stores.subscriptions.due(10)).map(({ id }) => id)
    const failed = (delaySeconds: number) =>
      ({
        state: "pending",
        delaySeconds,
        attempt: { status: 500, response: "oops", milliseconds: 7 },
      }) as const

    describe("subscriptions", () => {
      test("are found, locked, listed, counted, saved and removed, with all that they have", async () => {
        const [first, second] = [await add(), await add()]
        expect(await stores.subscriptions.find(first.id)).toEqual(first)
        expect(await commit((tx) => stores.subscriptions.lock(tx, first.id))).toEqual(first)
        expect(await stores.subscriptions.list(undefined, 1)).toEqual([first])
        expect(await stores.subscriptions.list(first.id, 10)).toEqual([second])
        expect(await commit((tx) => stores.subscriptions.count(tx))).toBe(2)
        const changed: Subscription = {
          ...first,
          url: "https://other.example/",
          types: ["order.refunded"],
          disabledFor: "operator",
          version: 2,
          changedAt: "2026-11-02T10:00:00.000Z",
          secret: { number: 2, keyVersion: "2" },
          oldSecret: { number: 1, keyVersion: "1", until: "2026-11-03T10:00:00.000Z" },
        }
        await commit((tx) => stores.subscriptions.save(tx, changed))
        expect(await stores.subscriptions.find(first.id)).toEqual(changed)
        await deliver(first)
        await commit((tx) => stores.subscriptions.remove(tx, first.id))
        expect(await stores.subscriptions.find(first.id)).toBeUndefined()
        expect(await stores.deliveries.list(first.id, {}, 10)).toEqual([])
        expect(await commit((tx) => stores.subscriptions.lock(tx, first.id))).toBeUndefined()
      })

      test("that want a type are those that are enabled", async () => {
        const [first, second] = [await add(), await add({ types: ["order.paid"] })]
        expect(await wanting("order.paid")).toEqual([first.id, second.id].sort())
        expect(await wanting("order.shipped")).toEqual([first.id])
        expect(await wanting("order.returned")).toEqual([])
        expect(await stores.subscriptions.disable(first.id, "gone")).toBe(true)
        expect(await stores.subscriptions.disable(first.id, "failing")).toBe(false)
        expect(await wanting("order.shipped")).toEqual([])
        expect(await stores.subscriptions.find(first.id)).toMatchObject({ disabledFor: "gone", version: 2 })
      })

      test("that are due wait longest first, and are neither disabled nor throttled", async () => {
        const [late, early, idle] = [await add(), await add(), await add()]
        await deliver(early)
        await stores.pass(10)
        await deliver(late)
        expect(await dueIds()).toEqual([early.id, late.id])
        await stores.subscriptions.throttle(early.id, 60)
        await stores.subscriptions.throttle(early.id, 5)
        await stores.pass(30)
        expect(await dueIds()).toEqual([late.id])
        await stores.pass(31)
        expect(await dueIds()).toEqual([early.id, late.id])
        await stores.subscriptions.disable(early.id, "failing")
        expect(await dueIds()).toEqual([late.id])
        expect(await dueIds()).not.toContain(idle.id)
      })

      test("remember when something was delivered", async () => {
        const { id } = await add()
        await stores.subscriptions.succeeded(id)
        const first = (await stores.subscriptions.find(id))?.lastSuccessAt
        expect(Date.parse(first ?? "")).toBeGreaterThan(Date.parse(at))
        await stores.subscriptions.succeeded(id)
        expect((await stores.subscriptions.find(id))?.lastSuccessAt).toBe(first)
      })
    })

    describe("deliveries", () => {
      test("are claimed oldest first and once, by whoever comes, and again after the lease", async () => {
        const one = await add()
        const before = stores.added()
        const ids = await deliver(one, 40)
        expect(stores.added()).toBe(before + 1)
        const claims = await Promise.all(
          Array.from({ length: 8 }, () => stores.deliveries.claim(one.id, 5, 60)),
        )
        const claimed = claims.flat().map(({ id }) => id)
        expect([...claimed].sort()).toEqual([...ids].sort())
        expect(claims.flat()[0]).toMatchObject({
          subscriptionId: one.id,
          type: "order.paid",
          body: "{}",
          attempts: 0,
        })
        expect(await stores.deliveries.claim(one.id, 5, 60)).toEqual([])
        expect(await dueIds()).toEqual([])
        await stores.pass(61)
        expect(await stores.deliveries.claim(one.id, 40, 60)).toHaveLength(40)
      })

      test("of one subscription are no other's", async () => {
        const [one, other] = [await add(), await add()]
        await deliver(one)
        expect(await stores.deliveries.claim(other.id, 5, 60)).toEqual([])
      })

      test("are recorded as they were claimed: a record of before does not count", async () => {
        const one = await add()
        await deliver(one)
        const [claimed] = await stores.deliveries.claim(one.id, 1, 60)
        if (!claimed) throw new Error("nothing was due")
        await stores.deliveries.record(claimed, failed(30))
        await stores.deliveries.record(claimed, {
          state: "delivered",
          delaySeconds: 0,
          attempt: { status: 200, milliseconds: 1 },
        })
        const [listed] = await stores.deliveries.list(one.id, {}, 10)
        expect(listed).toMatchObject({
          state: "pending",
          attempts: 1,
          lastAttempt: { status: 500, response: "oops", milliseconds: 7 },
        })
        expect(await stores.deliveries.claim(one.id, 1, 60)).toEqual([])
        await stores.pass(31)
        const [again] = await stores.deliveries.claim(one.id, 1, 60)
        if (!again) throw new Error("nothing was due")
        await stores.deliveries.record(again, {
          state: "failed",
          delaySeconds: 0,
          attempt: { error: "timeout", milliseconds: 9 },
        })
        const [ended] = await stores.deliveries.list(one.id, { state: "failed" }, 10)
        expect(ended?.lastAttempt).toEqual({ at: expect.any(String), error: "timeout", milliseconds: 9 })
        await stores.pass(1_000)
        expect(await stores.deliveries.claim(one.id, 1, 60)).toEqual([])
      })

      test("are listed newest first, page by page, in an order that stays", async () => {
        const one = await add()
        const ids = [...(await deliver(one, 3)), ...(await deliver(one, 2))]
        const all = await stores.deliveries.list(one.id, {}, 10)
        expect(all.map(({ id }) => id)).toEqual(ids.toReversed())
        const paged: string[] = []
        for (let after: { at: string; id: string } | undefined; ; ) {
          const page = await stores.deliveries.list(one.id, { after }, 2)
          paged.push(...page.map(({ id }) => id))
          const last = page.at(-1)
          if (!last) break
          after = { at: last.createdAt, id: last.id }
        }
        expect(paged).toEqual(ids.toReversed())
      })

      test("begin anew when they are replayed: one, or those of a time in a state", async () => {
        const [one, other] = [await add(), await add()]
        const [first = "", second = "", third = ""] = await deliver(one, 3)
        for (const claimed of await stores.deliveries.claim(one.id, 3, 60))
          await stores.deliveries.record(claimed, { ...failed(0), state: "failed" })
        expect(await commit((tx) => stores.deliveries.replay(tx, other.id, first))).toBe(false)
        expect(await commit((tx) => stores.deliveries.replay(tx, one.id, first))).toBe(true)
        expect(
          (await stores.deliveries.claim(one.id, 5, 60)).map(({ id, attempts }) => [id, attempts]),
        ).toEqual([[first, 0]])
        await stores.age(third, 2)
        const range = {
          from: new Date(Date.now() - 86_400_000).toISOString(),
          to: new Date(Date.now() + 60_000).toISOString(),
        }
        const replay = (limit: number, state: "failed" | "delivered") =>
          commit((tx) => stores.deliveries.replayRange(tx, one.id, { ...range, state }, limit))
        expect([
          await replay(10, "delivered"),
          await replay(0, "failed"),
          await replay(10, "failed"),
        ]).toEqual([0, 0, 1])
        expect((await stores.deliveries.claim(one.id, 5, 60)).map(({ id }) => id)).toEqual([second])
      })

      test("are forgotten when they are old", async () => {
        const one = await add()
        const [old = "", young = ""] = await deliver(one, 2)
        await stores.age(old, 31)
        expect(await stores.deliveries.forgetOlderThan(30, 10)).toBe(1)
        expect((await stores.deliveries.list(one.id, {}, 10)).map(({ id }) => id)).toEqual([young])
      })
    })
  })
