import { BasketAbandoned } from "@eshop/domain/contracts/basket-events"
import { ProductChanged } from "@eshop/domain/contracts/catalog-events"
import { usd } from "@eshop/domain/kernel/money"
import { afterAll, beforeAll, expect, test } from "vitest"
import { callBy } from "../../../../tests/fixtures/calls.ts"
import { newDatabase } from "../../../../tests/fixtures/new-database.ts"
import {
  type BasketOn,
  basketOn,
  checkOut,
  checkoutOf,
  customer,
  guest,
  newProduct,
  put,
} from "../testing/basket.ts"
import { expireCarts } from "./expire-carts.ts"

let basket: BasketOn
let app: ReturnType<BasketOn["appWith"]>
const product = newProduct(500)

beforeAll(async () => {
  basket = await basketOn(await newDatabase("basket"))
  app = basket.appWith()
  await app.publish(ProductChanged, product)
})
afterAll(() => basket?.store.close())

const expire = () =>
  expireCarts.handle(basket.ports)(
    {} as never,
    callBy("timer", basket.store.unitOfWork, {
      caller: { kind: "system", id: "basket.expire-carts" },
    }) as never,
  )
const abandoned = async () =>
  (await basket.pool.query("SELECT event FROM outbox ORDER BY position")).rows
    .map(({ event }) => event)
    .filter(({ type }) => type === BasketAbandoned.type)
    .map(({ data }) => BasketAbandoned.data.parse(data))

/** A cart that was touched so many days and a minute ago. */
async function cartOf(
  caller: { id: string; kind: "guest" } | ReturnType<typeof customer>,
  days: number,
  quantity = 1,
) {
  const send = app.as(caller)
  await put(send, product.sku, quantity)
  await basket.pool.query(
    `UPDATE cart SET touched_at = now() - make_interval(days => $2, mins => 1) WHERE customer_id = $1`,
    [caller.id, days],
  )
  return { id: caller.id, send }
}

test("a guest's cart is given up after 30 days and a customer's after 180, with an event and a trail", async () => {
  const [late, inTime] = [await cartOf(guest(), 30, 3), await cartOf(guest(), 29)]
  const [later, customers] = [await cartOf(customer(), 180, 2), await cartOf(customer(), 179)]
  await expire()
  const left = async ({ send }: typeof late) => (await send("GET", "cart")).body.lines.length
  expect([await left(late), await left(inTime), await left(later), await left(customers)]).toEqual([
    0, 1, 0, 1,
  ])
  const told = await abandoned()
  expect(told.map(({ customerId, lines }) => [customerId, lines])).toEqual(
    expect.arrayContaining([
      [late.id, [{ sku: product.sku, quantity: 3 }]],
      [later.id, [{ sku: product.sku, quantity: 2 }]],
    ]),
  )
  expect(told).toHaveLength(2)
  expect(await basket.ports.audit.list({ subject: `cart ${late.id}`, limit: 1 })).toMatchObject([
    { action: "expired", by: { kind: "system" }, change: { version: 1 } },
  ])
  await expire()
  expect(await abandoned()).toHaveLength(2)
})

test("an empty cart goes without a word, and one that was checked out begins behind it", async () => {
  const { id, send } = await cartOf(guest(), 0)
  await checkOut(send, checkoutOf(500))
  await basket.pool.query("UPDATE cart SET touched_at = now() - interval '31 days' WHERE customer_id = $1", [
    id,
  ])
  const before = (await abandoned()).length
  await expire()
  expect(await abandoned()).toHaveLength(before)
  expect((await basket.pool.query("SELECT 1 FROM cart WHERE customer_id = $1", [id])).rowCount).toBe(0)
  expect((await put(send, product.sku, 1)).body).toMatchObject({ version: 2, total: usd(500) })
  expect((await checkOut(send, checkoutOf(500))).status).toBe(202)
})

test("450 of them go in short transactions, by two timers at once, each once", async () => {
  await basket.pool.query(
    `INSERT INTO cart (customer_id, content, version, touched_at)
     SELECT 'guest-bulk-' || n, '{"items": [{"sku": "TEST-1", "quantity": 1}]}', 1, now() - interval '31 days'
     FROM generate_series(1, 450) AS n`,
  )
  const before = (await abandoned()).length
  await Promise.all([expire(), expire()])
  await expire()
  const told = await abandoned()
  expect(told).toHaveLength(before + 450)
  expect(new Set(told.map(({ customerId }) => customerId)).size).toBe(told.length)
})

test("a cart that is being changed is left to its shopper", async () => {
  const { id } = await cartOf(guest(), 31)
  await basket.store.unitOfWork.transaction(async (tx) => {
    await basket.ports.carts.lock(tx, id)
    await expire()
  })
  expect((await basket.pool.query("SELECT 1 FROM cart WHERE customer_id = $1", [id])).rowCount).toBe(1)
})
