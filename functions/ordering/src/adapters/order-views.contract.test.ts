import { DependencyUnavailableError } from "@eshop/building-blocks/failure"
import { newId } from "@eshop/building-blocks/ids"
import { usd } from "@eshop/domain/kernel/money"
import { orderNumberOf } from "@eshop/domain/ordering/order-number"
import type { Cloud } from "@eshop/local-cloud/cloud"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { cosmosContainer } from "../../../../tests/fixtures/cosmos.ts"
import { startParts } from "../../../../tests/fixtures/local-parts.ts"
import type { OrderView } from "../orders/order-views.ts"
import type { OrderViews } from "../orders/ports.ts"
import { orderingOn } from "../testing/ordering.ts"
import { connectCosmos, cosmosOrderViews, VIEWS } from "./cosmos-order-views.ts"

/** Every adapter of the customers' read model comes here. */
type Store = {
  readonly views: OrderViews
  /** Lets there be an order, so that its view may stay. */
  addOrder(id: string): Promise<void>
  close(): Promise<void>
}

let cloud: Cloud
beforeAll(async () => {
  cloud = await startParts(["postgres"])
})
afterAll(() => cloud?.stop())

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

const adapters: Record<string, () => Promise<Store>> = {
  async PostgreSQL() {
    const { store, ports } = await orderingOn(cloud.connections.postgres.ordering)
    return {
      views: ports.views,
      async addOrder(id) {
        await store.pool.query(
          `INSERT INTO orders (id, number, customer_id, status, version, hash, state, needs_attention, submitted_at, changed_at)
           VALUES ($1, '', '', '', 1, '', '{}', false, now(), now())`,
          [id],
        )
      },
      close: () => store.close(),
    }
  },
  "the Cosmos server of the tests": () => cosmos(),
}

const { COSMOS_CONNECTION } = process.env

const viewOf = (customerId: string, more: Partial<OrderView> = {}): OrderView => {
  const id = more.id ?? newId()
  const at = "2026-11-01T10:00:00.000Z"
  const head = { id, number: orderNumberOf(id), customerId, status: "Paid" as const, total: usd(9_00) }
  return { ...head, lineCount: 1, submittedAt: at, changedAt: at, ...more }
}

describe.each(Object.entries(adapters))("a customer's list of orders on %s", (_, open) => {
  let store: Store
  beforeAll(async () => {
    store = await open()
  })
  afterAll(() => store?.close())

  const listOf = (customerId: string, filter = {}, limit = 100) =>
    store.views.list(customerId, filter, undefined, limit)

  test("has each order once, newest first, and nobody else's", async () => {
    const [ann, bob] = [newId(), newId()]
    const days = [3, 1, 2].map((day) => viewOf(ann, { submittedAt: `2026-11-0${day}T10:00:00.000Z` }))
    const other = viewOf(bob)
    await store.views.put([...days, other].map((view) => ({ view, version: 1 })))
    await store.views.put([{ view: days[0] as OrderView, version: 1 }])
    const [third, first, second] = days
    expect(await listOf(ann)).toEqual([third, second, first])
    expect(await listOf(bob)).toEqual([other])
    expect(await listOf(newId())).toEqual([])
  })

  test("pages without a gap, also where orders are of the same instant", async () => {
    const ann = newId()
    const views = Array.from({ length: 25 }, (_, index) =>
      viewOf(ann, { submittedAt: `2026-11-01T10:00:0${index % 3}.000Z` }),
    )
    await store.views.put(views.map((view) => ({ view, version: 1 })))
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

  test("is narrowed by state and by date, the first instant within, the second without", async () => {
    const ann = newId()
    const of = (day: number, status: OrderView["status"]) =>
      viewOf(ann, { status, submittedAt: `2026-11-0${day}T00:00:00.000Z` })
    const [one, two, three] = [of(1, "Paid"), of(2, "Shipped"), of(3, "Paid")]
    await store.views.put([one, two, three].map((view) => ({ view, version: 1 })))
    expect(await listOf(ann, { status: "Paid" })).toEqual([three, one])
    expect(await listOf(ann, { from: "2026-11-02T00:00:00Z" })).toEqual([three, two])
    expect(await listOf(ann, { before: "2026-11-03T00:00:00Z" })).toEqual([two, one])
    const second = { from: "2026-11-02T00:00:00Z", before: "2026-11-03T00:00:00Z" }
    expect(await listOf(ann, second)).toEqual([two])
    expect(await listOf(ann, { ...second, status: "Paid" })).toEqual([])
  })

  test("follows an order forward only, however many write at once and in whatever order", async () => {
    const ann = newId()
    const view = viewOf(ann)
    const versions = [4, 9, 2, 7, 9, 1, 3, 8, 5, 6]
    await Promise.all(
      versions.map((version) => store.views.put([{ view: { ...view, lineCount: version }, version }])),
    )
    await store.views.put([{ view: { ...view, lineCount: 1 }, version: 1 }])
    expect(await listOf(ann)).toEqual([{ ...view, lineCount: 9 }])
  })

  test("that is distrusted takes any version of what there is, and loses what there is not", async () => {
    const ann = newId()
    const [kept, stray] = [viewOf(ann), viewOf(ann)]
    await store.addOrder(kept.id)
    await store.views.put([kept, stray].map((view) => ({ view: { ...view, lineCount: 7 }, version: 99 })))
    await store.views.distrust()
    expect(await listOf(ann)).toEqual([{ ...kept, lineCount: 7 }])
    await store.views.put([{ view: kept, version: 3 }])
    await store.views.put([{ view: { ...kept, lineCount: 2 }, version: 2 }])
    expect(await listOf(ann)).toEqual([kept])
  })
})

describe.skipIf(!COSMOS_CONNECTION)("an account of one's own (COSMOS_CONNECTION is set)", () => {
  test("takes and lists a view", async () => {
    const store = await cosmos(COSMOS_CONNECTION)
    try {
      const view = viewOf(newId())
      await store.views.put([{ view, version: 1 }])
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
  await expect(views.put([{ view: viewOf("ann"), version: 1 }])).rejects.toThrow(DependencyUnavailableError)
})
