import { randomBytes } from "node:crypto"
import { fileURLToPath } from "node:url"
import { DependencyUnavailableError } from "@eshop/building-blocks/failure"
import { newId } from "@eshop/building-blocks/ids"
import * as postgres from "@eshop/building-blocks/store/postgres/migrations"
import * as sqlServer from "@eshop/building-blocks/store/sqlserver/migrations"
import { versionedKeys } from "@eshop/building-blocks/versioned-keys"
import { usd } from "@eshop/domain/kernel/money"
import { type Order, replay } from "@eshop/domain/ordering/order"
import type { OrderEvent } from "@eshop/domain/ordering/order-events"
import { orderNumberOf } from "@eshop/domain/ordering/order-number"
import { submitOrder } from "@eshop/domain/ordering/submit-order"
import { submission } from "@eshop/domain/ordering/testing/given"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { cosmosContainer } from "../../../../tests/fixtures/cosmos.ts"
import { newDatabase } from "../../../../tests/fixtures/new-database.ts"
import { hasSqlServer, newSqlServerDatabase, sqlServerName } from "../../../../tests/fixtures/sql-server.ts"
import { nothingYet, type OrderView, type ProjectedOrder } from "../orders/order-views.ts"
import type { OrderViews } from "../orders/ports.ts"
import { connectCosmos, cosmosOrderViews, VIEWS } from "./cosmos-order-views.ts"
import { openDatabase } from "./database.ts"

/** Every adapter of the customers' read model comes here. */
type Store = {
  readonly views: OrderViews
  /** Lets there be an order, so that its view may stay. */
  addOrder(id: string): Promise<void>
  close(): Promise<void>
}

const folder = (dialect: string) => fileURLToPath(new URL(`../../migrations/${dialect}`, import.meta.url))
const keys = versionedKeys.parse(`test:${randomBytes(32).toString("base64")}`)

async function cosmos(connectionString?: string): Promise<Store> {
  const { container, close } = await cosmosContainer(VIEWS.partitionKey, connectionString)
  const orders = new Set<string>()
  return {
    views: cosmosOrderViews(
      async () => container,
      async (id) => orders.has(id),
    ),
    addOrder: async (id) => void orders.add(id),
    close,
  }
}

/** The tables of a database whose migrations are applied. */
function tablesAt(url: string, drop: () => Promise<unknown>): Store {
  const { store, tables } = openDatabase(url, keys, {
    ordersChanged() {},
    noticesAdded() {},
    deliveriesDue() {},
  })
  return {
    views: tables.views,
    async addOrder(orderId) {
      const events = submitOrder(undefined, { ...submission, orderId }, new Date()) as OrderEvent[]
      await store.unitOfWork.transaction((tx) =>
        tables.orders.append(tx, orderId, undefined, events, replay(events) as Order),
      )
    },
    async close() {
      await store.close()
      await drop()
    },
  }
}

async function onPostgres(): Promise<Store> {
  const url = await newDatabase("ordering")
  await postgres.applyMigrations(url, folder("postgres"))
  return tablesAt(url, async () => {})
}

async function onSqlServer(): Promise<Store> {
  const { url, drop } = await newSqlServerDatabase()
  await sqlServer.applyMigrations(url, folder("sqlserver"))
  return tablesAt(url, drop)
}

const adapters = [
  { name: "PostgreSQL", isHere: true, open: onPostgres },
  { name: sqlServerName, isHere: hasSqlServer, open: onSqlServer },
  { name: "the Cosmos server of the tests", isHere: true, open: () => cosmos() },
]

const { COSMOS_CONNECTION } = process.env

const viewOf = (customerId: string, more: Partial<OrderView> = {}): OrderView => {
  const id = more.id ?? newId()
  const at = "2026-11-01T10:00:00.000Z"
  const head = { id, number: orderNumberOf(id), customerId, status: "Paid" as const, total: usd(9_00) }
  return { ...head, lineCount: 1, submittedAt: at, changedAt: at, ...more }
}

/** The projection of an order that is all in its view. */
const projected = (view: OrderView, version: number): ProjectedOrder => {
  const { lineCount: _, ...head } = view
  const money = usd(0)
  const details = {
    ...{ ...head, ...nothingYet, lines: [], subtotal: view.total, discount: money, couponCodes: [] },
    ...{ discountUnavailable: false, version },
  }
  return { view, details, version }
}

describe.each(adapters)("a customer's list of orders on $name", ({ isHere, open }) => {
  const it = test.skipIf(!isHere)
  let store: Store
  beforeAll(async () => {
    if (isHere) store = await open()
  })
  afterAll(() => store?.close())

  const listOf = (customerId: string, filter = {}, limit = 100) =>
    store.views.list(customerId, filter, undefined, limit)

  it("has each order once, newest first, and nobody else's", async () => {
    const [ann, bob] = [newId(), newId()]
    const days = [3, 1, 2].map((day) => viewOf(ann, { submittedAt: `2026-11-0${day}T10:00:00.000Z` }))
    const other = viewOf(bob)
    await store.views.put([...days, other].map((view) => projected(view, 1)))
    await store.views.put([projected(days[0] as OrderView, 1)])
    const [third, first, second] = days
    expect(await listOf(ann)).toEqual([third, second, first])
    expect(await listOf(bob)).toEqual([other])
    expect(await listOf(newId())).toEqual([])
  })

  it("has each order's details for its customer alone", async () => {
    const [ann, bob] = [newId(), newId()]
    const order = projected(viewOf(ann), 3)
    await store.views.put([order, projected(viewOf(bob), 1)])
    expect(await store.views.find(ann, order.view.id)).toEqual(order.details)
    expect(await store.views.find(bob, order.view.id)).toBeUndefined()
    expect(await store.views.find(ann, newId())).toBeUndefined()
    await store.views.put([projected(order.view, 2)])
    expect(await store.views.find(ann, order.view.id)).toEqual(order.details)
  })

  it("pages without a gap, also where orders are of the same instant", async () => {
    const ann = newId()
    const views = Array.from({ length: 25 }, (_, index) =>
      viewOf(ann, { submittedAt: `2026-11-01T10:00:0${index % 3}.000Z` }),
    )
    await store.views.put(views.map((view) => projected(view, 1)))
    const whole = await listOf(ann)
    const sorted = views.toSorted((a, b) =>
      `${a.submittedAt} ${a.id}` < `${b.submittedAt} ${b.id}` ? 1 : -1,
    )
    expect(whole).toEqual(sorted)
    for (const limit of [1, 4, 25]) {
      const paged: OrderView[] = []
      for (;;) {
        const page = await store.views.list(ann, {}, paged.at(-1), limit)
        paged.push(...page)
        if (page.length < limit) break
      }
      expect(paged).toEqual(whole)
    }
  })

  it("is narrowed by state and by date, the first instant within, the second without", async () => {
    const ann = newId()
    const of = (day: number, status: OrderView["status"]) =>
      viewOf(ann, { status, submittedAt: `2026-11-0${day}T00:00:00.000Z` })
    const [one, two, three] = [of(1, "Paid"), of(2, "Shipped"), of(3, "Paid")]
    await store.views.put([one, two, three].map((view) => projected(view, 1)))
    expect(await listOf(ann, { status: "Paid" })).toEqual([three, one])
    expect(await listOf(ann, { from: "2026-11-02T00:00:00Z" })).toEqual([three, two])
    expect(await listOf(ann, { before: "2026-11-03T00:00:00Z" })).toEqual([two, one])
    const second = { from: "2026-11-02T00:00:00Z", before: "2026-11-03T00:00:00Z" }
    expect(await listOf(ann, second)).toEqual([two])
    expect(await listOf(ann, { ...second, status: "Paid" })).toEqual([])
  })

  it("follows an order forward only, however many write at once and in whatever order", async () => {
    const ann = newId()
    const view = viewOf(ann)
    const versions = [4, 9, 2, 7, 9, 1, 3, 8, 5, 6]
    await Promise.all(
      versions.map((version) => store.views.put([projected({ ...view, lineCount: version }, version)])),
    )
    await store.views.put([projected({ ...view, lineCount: 1 }, 1)])
    expect(await listOf(ann)).toEqual([{ ...view, lineCount: 9 }])
  })

  it("that is distrusted takes any version of what there is, and loses what there is not", async () => {
    const ann = newId()
    const [kept, stray] = [viewOf(ann), viewOf(ann)]
    await store.addOrder(kept.id)
    await store.views.put([kept, stray].map((view) => projected({ ...view, lineCount: 7 }, 99)))
    await store.views.distrust()
    expect(await listOf(ann)).toEqual([{ ...kept, lineCount: 7 }])
    await store.views.put([projected(kept, 3)])
    await store.views.put([projected({ ...kept, lineCount: 2 }, 2)])
    expect(await listOf(ann)).toEqual([kept])
  })
})

describe.skipIf(!COSMOS_CONNECTION)("an account of one's own (COSMOS_CONNECTION is set)", () => {
  test("takes and lists a view", async () => {
    const store = await cosmos(COSMOS_CONNECTION)
    try {
      const view = viewOf(newId())
      await store.views.put([projected(view, 1)])
      expect(await store.views.list(view.customerId, {}, undefined, 10)).toEqual([view])
    } finally {
      await store.close()
    }
  })
})

test("Cosmos DB that is away is a dependency that is out", async () => {
  const key = Buffer.from("key").toString("base64")
  const connect = connectCosmos({
    connectionString: `AccountEndpoint=https://127.0.0.1:1/;AccountKey=${key};`,
  })
  const views = cosmosOrderViews(connect, async () => true)
  await expect(views.list("ann", {}, undefined, 1)).rejects.toThrow(DependencyUnavailableError)
  await expect(views.put([projected(viewOf("ann"), 1)])).rejects.toThrow(DependencyUnavailableError)
})
