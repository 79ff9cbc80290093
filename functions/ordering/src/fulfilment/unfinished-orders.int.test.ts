import type { SagaStatus, Sagas } from "@eshop/building-blocks/durable/saga-client"
import { DependencyUnavailableError } from "@eshop/building-blocks/failure"
import { newId } from "@eshop/building-blocks/ids"
import { BasketCheckedOut } from "@eshop/domain/contracts/basket-events"
import {
  OrderCancelled,
  OrderDelivered,
  OrderPaid,
  OrderReturned,
  OrderShipped,
  RefundRequested,
} from "@eshop/domain/contracts/ordering-events"
import { mergeLines } from "@eshop/domain/contracts/stock-lines"
import { usd } from "@eshop/domain/kernel/money"
import { evolve, type Order } from "@eshop/domain/ordering/order"
import type { Said } from "@eshop/domain/ordering/testing/given"
import { commands } from "@eshop/domain/ordering/testing/given"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { newDatabase } from "../../../../tests/fixtures/new-database.ts"
import { changeOrder } from "../orders/change-order.ts"
import { orderingOn } from "../testing/ordering.ts"

let ordering: Awaited<ReturnType<typeof orderingOn>>
let orderId: string
let customerId: string
const refundId = newId()

beforeAll(async () => {
  ordering = await orderingOn(await newDatabase("ordering"))
})
afterAll(() => ordering?.store.close())

const app = (sagas?: Sagas) => ordering.appWith(sagas && { sagas })
const fulfilmentId = () => `${orderId}-fulfilment`
const refundSagaId = () => `${orderId}-refund-${refundId}`

const stored = async () => (await ordering.ports.orders.find(orderId))?.order as Order

/** The stored order after some more commands, as of a moment. */
async function after(said: readonly Said[], now = new Date()): Promise<Order> {
  let order = await stored()
  for (const [name, says] of said)
    order = (await ordering.store.unitOfWork.transaction((tx) =>
      changeOrder(
        ordering.ports,
        tx,
        orderId,
        (known) => (commands[name] as (...args: unknown[]) => never)(known, says, now),
        { now, newId } as never,
      ),
    )) as Order
  return order
}
const pay = async (now?: Date) => {
  const { total } = await stored()
  return after(
    [
      ["confirmStock", {}],
      ["payOrder", { paymentId: "pi_1", captured: total }],
    ],
    now,
  )
}
const shipment = newId()
const ship = async () => {
  const order = await stored()
  return after([["shipOrder", { shipmentId: shipment, lines: mergeLines(order.lines) }]])
}

beforeEach(async () => {
  const { checkout } = ordering.newCheckout()
  orderId = checkout.checkoutId
  customerId = checkout.customerId
  await app().publish(BasketCheckedOut, checkout)
})

describe("Ordering hears its own events", () => {
  const paid = () => ({ orderId, customerId, total: usd(1), lines: [{ sku: "IPHONE-X-BLACK", quantity: 1 }] })

  test("a paid order gets its fulfilment, once, however often that is said", async () => {
    await pay()
    const id = newId()
    for (const message of [id, id, newId()]) await app().publish(OrderPaid, paid(), message)
    expect(ordering.sagas.startedFor(fulfilmentId())).toEqual([
      {
        ...{ saga: "fulfilment", id: fulfilmentId() },
        input: { orderId, order: { status: "Paid", inFulfilment: true, openReturns: 0 } },
      },
    ])
  })

  test("a start that does not work is tried again with the message", async () => {
    await pay()
    const out = new DependencyUnavailableError("task hub")
    const sagas = { ...ordering.sagas, start: () => Promise.reject(out) }
    const id = newId()
    await expect(app(sagas).publish(OrderPaid, paid(), id)).rejects.toThrow()
    expect(ordering.sagas.startedFor(fulfilmentId())).toHaveLength(0)
    await app().publish(OrderPaid, paid(), id)
    expect(ordering.sagas.startedFor(fulfilmentId())).toHaveLength(1)
  })

  test("an order that is cancelled after the commit that heard of it, and before its message comes again, gets none", async () => {
    await pay()
    const out = new DependencyUnavailableError("task hub")
    const sagas = { ...ordering.sagas, start: () => Promise.reject(out) }
    const id = newId()
    await expect(app(sagas).publish(OrderPaid, paid(), id)).rejects.toThrow()
    await after([["cancelOrder", { reason: { code: "test", detail: "A test." } } as never]])
    await app().publish(OrderPaid, paid(), id)
    expect(ordering.sagas.startedFor(fulfilmentId())).toHaveLength(0)
  })

  test("an order that was cancelled meanwhile gets none", async () => {
    await pay()
    await after([
      ["cancelOrder", { reason: { code: "test", detail: "A test." }, refundId: newId() } as never],
    ])
    await app().publish(OrderPaid, paid())
    expect(ordering.sagas.startedFor(fulfilmentId())).toHaveLength(0)
  })

  test("the fulfilment hears every move; one that is not there yet is waited for", async () => {
    await pay()
    await ship()
    const shipped = { orderId, customerId, shipmentId: newId(), lines: paid().lines }
    const id = newId()
    await expect(app().publish(OrderShipped, shipped, id)).rejects.toThrow(/fulfilment of order/)
    await app().publish(OrderPaid, paid())
    await app().publish(OrderShipped, shipped, id)
    await app().publish(OrderDelivered, { orderId, customerId })
    const returned = { orderId, customerId, returnId: newId(), lines: paid().lines, reason: "a.reason" }
    await app().publish(OrderReturned, returned)
    await app().publish(OrderCancelled, { orderId, customerId, reason: "a.reason" })
    expect(ordering.sagas.raisedFor(fulfilmentId()).map(({ event, data }) => [event, data])).toEqual(
      ["shipped", "delivered", "returned", "cancelled"].map((to) => ["order-moved", { to }]),
    )
  })

  test("an order that was never paid is cancelled without a fulfilment", async () => {
    await after([["cancelOrder", { reason: { code: "test", detail: "A test." } } as never]])
    await app().publish(OrderCancelled, { orderId, customerId, reason: "a.reason" })
    expect(ordering.sagas.raisedFor(fulfilmentId())).toEqual([])
  })

  test("a refund gets a saga of its own, unless it is settled", async () => {
    await pay()
    const amount = usd(1_00)
    await after([["requestRefund", { refundId, amount, reason: "a.reason" }]])
    const requested = { orderId, customerId, refundId, amount, reason: "a.reason" }
    for (const message of [newId(), newId()]) await app().publish(RefundRequested, requested, message)
    expect(ordering.sagas.startedFor(refundSagaId())).toEqual([
      { saga: "refund", id: refundSagaId(), input: { orderId, refundId } },
    ])
    const other = newId()
    await after([
      ["requestRefund", { refundId: other, amount, reason: "a.reason" }],
      ["settleRefund", { refundId: other, providerRefundId: "re_1" }],
    ])
    await app().publish(RefundRequested, { ...requested, refundId: other })
    expect(ordering.sagas.startedFor(`${orderId}-refund-${other}`)).toEqual([])
  })
})

describe("the watch over unfinished orders", () => {
  const anHourAgo = () => new Date(Date.now() - 60 * 60_000)
  const ended: SagaStatus = { status: "terminated", position: undefined }
  const run = (sagas?: Sagas) => app(sagas).tick("ordering.watch-unfinished-orders")
  beforeEach(() =>
    ordering.store.pool.query("UPDATE orders SET unfinished = false WHERE id <> $1", [orderId]),
  )
  beforeEach(() => ordering.store.pool.query("DELETE FROM order_watch"))
  /** Says of every saga that it stands so, and notes which are started. */
  const sagasThat = (status: SagaStatus | undefined) => {
    const started: string[] = []
    const asked: string[] = []
    const sagas: Sagas = {
      ...ordering.sagas,
      start: async (_, id) => void started.push(id),
      async status(id) {
        asked.push(id)
        return status
      },
    }
    return { sagas, started, asked }
  }

  test("starts what never began: the fulfilment, and each refund that is not settled", async () => {
    await pay(anHourAgo())
    await after([["requestRefund", { refundId, amount: usd(1_00), reason: "a.reason" }]], anHourAgo())
    const { sagas, started } = sagasThat(undefined)
    await run(sagas)
    expect(started).toEqual([fulfilmentId(), refundSagaId()])
  })

  test("begins anew what has ended before its work, and raises an alarm", async () => {
    await pay(anHourAgo())
    const { sagas, started } = sagasThat(ended)
    const watching = app(sagas)
    await watching.tick("ordering.watch-unfinished-orders")
    expect(started).toEqual([fulfilmentId()])
    expect(watching.lines("error")).toMatchObject([
      {
        msg: "fulfilment has ended (terminated) before its work: it begins anew",
        alarm: "abandoned-saga",
        orderId,
        sagaId: fulfilmentId(),
      },
    ])
  })

  test("leaves alone what runs, what has only just changed, and what is finished", async () => {
    const { sagas, started, asked } = sagasThat({ status: "running", position: undefined })
    await pay(anHourAgo())
    await run(sagas)
    expect([started, asked]).toEqual([[], [fulfilmentId()]])
    await after([["requestRefund", { refundId, amount: usd(1_00), reason: "a.reason" }]])
    await run(sagas)
    expect(asked).toEqual([fulfilmentId()])
  })

  test("asks for each order once after each change, and once a day besides", async () => {
    const { sagas, asked } = sagasThat({ status: "running", position: undefined })
    await pay(anHourAgo())
    for (let times = 0; times < 3; times++) await run(sagas)
    expect(asked).toHaveLength(1)
    await ordering.store.pool.query("UPDATE order_watch SET round_began_at = now() - interval '25 hours'")
    for (let times = 0; times < 3; times++) await run(sagas)
    expect(asked).toHaveLength(2)
  })

  test("a cancelled order is unfinished as long as its refund is", async () => {
    const order = await pay(anHourAgo())
    const unfinished = async () =>
      (await ordering.ports.unfinished.after(undefined, new Date(), 10)).map(({ id }) => id)
    await after([["requestRefund", { refundId, amount: order.total, reason: "a.reason" }]])
    expect(await unfinished()).toEqual([orderId])
    const cancel = (known: Order | undefined) => {
      if (!known) throw new Error("no order")
      const data = { code: "test", detail: "A test." }
      const event = { type: "OrderCancelled", v: 1, at: new Date().toISOString(), data } as const
      evolve(known, event)
      return [event]
    }
    await ordering.store.unitOfWork.transaction((tx) =>
      changeOrder(ordering.ports, tx, orderId, cancel, { now: new Date(), newId } as never),
    )
    expect(await unfinished()).toEqual([orderId])
    await after([["settleRefund", { refundId, providerRefundId: "re_1" }]])
    expect(await unfinished()).toEqual([])
  })
})
