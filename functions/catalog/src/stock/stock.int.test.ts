import { fileURLToPath } from "node:url"
import type { CommandCall } from "@eshop/building-blocks/app/call"
import { type AppUnderTest, appUnderTest } from "@eshop/building-blocks/app/testing/app-under-test"
import { newId } from "@eshop/building-blocks/ids"
import { deadLetterPorts } from "@eshop/building-blocks/messaging/dead-letters"
import { emptyQueue } from "@eshop/building-blocks/messaging/testing/empty-queue"
import { applyMigrations } from "@eshop/building-blocks/store/postgres/migrations"
import { type PostgresStore, postgresStore } from "@eshop/building-blocks/store/postgres/postgres-store"
import { RESERVATION_MINUTES, type ReservationStatus } from "@eshop/domain/catalog/stock"
import { OrderCancelled, OrderCreated, OrderPaid } from "@eshop/domain/contracts/ordering-events"
import type { StockLine } from "@eshop/domain/contracts/stock-lines"
import { usd } from "@eshop/domain/kernel/money"
import type { Cloud } from "@eshop/local-cloud/cloud"
import fc from "fast-check"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { atOnce } from "../../../../tests/fixtures/calls.ts"
import { startParts } from "../../../../tests/fixtures/local-parts.ts"
import { postgresProducts } from "../adapters/postgres-products.ts"
import { postgresStock } from "../adapters/postgres-stock.ts"
import { catalog } from "../app.ts"
import { expireReservations } from "./expire-reservations.ts"

const migrations = fileURLToPath(new URL("../../migrations/postgres", import.meta.url))

let cloud: Cloud
let store: PostgresStore
let ports: ReturnType<typeof portsOn>
let app: AppUnderTest

const portsOn = ({ pool, outbox }: PostgresStore) => ({
  products: postgresProducts(pool),
  stock: postgresStock(pool),
  outbox,
})

beforeAll(async () => {
  cloud = await startParts(["postgres"])
  await applyMigrations(cloud.connections.postgres.catalog, migrations)
  store = postgresStore(cloud.connections.postgres.catalog)
  ports = portsOn(store)
  app = appUnderTest(catalog, { ports: { ...ports, ...deadLetterPorts(catalog, store, emptyQueue) }, store })
})
afterAll(async () => {
  await store?.close()
  await cloud?.stop()
})

let variants = 0
/** A variant of its own for each test. @returns its SKU */
async function variantWith(onHand: number): Promise<string> {
  const sku = `TEST-${++variants}`
  const product = {
    ...{ id: newId(), name: sku, categories: ["Test"], description: "", imageFile: "", version: 1 },
    variants: [{ sku, options: {}, price: usd(100) }],
  }
  await store.unitOfWork.transaction((tx) => ports.products.addMissing(tx, [product], onHand))
  return sku
}

const reserve = (orderId: string, lines: StockLine[], eventId?: string) =>
  app.publish(OrderCreated, { orderId, customerId: "test", lines }, eventId)
const commit = (orderId: string) => app.publish(OrderPaid, { ...OrderPaid.example, orderId })
const release = (orderId: string) => app.publish(OrderCancelled, { ...OrderCancelled.example, orderId })
const later = () => new Date(Date.now() + (RESERVATION_MINUTES + 1) * 60_000)
/** Runs the timer's use case as if it were later. */
const expire = (now = later()) => {
  const call: Partial<CommandCall> = { now, transact: (work) => store.unitOfWork.transaction(work) }
  return expireReservations.handle(ports)({} as never, call as CommandCall)
}

const levelOf = async (sku: string): Promise<[onHand: number, reserved: number]> => {
  const { status, body } = await app.as({ kind: "anonymous" })("GET", `variants/${sku}/stock`)
  expect([status, body]).toEqual([200, { ...body, sku, available: body.onHand - body.reserved }])
  return [body.onHand, body.reserved]
}
const statusOf = async (orderId: string): Promise<ReservationStatus | undefined> =>
  (await store.pool.query("SELECT status FROM reservation WHERE order_id = $1", [orderId])).rows[0]?.status
const answersTo = async (orderIds: string[]): Promise<string[]> =>
  (
    await store.pool.query(
      "SELECT event->>'type' AS type FROM outbox WHERE event->>'subject' = ANY ($1) ORDER BY 1",
      [orderIds],
    )
  ).rows.map(({ type }) => type)
/** Why messages about an order were put aside for a person. */
const parkedOf = async (orderId: string): Promise<string[]> =>
  (
    await store.pool.query("SELECT reason FROM parked_message WHERE body->'data'->>'orderId' = $1", [orderId])
  ).rows.map(({ reason }) => reason)

describe("40 orders at once", () => {
  test("for one unit each of 10 units: exactly 10 get theirs, each order is answered once", async () => {
    const sku = await variantWith(10)
    const orders = Array.from({ length: 40 }, newId)
    await Promise.all(orders.map((orderId) => reserve(orderId, [{ sku, quantity: 1 }])))
    expect(await levelOf(sku)).toEqual([10, 10])
    expect(await answersTo(orders)).toEqual([
      ...Array(30).fill("eshop.catalog.stock-rejected.v1"),
      ...Array(10).fill("eshop.catalog.stock-reserved.v1"),
    ])
  })

  test("for three variants in every order of lines: no deadlock, all lines or none", async () => {
    const skus = [await variantWith(10), await variantWith(25), await variantWith(40)]
    const orders = Array.from({ length: 40 }, newId)
    await Promise.all(
      orders.map((orderId, index) => {
        const lines = skus.map((sku) => ({ sku, quantity: 1 }))
        return reserve(orderId, [...lines.slice(index % 3), ...lines.slice(0, index % 3)])
      }),
    )
    for (const sku of skus) expect((await levelOf(sku))[1]).toBe(10)
    expect(await answersTo(orders)).toHaveLength(40)
  })

  test("reserved, paid, cancelled and expired at once leave what adds up", async () => {
    const sku = await variantWith(40)
    const orders = Array.from({ length: 40 }, newId)
    await Promise.all(orders.map((orderId) => reserve(orderId, [{ sku, quantity: 1 }])))
    await Promise.all([
      expire(),
      ...orders.flatMap((orderId, index) =>
        index < 20 ? [commit(orderId), commit(orderId)] : [release(orderId), release(orderId)],
      ),
      expire(),
    ])
    expect(await levelOf(sku)).toEqual([20, 0])
  })
})

test("one order that is told 20 times at once is reserved once", async () => {
  const sku = await variantWith(10)
  const orderId = newId()
  await atOnce(20, () => reserve(orderId, [{ sku, quantity: 2 }]))
  expect(await levelOf(sku)).toEqual([10, 2])
  expect(await answersTo([orderId])).toEqual(["eshop.catalog.stock-reserved.v1"])
  expect(await parkedOf(orderId)).toEqual([])
})

test("one message that is delivered 20 times at once, and again later, is handled once", async () => {
  const sku = await variantWith(10)
  const [orderId, eventId] = [newId(), newId()]
  const deliver = () => reserve(orderId, [{ sku, quantity: 2 }], eventId)
  await atOnce(20, deliver)
  await deliver()
  expect(await levelOf(sku)).toEqual([10, 2])
  expect(await answersTo([orderId])).toEqual(["eshop.catalog.stock-reserved.v1"])
})

test("a cancellation that overtakes its order keeps the stock free", async () => {
  const sku = await variantWith(10)
  const orderId = newId()
  await release(orderId)
  await reserve(orderId, [{ sku, quantity: 1 }])
  expect(await levelOf(sku)).toEqual([10, 0])
  expect(await answersTo([orderId])).toEqual([])
})

test("a payment after the reservation's end takes the units if they are free, and waits for a person if not", async () => {
  const sku = await variantWith(2)
  const [late, tooLate, other] = [newId(), newId(), newId()]
  const line = [{ sku, quantity: 1 }]
  await reserve(late, line)
  await reserve(tooLate, line)
  await expire()
  await commit(late)
  expect(await statusOf(late)).toBe("committed")
  await reserve(other, line)
  await commit(tooLate)
  expect(await parkedOf(tooLate)).toEqual(["stock.gone"])
  expect(await statusOf(tooLate)).toBe("expired")
  expect(await levelOf(sku)).toEqual([1, 1])
})

test("a payment of an order that has no stock waits for a person", async () => {
  const orderId = newId()
  await commit(orderId)
  expect(await parkedOf(orderId)).toEqual(["reservation.missing"])
})

test("expiry takes only what is overdue", async () => {
  const sku = await variantWith(10)
  const orderId = newId()
  await reserve(orderId, [{ sku, quantity: 1 }])
  expect(await expire(new Date())).toEqual({ expired: 0 })
  expect(await levelOf(sku)).toEqual([10, 1])
  expect(await ports.stock.overdue(later(), 1_000)).toContain(orderId)
  await expire()
  expect(await statusOf(orderId)).toBe("expired")
  expect(await expire()).toEqual({ expired: 0 })
  expect(await levelOf(sku)).toEqual([10, 0])
})

test("expiry takes all that is overdue, however much it is", async () => {
  await expire()
  const sku = await variantWith(250)
  await store.pool.query(
    `INSERT INTO reservation (order_id, status, lines, expires_at)
     SELECT gen_random_uuid(), 'held', jsonb_build_array(jsonb_build_object('sku', $1::text, 'quantity', 1)), now()
     FROM generate_series(1, 250)`,
    [sku],
  )
  await store.pool.query("UPDATE stock SET reserved = 250 WHERE sku = $1", [sku])
  expect(await expire()).toEqual({ expired: 250 })
  expect(await levelOf(sku)).toEqual([250, 0])
})

test("whatever happens to orders, in whatever order and however often, no unit is lost or made", async () => {
  const step = fc.record({
    order: fc.nat(3),
    action: fc.constantFrom("reserve", "commit", "release", "expire"),
  })
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 14 }),
      fc.integer({ min: 1, max: 6 }),
      async (steps, onHand) => {
        const sku = await variantWith(onHand)
        const orders = [1, 2, 3, 2].map((quantity) => ({ orderId: newId(), quantity }))
        for (const { order, action } of steps) {
          const { orderId, quantity } = orders[order] as { orderId: string; quantity: number }
          if (action === "reserve") await reserve(orderId, [{ sku, quantity }])
          else if (action === "release") await release(orderId)
          else if (action === "expire") await expire()
          else await commit(orderId)
        }
        const statuses = await Promise.all(orders.map(({ orderId }) => statusOf(orderId)))
        const unitsOf = (status: ReservationStatus) =>
          orders.reduce((sum, { quantity }, index) => sum + (statuses[index] === status ? quantity : 0), 0)
        expect(await levelOf(sku)).toEqual([onHand - unitsOf("committed"), unitsOf("held")])
      },
    ),
    { numRuns: 40 },
  )
})

test("steps of one order at once, each twice: the units agree with how it ended", async () => {
  for (let round = 0; round < 20; round++) {
    const sku = await variantWith(5)
    const orderId = newId()
    const steps: (() => Promise<unknown>)[] = [
      () => reserve(orderId, [{ sku, quantity: 2 }]),
      () => commit(orderId),
      ...(round % 2 ? [() => release(orderId), () => expire()] : []),
    ]
    await Promise.all([...steps, ...steps].map((step) => step()))
    // What was parked is driven again.
    for (const step of steps) await step()
    const status = await statusOf(orderId)
    const [sold, held] = [status === "committed" ? 2 : 0, status === "held" ? 2 : 0]
    expect(await levelOf(sku)).toEqual([5 - sold, held])
  }
})
