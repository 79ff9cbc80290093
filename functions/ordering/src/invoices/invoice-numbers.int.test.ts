import { newId } from "@eshop/building-blocks/ids"
import { usd } from "@eshop/domain/kernel/money"
import { failRefund } from "@eshop/domain/ordering/fail-refund"
import { invoiceOf } from "@eshop/domain/ordering/invoice"
import type { PaidOrder } from "@eshop/domain/ordering/order"
import { orderEvent } from "@eshop/domain/ordering/order-events"
import { settleRefund } from "@eshop/domain/ordering/settle-refund"
import { submission } from "@eshop/domain/ordering/testing/given"
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest"
import { newDatabase } from "../../../../tests/fixtures/new-database.ts"
import { markPaid } from "../checkout/order-steps.ts"
import { changeOrder } from "../orders/change-order.ts"
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

test("an invoice's corrections that two processes make at once, each twice, and of which some die, are numbered without a gap", async () => {
  const orderId = await awaitingPayment()
  await pay(stores[0], orderId)
  const refunds = Array.from({ length: 10 }, () => ({
    refundId: newId(),
    amount: usd(1_00),
    reason: "goodwill",
  }))
  await changeOrders(
    stores[0],
    orderId,
    ...refunds.map((one): ["requestRefund", object] => ["requestRefund", one]),
  )
  const change = ({ ports, store }: Ordering, decide: Parameters<typeof changeOrder>[3]) =>
    store.unitOfWork.transaction((tx) => changeOrder(ports, tx, orderId, decide, { now, newId }))
  const dies = { ...stores[0].ports.outbox, add: () => Promise.reject(new Error("dies here")) }
  const dying = { ...stores[0], ports: { ...stores[0].ports, outbox: dies } }
  const ends = (ordering: Ordering, { refundId }: { refundId: string }, index: number) =>
    change(ordering, (order) =>
      index % 3 === 0
        ? failRefund(order, { refundId, code: "expired_card" }, now)
        : settleRefund(order, { refundId, providerRefundId: `re_${index}` }, now),
    )
  const died = await Promise.allSettled(refunds.map((one, index) => ends(dying, one, index)))
  expect(died.filter(({ status }) => status === "rejected")).toHaveLength(10)
  const twice = [...stores, ...stores]
  await Promise.all(twice.flatMap((ordering) => refunds.map((one, index) => ends(ordering, one, index))))
  const failsLater = (ordering: Ordering) =>
    change(ordering, (order) =>
      failRefund(order, { refundId: refunds[1]?.refundId as string, code: "lost" }, now),
    )
  await Promise.all(twice.map(failsLater))
  const order = (await stores[0].ports.orders.find(orderId))?.order as PaidOrder
  const { corrections } = invoiceOf(order)
  expect(corrections.map(({ number }) => number)).toEqual(
    Array.from({ length: 7 }, (_, index) => `CN-2026-000001-${index + 1}`),
  )
  const { refundId } = refunds[1] as { refundId: string }
  const note = order.payment.corrections.findIndex((one) => one.refundId === refundId)
  expect(corrections.map(({ cancels }) => cancels)).toEqual([
    ...Array(6).fill(undefined),
    `CN-2026-000001-${note + 1}`,
  ])
})
