import { newId } from "@eshop/building-blocks/ids"
import { orderEvent } from "@eshop/domain/ordering/order-events"
import { submission } from "@eshop/domain/ordering/testing/given"
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest"
import { newDatabase } from "../../../../tests/fixtures/new-database.ts"
import { markPaid } from "../checkout/order-steps.ts"
import { orderingOn } from "../testing/ordering.ts"
import { changeOrders } from "../testing/orders.ts"

type Ordering = Awaited<ReturnType<typeof orderingOn>>

let stores: readonly [Ordering, Ordering]

beforeAll(async () => {
  const url = await newDatabase("ordering")
  stores = [await orderingOn(url), await orderingOn(url)]
})
afterAll(async () => {
  for (const { store } of stores ?? []) await store.close()
})
beforeEach(() => stores[0].store.pool.query("TRUNCATE invoice_series"))

const now = new Date("2026-12-31T23:59:59.999Z")
const paid = { paymentId: "pi_1", captured: submission.total }

async function awaitingPayment(): Promise<string> {
  const orderId = newId()
  await changeOrders(stores[0], orderId, ["submitOrder", { ...submission, orderId }], ["confirmStock", {}])
  return orderId
}
const pay = ({ ports, store }: Ordering, orderId: string, more: object = {}, at = now) =>
  markPaid(ports, { orderId, ...paid, ...more }, {
    now: at,
    newId,
    transact: store.unitOfWork.transaction,
  } as never)
async function numberOf(orderId: string): Promise<string | undefined> {
  const order = (await stores[0].ports.orders.find(orderId))?.order
  return order && "payment" in order ? order.payment.invoiceNumber : undefined
}
const lastNumber = async () =>
  (await stores[0].store.pool.query("SELECT last_number FROM invoice_series")).rows.map(
    ({ last_number }) => last_number,
  )

test("200 orders that two processes pay at once, each twice, have the invoices 1 to 200", async () => {
  const ids = await Promise.all(Array.from({ length: 200 }, awaitingPayment))
  const done = await Promise.all(ids.flatMap((id) => stores.map((ordering) => pay(ordering, id))))
  expect(done).toEqual(Array(400).fill({ status: "Paid" }))
  const numbers = await Promise.all(ids.map(numberOf))
  expect(numbers.sort()).toEqual(ids.map((_, index) => `2026-${String(index + 1).padStart(6, "0")}`))
  expect(await lastNumber()).toEqual([200])
})

test("what is refused, no news or dies before its commit leaves no gap", async () => {
  const [first, second, cancelled] = [
    await awaitingPayment(),
    await awaitingPayment(),
    await awaitingPayment(),
  ]
  await changeOrders(stores[0], cancelled, ["cancelOrder", { reason: { code: "test", detail: "A test." } }])
  await pay(stores[0], first)
  expect(await pay(stores[0], second, { captured: { ...paid.captured, amount: 1 } })).toMatchObject({
    code: "order.wrong-amount",
  })
  expect(await pay(stores[0], cancelled)).toMatchObject({ code: "order.wrong-state" })
  const dies = {
    ...stores[0],
    ports: {
      ...stores[0].ports,
      outbox: { ...stores[0].ports.outbox, add: () => Promise.reject(new Error("dies here")) },
    },
  }
  await expect(pay(dies, second)).rejects.toThrow("dies here")
  expect([await numberOf(second), await lastNumber()]).toEqual([undefined, [1]])
  for (let said = 0; said < 2; said++) await pay(stores[1], second)
  expect([await numberOf(first), await numberOf(second)]).toEqual(["2026-000001", "2026-000002"])
})

test("each year, by UTC, begins with 1", async () => {
  const [old, young] = [await awaitingPayment(), await awaitingPayment()]
  await pay(stores[0], old)
  await pay(stores[0], young, {}, new Date(now.getTime() + 1))
  expect([await numberOf(old), await numberOf(young)]).toEqual(["2026-000001", "2027-000001"])
})

test("the stream tells the number, so that it cannot be changed unseen", async () => {
  const orderId = await awaitingPayment()
  await pay(stores[0], orderId)
  const events = await stores[0].ports.orders.events(orderId)
  expect(events.at(-1)).toEqual(orderEvent("OrderPaid", now, { ...paid, invoiceNumber: "2026-000001" }))
})
