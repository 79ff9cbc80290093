import { fileURLToPath } from "node:url"
import { newId } from "@eshop/building-blocks/ids"
import { applyMigrations } from "@eshop/building-blocks/postgres/migrations"
import { postgresOutbox } from "@eshop/building-blocks/postgres/outbox"
import { connectPostgres, postgresUnitOfWork } from "@eshop/building-blocks/postgres/pool"
import type { UnitOfWork } from "@eshop/building-blocks/use-case"
import type { Checkout } from "@eshop/domain/events/basket-events"
import { usd } from "@eshop/domain/money"
import type { OrderCommand } from "@eshop/domain/ordering/order"
import { isRefusal } from "@eshop/domain/refusal"
import type { Cloud } from "@eshop/local-cloud/cloud"
import type pg from "pg"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { postgresOrderViews } from "../../functions/ordering/src/adapters/postgres-order-views.ts"
import { postgresOrders } from "../../functions/ordering/src/adapters/postgres-orders.ts"
import { postgresProjection } from "../../functions/ordering/src/adapters/postgres-projection.ts"
import { changeOrder } from "../../functions/ordering/src/orders/change-order.ts"
import type { Orders, OrderViews, Projection } from "../../functions/ordering/src/orders/ports.ts"
import { projectOrders } from "../../functions/ordering/src/orders/project-orders.ts"
import { atOnce, callBy } from "../fixtures/calls.ts"
import { startParts } from "../fixtures/local-parts.ts"

type Stores = {
  orders: Orders
  views: OrderViews
  projection: Projection
  unitOfWork: UnitOfWork
  changed: () => number
}

let cloud: Cloud
let pool: pg.Pool

beforeAll(async () => {
  cloud = await startParts(["postgres"])
  const migrations = fileURLToPath(new URL("../../functions/ordering/migrations", import.meta.url))
  await applyMigrations(cloud.connections.postgres.ordering, migrations)
  pool = connectPostgres(cloud.connections.postgres.ordering)
})
afterAll(async () => {
  await pool?.end()
  await cloud?.stop()
})

/** Every adapter of the ports comes here; each must pass the same suite. */
const adapters: Record<string, () => Stores> = {
  PostgreSQL() {
    let changes = 0
    return {
      orders: postgresOrders(pool, () => changes++),
      views: postgresOrderViews(pool),
      projection: postgresProjection(pool),
      unitOfWork: postgresUnitOfWork(pool),
      changed: () => changes,
    }
  },
}

const checkoutOf = (customerId: string, checkoutId = newId()): Checkout => ({
  checkoutId,
  customerId,
  lines: [{ productId: newId(), name: "Phone", quantity: 2, unitPrice: usd(500) }],
  subtotal: usd(1_000),
  discount: usd(0),
  total: usd(1_000),
  discountUnavailable: false,
  shippingAddress: {
    firstName: "A",
    lastName: "B",
    emailAddress: "a@b.example",
    addressLine: "C 1",
    country: "DE",
  },
  paymentMethod: "pm_card_visa",
})

describe.each(Object.entries(adapters))("orders on %s", (_, open) => {
  let stores: Stores
  beforeAll(() => {
    stores = open()
  })
  const change = (orderId: string, command: OrderCommand) =>
    stores.unitOfWork.transaction((tx) =>
      changeOrder(
        { ...stores, outbox: postgresOutbox(pool) },
        tx,
        orderId,
        command,
        callBy("system", stores.unitOfWork),
      ),
    )
  const submit = (checkout: Checkout) => change(checkout.checkoutId, { type: "submit", checkout })
  const announced = async (orderId: string) =>
    (
      await pool.query(
        "SELECT event->>'type' AS type FROM outbox WHERE event->>'subject' = $1 ORDER BY position",
        [orderId],
      )
    ).rows.map(({ type }) => type)
  const cancel: OrderCommand = { type: "cancel", reason: { code: "test", detail: "A test." } }

  test("an order, its stream and its announcement are stored together", async () => {
    const checkout = checkoutOf(newId())
    const before = stores.changed()
    await submit(checkout)
    expect(await stores.orders.find(checkout.checkoutId)).toMatchObject({
      version: 2,
      order: { id: checkout.checkoutId, status: "AwaitingStock", total: usd(1_000) },
    })
    expect((await stores.orders.events(checkout.checkoutId)).map(({ type }) => type)).toEqual([
      "OrderSubmitted",
      "StockRequested",
    ])
    expect(await announced(checkout.checkoutId)).toEqual(["eshop.ordering.order-created.v1"])
    expect(stores.changed()).toBe(before + 1)
  })

  test("an unknown order is not found and has no events", async () => {
    expect(await stores.orders.find(newId())).toBeUndefined()
    expect(await stores.orders.events(newId())).toEqual([])
  })

  test("a refused change leaves nothing behind", async () => {
    const checkout = checkoutOf(newId())
    await submit(checkout)
    const refused = await change(checkout.checkoutId, { type: "ship", trackingNumber: "1Z" })
    expect(isRefusal(refused)).toBe(true)
    expect(await stores.orders.events(checkout.checkoutId)).toHaveLength(2)
    expect(await announced(checkout.checkoutId)).toHaveLength(1)
  })

  test("20 submissions at once of one checkout make one order with one announcement", async () => {
    const checkout = checkoutOf(newId())
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => submit(checkout)))
    // Who collides on the stream's first version fails and is delivered again; nobody makes a second order.
    expect(outcomes.some(({ status }) => status === "fulfilled")).toBe(true)
    expect(await stores.orders.find(checkout.checkoutId)).toMatchObject({ version: 2 })
    expect(await announced(checkout.checkoutId)).toEqual(["eshop.ordering.order-created.v1"])
  })

  test("20 cancellations at once are one cancellation", async () => {
    const checkout = checkoutOf(newId())
    await submit(checkout)
    await atOnce(20, () => change(checkout.checkoutId, cancel))
    expect((await stores.orders.events(checkout.checkoutId)).map(({ type }) => type)).toEqual([
      "OrderSubmitted",
      "StockRequested",
      "OrderCancelled",
    ])
    expect(await announced(checkout.checkoutId)).toEqual([
      "eshop.ordering.order-created.v1",
      "eshop.ordering.order-cancelled.v1",
    ])
  })

  test("an append behind a version that is taken fails and stores nothing", async () => {
    const checkout = checkoutOf(newId())
    await submit(checkout)
    const stored = await stores.orders.find(checkout.checkoutId)
    if (!stored) throw new Error("the order was not stored")
    const event = { type: "StockConfirmed", at: new Date().toISOString() } as const
    const stale = stores.unitOfWork.transaction((tx) =>
      stores.orders.append(tx, checkout.checkoutId, 1, [event], {
        ...stored.order,
        status: "AwaitingPayment",
      }),
    )
    await expect(stale).rejects.toThrow()
    expect(await stores.orders.find(checkout.checkoutId)).toEqual(stored)
    expect(await stores.orders.events(checkout.checkoutId)).toHaveLength(2)
  })

  test("the read model follows, page by page, newest first, and only the customer's own", async () => {
    const customerId = newId()
    const ids: string[] = []
    for (let count = 0; count < 5; count++) {
      const checkout = checkoutOf(customerId)
      ids.unshift(checkout.checkoutId)
      await submit(checkout)
    }
    await submit(checkoutOf(newId()))
    await change(ids[0] as string, cancel)
    await atOnce(4, () => projectOrders(stores))
    expect(await stores.projection.lagging(100)).toEqual([])

    const first = await stores.views.list(customerId, undefined, 3)
    const rest = await stores.views.list(customerId, first.at(-1), 3)
    expect([...first, ...rest].map(({ id }) => id)).toEqual(ids)
    expect(first[0]).toMatchObject({ status: "Cancelled", lineCount: 1, total: usd(1_000) })
  })

  test("an older view never overwrites a newer one", async () => {
    const checkout = checkoutOf(newId())
    await submit(checkout)
    await projectOrders(stores)
    const [view] = await stores.views.list(checkout.customerId, undefined, 1)
    if (!view) throw new Error("the order was not projected")
    await stores.views.put([{ view: { ...view, status: "Paid" }, version: 9 }])
    await stores.views.put([{ view: { ...view, status: "AwaitingStock" }, version: 8 }])
    expect(await stores.views.list(checkout.customerId, undefined, 1)).toEqual([{ ...view, status: "Paid" }])
  })
})
