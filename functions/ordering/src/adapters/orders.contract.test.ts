import type { Call, UnitOfWork } from "@eshop/building-blocks/app/call"
import { newId } from "@eshop/building-blocks/ids"
import { int, sql, text } from "@eshop/building-blocks/store/sqlserver/sql"
import { OrderStatusChanged } from "@eshop/domain/contracts/ordering-events"
import { usd } from "@eshop/domain/kernel/money"
import { isRefusal } from "@eshop/domain/kernel/refusal"
import type { Order } from "@eshop/domain/ordering/order"
import { orderEvent } from "@eshop/domain/ordering/order-events"
import { orderNumberOf } from "@eshop/domain/ordering/order-number"
import { brokenLink } from "@eshop/domain/ordering/stream-chain"
import {
  cancel,
  confirm,
  decide,
  dispute,
  pay,
  type Said,
  shipRed,
  submission,
} from "@eshop/domain/ordering/testing/given"
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest"
import { newDatabase } from "../../../../tests/fixtures/new-database.ts"
import { hasSqlServer, sqlServerName } from "../../../../tests/fixtures/sql-server.ts"
import type { HeadLine } from "../evidence/ports.ts"
import { changeOrder, type OrderPorts } from "../orders/change-order.ts"
import type {
  LockedOrder,
  OrderFilter,
  Orders,
  OrderViews,
  Projection,
  StoredStream,
  ViewCursor,
} from "../orders/ports.ts"
import { project } from "../orders/project-orders.ts"
import { rebuildProjection } from "../orders/rebuild-projection.ts"
import { orderingOn } from "../testing/ordering.ts"
import { newOrderingOnSqlServer } from "../testing/sql-server.ts"
import { postgresOrders } from "./postgres-orders.ts"
import { sqlServerOrderViews } from "./sqlserver/order-views.ts"
import { sqlServerOrders } from "./sqlserver/orders.ts"
import { sqlServerProjection } from "./sqlserver/projection.ts"

/** Every adapter of the ports comes here; each must pass the same suite. */
type Stores = OrderPorts & {
  readonly orders: Orders
  readonly views: OrderViews
  readonly projection: Projection
  readonly unitOfWork: UnitOfWork
  /** How many commits have told of themselves. */
  readonly changes: () => number
  readonly announced: (orderId: string) => Promise<string[]>
  /** Statements of this store that damage what the suite mends. */
  readonly damage: {
    readonly views: (spare: string) => Promise<void>
    /** Puts an event at the end of a stream, as it is, until the test has ended. */
    readonly append: (orderId: string, version: number, event: object) => Promise<void>
  }
}

type OpenStores = Stores & { close(): Promise<void> }

async function onPostgres(): Promise<OpenStores> {
  const { store, ports, announced } = await orderingOn(await newDatabase("ordering"))
  let changes = 0
  return {
    orders: postgresOrders(store.pool, () => changes++),
    views: ports.views,
    projection: ports.projection,
    outbox: ports.outbox,
    unitOfWork: store.unitOfWork,
    changes: () => changes,
    announced,
    damage: {
      async views(stray) {
        await store.pool.query("DELETE FROM order_view WHERE id IN (SELECT id FROM order_view LIMIT 1)")
        await store.pool.query(
          `UPDATE order_view SET version = 99, view = view || '{"status":"Closed","lineCount":7}'`,
        )
        await store.pool.query(
          `INSERT INTO order_view SELECT $1, customer_id, status, submitted_at, version, view, details FROM order_view LIMIT 1`,
          [stray],
        )
      },
      async append(orderId, version, event) {
        const key = [orderId, version]
        await store.pool.query("INSERT INTO order_event VALUES ($1, $2, 'Test', $3, '')", [...key, event])
        onTestFinished(async () => {
          await store.pool.query("DELETE FROM order_event WHERE order_id = $1 AND version = $2", key)
        })
      },
    },
    async close() {
      await store.close()
    },
  }
}

async function onSqlServer(): Promise<OpenStores> {
  const { store, close } = await newOrderingOnSqlServer()
  const { pool, background, outbox, unitOfWork } = store
  let changes = 0
  return {
    orders: sqlServerOrders(pool, () => changes++),
    views: sqlServerOrderViews(background),
    projection: sqlServerProjection(background),
    outbox,
    unitOfWork,
    changes: () => changes,
    async announced(orderId) {
      const { rows } = await pool.run<{ event: string }>(sql`SELECT event FROM outbox ORDER BY position`)
      const events = rows.map(({ event }) => JSON.parse(event) as { type: string; subject: string })
      const types = events.flatMap(({ subject, type }) => (subject === orderId ? [type] : []))
      return types.filter((type) => type !== OrderStatusChanged.type)
    },
    damage: {
      async views(stray) {
        const { rows } = await pool.run<{ id: string }>(sql`SELECT id FROM order_view ORDER BY id`)
        const [first, second] = rows as [{ id: string }, { id: string }]
        await pool.run(sql`DELETE FROM order_view WHERE id = ${text(first.id)}`)
        const wrong = '{"status":"Closed","lineCount":7}'
        await pool.run(sql`UPDATE order_view SET version = 99, document = ${text(wrong)}`)
        await pool.run(
          sql`INSERT INTO order_view (id, customer_id, status, submitted_at, version, document, details)
              SELECT ${text(stray)}, customer_id, status, submitted_at, version, document, details FROM order_view
              WHERE id = ${text(second.id)}`,
        )
      },
      async append(orderId, version, event) {
        const [id, at] = [text(orderId), int(version)]
        await pool.run(
          sql`INSERT INTO order_event (order_id, version, type, event, hash)
              VALUES (${id}, ${at}, N'Test', ${text(JSON.stringify(event))}, N'')`,
        )
        onTestFinished(async () => {
          await pool.run(sql`DELETE FROM order_event WHERE order_id = ${id} AND version = ${at}`)
        })
      },
    },
    close,
  }
}

const adapters = [
  { name: "PostgreSQL", isHere: true, open: onPostgres },
  { name: sqlServerName, isHere: hasSqlServer, open: onSqlServer },
]

const call = { now: new Date("2026-11-01T10:00:00Z"), newId } as Call
const submitOf = (customerId: string, orderId = newId()) =>
  ["submitOrder", { ...submission, orderId, customerId }] satisfies Said

for (const { name, isHere, open } of adapters)
  describe.skipIf(!isHere)(`orders on ${name}`, () => {
    let stores: OpenStores
    beforeAll(async () => {
      stores = await open()
    })
    afterAll(() => stores?.close())

    const change = (orderId: string, said: Said) =>
      stores.unitOfWork.transaction((tx) =>
        changeOrder(stores, tx, orderId, (order) => decide(order, said) as never, call),
      )
    /** @returns the new order's id */
    async function submitted(customerId = newId()): Promise<string> {
      const said = submitOf(customerId)
      await change(said[1].orderId, said)
      return said[1].orderId
    }
    const typesOf = async (orderId: string) => (await stores.orders.events(orderId)).map(({ type }) => type)
    const listOf = (customerId: string) => stores.views.list(customerId, {}, undefined, 10)

    test("an order, its stream and its announcement are stored together", async () => {
      const before = stores.changes()
      const orderId = await submitted()
      expect(await stores.orders.find(orderId)).toMatchObject({
        version: 2,
        order: { id: orderId, status: "AwaitingStock", total: usd(30_00) },
      })
      expect(await typesOf(orderId)).toEqual(["OrderSubmitted", "StockRequested"])
      expect(await stores.announced(orderId)).toEqual(["eshop.ordering.order-created.v1"])
      expect(stores.changes()).toBe(before + 1)
    })

    test("an unknown order is not found and has no events", async () => {
      expect(await stores.orders.find(newId())).toBeUndefined()
      expect(await stores.orders.events(newId())).toEqual([])
    })

    test("a refused change leaves nothing behind", async () => {
      const orderId = await submitted()
      expect(isRefusal(await change(orderId, shipRed))).toBe(true)
      expect(await typesOf(orderId)).toHaveLength(2)
      expect(await stores.announced(orderId)).toHaveLength(1)
    })

    test("20 cancellations at once are one cancellation", async () => {
      const orderId = await submitted()
      await Promise.all(Array.from({ length: 20 }, () => change(orderId, cancel)))
      expect(await typesOf(orderId)).toEqual(["OrderSubmitted", "StockRequested", "OrderCancelled"])
      expect(await stores.announced(orderId)).toEqual([
        "eshop.ordering.order-created.v1",
        "eshop.ordering.order-cancelled.v1",
      ])
    })

    test("an append behind a version that is taken fails and stores nothing", async () => {
      const orderId = await submitted()
      const stored = await stores.orders.find(orderId)
      const stale = stores.unitOfWork.transaction((tx) =>
        stores.orders.append(
          tx,
          orderId,
          { version: 1, hash: "" },
          [orderEvent("StockConfirmed", call.now, {})],
          {
            ...(stored?.order as Order & { status: "AwaitingStock" }),
            status: "AwaitingPayment",
          },
        ),
      )
      await expect(stale).rejects.toThrow(/duplicate key/)
      expect(await stores.orders.find(orderId)).toEqual(stored)
      expect(await typesOf(orderId)).toHaveLength(2)
    })

    test("streams are read page by page with the order they led to; each link holds", async () => {
      const ids = [await submitted(), await submitted(), await submitted()].sort()
      await change(ids[1] as string, confirm)
      await change(ids[1] as string, pay)
      const pages: StoredStream[] = []
      for (let page = await stores.orders.streams(undefined, 2); page.length > 0; ) {
        pages.push(...page)
        page = await stores.orders.streams(page.at(-1)?.orderId, 2)
      }
      expect(pages.map(({ orderId }) => orderId)).toEqual(
        [...new Set(pages.map(({ orderId }) => orderId))].sort(),
      )
      const streams = pages.filter(({ orderId }) => ids.includes(orderId))
      expect(streams.map(({ orderId, links, stored }) => [orderId, links.length, stored?.version])).toEqual([
        [ids[0], 2, 2],
        [ids[1], 4, 4],
        [ids[2], 2, 2],
      ])
      for (const { orderId, links, stored } of streams) {
        expect(brokenLink(orderId, stored?.head, links)).toBeUndefined()
        const { version, ...found } = stored as LockedOrder
        expect({ version, order: found.order }).toEqual(await stores.orders.find(orderId))
      }
    })

    test("an event that nobody chained to its stream, and a stream without its order, are found", async () => {
      const [orderId, stray] = [await submitted(), newId()]
      await stores.damage.append(orderId, 3, orderEvent("StockConfirmed", call.now, {}))
      await stores.damage.append(stray, 1, orderEvent("StockConfirmed", call.now, {}))
      const streams = await stores.orders.streams(undefined, 1_000)
      const brokenOf = (id: string) => {
        const { links = [], stored } = streams.find((one) => one.orderId === id) ?? {}
        return [brokenLink(id, stored?.head, links), stored?.version]
      }
      expect(brokenOf(orderId)).toEqual([{ version: 3, problem: "changed" }, 2])
      expect(brokenOf(stray)).toEqual([{ version: 1, problem: "changed" }, undefined])
    })

    test("stored events are read by their schemas: what those do not know is no part of an order", async () => {
      const orderId = await submitted()
      const confirmed = { type: "StockConfirmed", v: 1, at: call.now.toISOString(), data: {} }
      await stores.damage.append(orderId, 3, { ...confirmed, data: { of: "another time" } })
      expect((await stores.orders.events(orderId)).at(-1)).toEqual(confirmed)
      await stores.damage.append(orderId, 4, { ...confirmed, v: 99 })
      await expect(stores.orders.events(orderId)).rejects.toThrow("has version 99, newer than 1")
    })

    test("a stream that cannot be read raises the alarm, and holds no other order up", async () => {
      const customerId = newId()
      const [broken, other] = [await submitted(customerId), await submitted(customerId)]
      await stores.damage.append(broken, 3, { type: "StockConfirmed", v: 99, at: call.now.toISOString() })
      const alarms = vi.spyOn(console, "error").mockImplementation(() => {})
      onTestFinished(() => alarms.mockRestore())
      await project(stores)
      expect((await listOf(customerId)).map(({ id }) => id)).toEqual([other])
      const alarm = { alarm: "unreadable-stream", orderId: broken }
      expect(JSON.parse(alarms.mock.calls[0]?.[0])).toMatchObject(alarm)
      expect(await stores.projection.pendingCount("order-list")).toBe(1)
    })

    test("orders are counted by the saga that leads them and where they stand in it", async () => {
      const countOf = async (saga: string, status: string) =>
        (await stores.orders.countInSagas()).find((one) => one.saga === saga && one.status === status)
          ?.count ?? 0
      const places = [["checkout", "AwaitingStock"] as const, ["fulfilment", "Paid"] as const]
      const counts = () => Promise.all(places.map(([saga, status]) => countOf(saga, status)))
      const before = await counts()
      const [, paid] = [await submitted(), await submitted()]
      for (const said of [confirm, pay]) await change(paid, said)
      expect(await counts()).toEqual(before.map((count) => count + 1))
      await change(paid, cancel)
      expect((await counts())[1]).toBe(before[1])
    })

    test("orders whose checkout is under way are found by how long they have been quiet", async () => {
      const [waiting, paid] = [await submitted(), await submitted()]
      for (const said of [confirm, pay]) await change(paid, said)
      const mine = async (before: Date) =>
        (await stores.orders.underWaySince(before, 1_000)).filter((id) => id === waiting || id === paid)
      expect(await mine(new Date(call.now.getTime() + 1))).toEqual([waiting])
      expect(await mine(call.now)).toEqual([])
    })

    test("the read model follows, page by page, newest first, and only the customer's own", async () => {
      const customerId = newId()
      const ids: string[] = []
      for (let count = 0; count < 5; count++) ids.unshift(await submitted(customerId))
      await submitted()
      await change(ids[0] as string, cancel)
      await Promise.all(Array.from({ length: 4 }, () => project(stores)))
      await project(stores)
      expect(await stores.projection.pendingCount("order-list")).toBe(0)

      const first = await stores.views.list(customerId, {}, undefined, 3)
      const rest = await stores.views.list(customerId, {}, first.at(-1), 3)
      expect([...first, ...rest].map(({ id }) => id)).toEqual(ids)
      expect(first[0]).toMatchObject({ status: "Cancelled", lineCount: 2, total: usd(30_00) })
    })

    test("an operator finds orders by whatever they know of them, page by page, newest first", async () => {
      const customerId = newId()
      const ids: string[] = []
      for (let count = 0; count < 5; count++) ids.unshift(await submitted(customerId))
      const [first, second] = ids as [string, string]
      await change(first, cancel)
      for (const said of [confirm, pay, dispute("dp_1", 1_00)]) await change(second, said)
      const found = async (filter: OrderFilter, after?: ViewCursor, limit = 100) =>
        (await stores.orders.search({ customerId, ...filter }, after, limit)).map(({ order }) => order.id)

      expect(await found({})).toEqual(ids)
      expect(await found({ status: "Cancelled" })).toEqual([first])
      expect(await found({ number: orderNumberOf(second) })).toEqual([second])
      expect(await found({ sku: "IPHONE-X-RED" })).toEqual(ids)
      expect(await found({ sku: "IPHONE-X-RED", status: "Paid" })).toEqual([second])
      expect(await found({ sku: "IPHONE-X-PINK" })).toEqual([])
      expect(await found({ needsAttention: true })).toEqual([second])
      expect(await found({ needsAttention: false })).toEqual(ids.filter((id) => id !== second))
      const [from, before] = [call.now.toISOString(), new Date(call.now.getTime() + 1).toISOString()]
      expect(await found({ from, before })).toEqual(ids)
      expect(await found({ before: from })).toEqual([])
      for (const filter of [{}, { sku: "IPHONE-X-BLACK" }]) {
        const page = await found(filter, undefined, 2)
        const after = { submittedAt: from, id: page[1] as string }
        expect([...page, ...(await found(filter, after))]).toEqual(ids)
      }
      expect((await stores.orders.search({ number: orderNumberOf(first) }, undefined, 9))[0]).toMatchObject({
        version: 3,
        order: { id: first, status: "Cancelled" },
      })
    })

    test("the end of a stream is found by when its order changed, and each of its hashes by the version", async () => {
      const ids = [await submitted(), await submitted(), await submitted()].sort()
      await change(ids[1] as string, confirm)
      const [from, before] = [call.now, new Date(call.now.getTime() + 1)]
      const heads: HeadLine[] = []
      for (let page = await stores.orders.headsWithin(from, before, undefined, 2); page.length > 0; ) {
        heads.push(...page)
        page = await stores.orders.headsWithin(from, before, page.at(-1)?.orderId, 2)
      }
      const mine = heads.filter(({ orderId }) => ids.includes(orderId))
      expect(mine.map(({ orderId, version }) => [orderId, version])).toEqual([
        [ids[0], 2],
        [ids[1], 3],
        [ids[2], 2],
      ])
      for (const { orderId, version, hash } of mine)
        expect(await stores.orders.hashAt(orderId, version)).toBe(hash)
      expect(await stores.orders.hashAt(ids[0] as string, 3)).toBeUndefined()
      expect(await stores.orders.headsWithin(before, new Date(before.getTime() + 1), undefined, 9)).toEqual(
        [],
      )
    })

    test("a writer that stays open holds nothing up, and nothing of it is lost", async () => {
      const customerId = newId()
      const known = await submitted(customerId)
      const commit = Promise.withResolvers<void>()
      const written = Promise.withResolvers<void>()
      const late = submitOf(customerId)
      const writer = stores.unitOfWork.transaction(async (tx) => {
        // The first writer of all; its order is new, and it changes one that the projector has still to follow.
        await changeOrder(stores, tx, late[1].orderId, (order) => decide(order, late) as never, call)
        await changeOrder(stores, tx, known, (order) => decide(order, cancel) as never, call)
        written.resolve()
        await commit.promise
      })
      await written.promise
      const other = await submitted(customerId)
      await project(stores)
      const statuses = async () =>
        Object.fromEntries((await listOf(customerId)).map(({ id, status }) => [id, status]))
      expect(await statuses()).toEqual({ [known]: "AwaitingStock", [other]: "AwaitingStock" })

      commit.resolve()
      await writer
      await project(stores)
      expect(await statuses()).toEqual({
        [known]: "Cancelled",
        [other]: "AwaitingStock",
        [late[1].orderId]: "AwaitingStock",
      })
      expect(await stores.projection.pendingCount("order-list")).toBe(0)
    })

    test("every view is rebuilt from the streams, and one without an order goes", async () => {
      const customerId = newId()
      const ids = [await submitted(customerId), await submitted(customerId), await submitted(customerId)]
      await change(ids[0] as string, cancel)
      await project(stores)
      const before = await listOf(customerId)
      const stray = newId()
      await stores.damage.views(stray)
      expect(await listOf(customerId)).not.toEqual(before)

      const rebuilt = await rebuildProjection.handle(stores)({} as never, call as never)
      const pending = await stores.projection.pendingCount("order-list")
      expect(rebuilt).toEqual({ orders: pending })
      await project(stores)
      expect(await listOf(customerId)).toEqual(before)
      expect(await stores.projection.pendingCount("order-list")).toBe(0)
      // The stray is gone: it can be put there again.
      await stores.damage.views(stray)
    })
  })
