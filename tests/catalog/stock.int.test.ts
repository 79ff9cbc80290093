import { fileURLToPath } from "node:url"
import { newId } from "@eshop/building-blocks/ids"
import { applyMigrations } from "@eshop/building-blocks/postgres/migrations"
import { postgresOutbox } from "@eshop/building-blocks/postgres/outbox"
import { connectPostgres, postgresUnitOfWork } from "@eshop/building-blocks/postgres/pool"
import type { CallContext, UnitOfWork } from "@eshop/building-blocks/use-case"
import { RESERVATION_MINUTES, type ReservationStatus } from "@eshop/domain/catalog/stock"
import { usd } from "@eshop/domain/money"
import type { Cloud } from "@eshop/local-cloud/cloud"
import fc from "fast-check"
import type pg from "pg"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { postgresProducts } from "../../functions/catalog/src/adapters/postgres-products.ts"
import { postgresStock } from "../../functions/catalog/src/adapters/postgres-stock.ts"
import { seedProducts } from "../../functions/catalog/src/products/seed-products.ts"
import { commitStock } from "../../functions/catalog/src/stock/commit-stock.ts"
import { expireReservation } from "../../functions/catalog/src/stock/expire-reservation.ts"
import { releaseStock } from "../../functions/catalog/src/stock/release-stock.ts"
import { reserveStock } from "../../functions/catalog/src/stock/reserve-stock.ts"
import { atOnce, callBy } from "../fixtures/calls.ts"
import { startParts } from "../fixtures/local-parts.ts"

const migrations = fileURLToPath(new URL("../../functions/catalog/migrations", import.meta.url))
const customerId = newId()

let cloud: Cloud
let pool: pg.Pool
let unitOfWork: UnitOfWork
let call: CallContext
let ports: ReturnType<typeof portsOn>

const portsOn = (database: pg.Pool) => ({
  products: postgresProducts(database),
  stock: postgresStock(database),
  outbox: postgresOutbox(database),
})

beforeAll(async () => {
  cloud = await startParts(["postgres"])
  await applyMigrations(cloud.connections.postgres.catalog, migrations)
  pool = connectPostgres(cloud.connections.postgres.catalog)
  unitOfWork = postgresUnitOfWork(pool)
  call = callBy(customerId, unitOfWork)
  ports = portsOn(pool)
})
afterAll(async () => {
  await pool?.end()
  await cloud?.stop()
})

/** A product of its own for each test. @returns its id */
async function productWith(onHand: number): Promise<string> {
  const id = newId()
  const product = { id, name: id, categories: ["Test"], description: "", imageFile: "", price: usd(100) }
  await seedProducts(ports, [{ ...product, version: 1, onHand }]).handle({}, call)
  return id
}
type Line = { productId: string; quantity: number }
const reserve = (orderId: string, lines: Line[], at = call) =>
  reserveStock(ports).handle({ orderId, customerId, lines }, at)
const commit = (orderId: string) => commitStock(ports).handle({ orderId, customerId, total: usd(100) }, call)
const release = (orderId: string) => releaseStock(ports).handle({ orderId, customerId, reason: "test" }, call)
const later = () => ({ ...call, now: new Date(call.now.getTime() + (RESERVATION_MINUTES + 1) * 60_000) })
const expire = (orderId: string) => expireReservation(ports).handle({ orderId }, later())
const levelOf = (productId: string) => ports.stock.find(productId)
const statusOf = async (orderId: string): Promise<ReservationStatus | undefined> =>
  (await pool.query("SELECT status FROM reservation WHERE order_id = $1", [orderId])).rows[0]?.status
const answersTo = async (orderIds: string[]): Promise<string[]> =>
  (
    await pool.query(
      "SELECT event->>'type' AS type FROM outbox WHERE event->>'subject' = ANY ($1) ORDER BY 1",
      [orderIds],
    )
  ).rows.map(({ type }) => type)

describe("40 orders at once", () => {
  test("for one unit each of 10 units: exactly 10 get theirs, each order is answered once", async () => {
    const productId = await productWith(10)
    const orders = Array.from({ length: 40 }, newId)
    await Promise.all(orders.map((orderId) => reserve(orderId, [{ productId, quantity: 1 }])))
    expect(await levelOf(productId)).toEqual({ productId, onHand: 10, reserved: 10 })
    expect(await answersTo(orders)).toEqual([
      ...Array(30).fill("eshop.catalog.stock-rejected.v1"),
      ...Array(10).fill("eshop.catalog.stock-reserved.v1"),
    ])
  })

  test("for three products in every order of lines: no deadlock, all lines or none", async () => {
    const products = [await productWith(10), await productWith(25), await productWith(40)]
    const orders = Array.from({ length: 40 }, newId)
    await Promise.all(
      orders.map((orderId, index) => {
        const lines = products.map((productId) => ({ productId, quantity: 1 }))
        return reserve(orderId, [...lines.slice(index % 3), ...lines.slice(0, index % 3)])
      }),
    )
    for (const productId of products) expect((await levelOf(productId))?.reserved).toBe(10)
  })

  test("reserved, paid, cancelled and expired at once leave what adds up", async () => {
    const productId = await productWith(40)
    const orders = Array.from({ length: 40 }, newId)
    await Promise.all(orders.map((orderId) => reserve(orderId, [{ productId, quantity: 1 }])))
    await Promise.allSettled(
      orders.flatMap((orderId, index) =>
        index < 20
          ? [commit(orderId), commit(orderId)]
          : [release(orderId), expire(orderId), release(orderId)],
      ),
    )
    expect(await levelOf(productId)).toEqual({ productId, onHand: 20, reserved: 0 })
  })
})

test("one order that is told 20 times at once is reserved once", async () => {
  const productId = await productWith(10)
  const orderId = newId()
  const results = await Promise.allSettled(
    Array.from({ length: 20 }, () => reserve(orderId, [{ productId, quantity: 2 }])),
  )
  // A twin that came too close fails: its message is delivered again, and finds the reservation.
  for (const { status } of results)
    if (status === "rejected") await reserve(orderId, [{ productId, quantity: 2 }])
  expect(await levelOf(productId)).toEqual({ productId, onHand: 10, reserved: 2 })
  expect(await answersTo([orderId])).toEqual(["eshop.catalog.stock-reserved.v1"])
})

test("a cancellation that overtakes its order keeps the stock free", async () => {
  const productId = await productWith(10)
  const orderId = newId()
  await release(orderId)
  await reserve(orderId, [{ productId, quantity: 1 }])
  expect(await levelOf(productId)).toEqual({ productId, onHand: 10, reserved: 0 })
  expect(await answersTo([orderId])).toEqual([])
})

test("a payment after the reservation's end takes the units if they are free, and fails loudly if not", async () => {
  const productId = await productWith(2)
  const [late, tooLate, other] = [newId(), newId(), newId()]
  const line = [{ productId, quantity: 1 }]
  await reserve(late, line)
  await reserve(tooLate, line)
  await expire(late)
  await expire(tooLate)
  await commit(late)
  expect(await statusOf(late)).toBe("committed")
  await reserve(other, line)
  await expect(commit(tooLate)).rejects.toThrow("the stock is gone")
  expect(await levelOf(productId)).toEqual({ productId, onHand: 1, reserved: 1 })
})

test("a payment of an order that has no stock fails loudly", async () => {
  await expect(commit(newId())).rejects.toThrow("reservation is missing")
})

test("expiry takes only what is overdue", async () => {
  const productId = await productWith(10)
  const orderId = newId()
  await reserve(orderId, [{ productId, quantity: 1 }])
  expect(await expireReservation(ports).handle({ orderId }, call)).toEqual({ expired: false })
  expect(await ports.stock.overdue(later().now, 1_000)).toContain(orderId)
  expect(await expire(orderId)).toEqual({ expired: true })
  expect(await expire(orderId)).toEqual({ expired: false })
  expect(await ports.stock.overdue(later().now, 1_000)).not.toContain(orderId)
  expect(await levelOf(productId)).toEqual({ productId, onHand: 10, reserved: 0 })
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
      async (steps, stock) => {
        const productId = await productWith(stock)
        const orders = [1, 2, 3, 2].map((quantity) => ({ orderId: newId(), quantity }))
        for (const { order, action } of steps) {
          const { orderId, quantity } = orders[order] as { orderId: string; quantity: number }
          if (action === "reserve") await reserve(orderId, [{ productId, quantity }])
          else if (action === "release") await release(orderId)
          else if (action === "expire") await expire(orderId)
          else await commit(orderId).catch(() => {})
        }
        const statuses = await Promise.all(orders.map(({ orderId }) => statusOf(orderId)))
        const unitsOf = (status: ReservationStatus) =>
          orders.reduce((sum, { quantity }, index) => sum + (statuses[index] === status ? quantity : 0), 0)
        expect(await levelOf(productId)).toEqual({
          productId,
          onHand: stock - unitsOf("committed"),
          reserved: unitsOf("held"),
        })
      },
    ),
    { numRuns: 40 },
  )
})

test("steps of one order at once, each twice: the units agree with how it ended", async () => {
  for (let round = 0; round < 20; round++) {
    const productId = await productWith(5)
    const orderId = newId()
    const steps: (() => Promise<unknown>)[] = [
      () => reserve(orderId, [{ productId, quantity: 2 }]),
      () => commit(orderId),
    ]
    if (round % 2)
      steps.push(
        () => release(orderId),
        () => expire(orderId),
      )
    await Promise.allSettled([...steps, ...steps].map((step) => step()))
    // What failed is delivered again.
    for (const step of steps) await step().catch(() => {})
    const status = await statusOf(orderId)
    const [sold, held] = [status === "committed" ? 2 : 0, status === "held" ? 2 : 0]
    expect(await levelOf(productId)).toEqual({ productId, onHand: 5 - sold, reserved: held })
  }
})

test("seeding twice, or twice at once, adds a product and its event once", async () => {
  const id = newId()
  const product = { id, name: "Seeded", categories: ["Test"], description: "", imageFile: "", price: usd(1) }
  const seed = seedProducts(ports, [{ ...product, version: 1, onHand: 3 }])
  const answers = [...(await atOnce(4, () => seed.handle({}, call))), await seed.handle({}, call)]
  expect(answers.map((answer) => (answer as { added: number }).added).sort()).toEqual([0, 0, 0, 0, 1])
  expect(await answersTo([id])).toEqual(["eshop.catalog.product-changed.v1"])
  expect(await levelOf(id)).toEqual({ productId: id, onHand: 3, reserved: 0 })
})
