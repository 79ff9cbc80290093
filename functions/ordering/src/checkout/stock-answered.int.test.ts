import { DependencyUnavailableError } from "@eshop/building-blocks/failure"
import { newId } from "@eshop/building-blocks/ids"
import { BasketCheckedOut, type Checkout } from "@eshop/domain/contracts/basket-events"
import { StockRejected, StockReleased, StockReserved } from "@eshop/domain/contracts/catalog-events"
import { SagaWordSpoken } from "@eshop/domain/contracts/ordering-events"
import type { OrderEvent } from "@eshop/domain/ordering/order-events"
import { commands } from "@eshop/domain/ordering/testing/given"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { newDatabase } from "../../../../tests/fixtures/new-database.ts"
import { changeOrder } from "../orders/change-order.ts"
import { orderingOn } from "../testing/ordering.ts"

let ordering: Awaited<ReturnType<typeof orderingOn>>
let checkout: Checkout
let orderId: string

beforeAll(async () => {
  ordering = await orderingOn(await newDatabase("ordering"))
})
afterAll(() => ordering?.store.close())
beforeEach(async () => {
  checkout = ordering.newCheckout().checkout
  orderId = checkout.checkoutId
})

const expiresAt = "2026-11-01T10:30:00.000Z"
const lines = [{ sku: "IPHONE-X-BLACK", quantity: 1 }]
const shortages = [{ sku: "IPHONE-X-BLACK", requested: 3, available: 1 }]
const app = () => ordering.appWith()
const begin = () => app().publish(BasketCheckedOut, checkout)
const raised = () => ordering.sagas.raisedFor(orderId)
const order = async () => (await ordering.ports.orders.find(orderId))?.order
const types = async () => (await ordering.ports.orders.events(orderId)).map(({ type }) => type)
const parked = async (eventId: string) =>
  (await ordering.store.parked.list(1_000)).filter((one) => one.eventId === eventId)
const change = (name: keyof typeof commands, says: object) =>
  ordering.store.unitOfWork.transaction((tx) =>
    changeOrder(
      ordering.ports,
      tx,
      orderId,
      (known) => commands[name](known, says as never, new Date()) as OrderEvent[],
      { now: new Date(), newId } as never,
    ),
  )
const pay = () => change("payOrder", { paymentId: "pi_1", captured: checkout.total })
const confirm = () => app().publish(StockReserved, { orderId, expiresAt })
const cancelWord = () =>
  app().publish(SagaWordSpoken, { orderId, instanceId: orderId, word: "cancel", by: checkout.customerId })

describe("stock that was set aside", () => {
  test("is confirmed on the order, and the saga hears of it", async () => {
    await begin()
    await confirm()
    expect(await order()).toMatchObject({ status: "AwaitingPayment", reservedUntil: expiresAt })
    const { customerId, total, paymentMethod } = checkout
    const facts = { status: "AwaitingPayment", reservedUntil: expiresAt, customerId, total, paymentMethod }
    expect(raised()).toEqual([{ id: orderId, event: "stock-reserved", data: expect.objectContaining(facts) }])
  })

  test("is confirmed once, when 20 deliveries of the answer come at once; the saga may hear it again", async () => {
    await begin()
    const message = newId()
    const deliveries = Array.from({ length: 20 }, () =>
      app().publish(StockReserved, { orderId, expiresAt }, message),
    )
    await Promise.all(deliveries)
    expect(await types()).toEqual(["OrderSubmitted", "StockRequested", "StockConfirmed"])
    expect(raised()).toHaveLength(20)
  })

  test("is told again as the order stands, when the answer comes again", async () => {
    await begin()
    const message = newId()
    const answer = () => app().publish(StockReserved, { orderId, expiresAt }, message)
    await answer()
    await answer()
    const [first, second] = raised()
    expect(second).toEqual(first)
    await pay()
    await answer()
    expect(raised()).toHaveLength(2)
  })

  test("waits for a saga that is not there yet: the order is confirmed, the answer comes again", async () => {
    const out = new DependencyUnavailableError("task hub")
    const notYet = ordering.appWith({ sagas: { ...ordering.sagas, start: () => Promise.reject(out) } })
    await expect(notYet.publish(BasketCheckedOut, checkout)).rejects.toThrow("task hub")
    const message = newId()
    const answer = () => app().publish(StockReserved, { orderId, expiresAt }, message)
    for (let delivery = 0; delivery < 2; delivery++)
      await expect(answer()).rejects.toThrow(`the saga of order ${orderId} is not available`)
    expect(await types()).toEqual(["OrderSubmitted", "StockRequested", "StockConfirmed"])
    expect(raised()).toEqual([])
    await begin()
    await answer()
    expect(raised()).toHaveLength(1)
  })

  test("is no news for an order that has moved on, or that there is not", async () => {
    const sagaGone = ordering.appWith({ sagas: { ...ordering.sagas, raise: async () => false } })
    await begin()
    await change("cancelOrder", { reason: { code: "test", detail: "A test." } })
    const before = await order()
    for (const id of [orderId, newId()])
      expect(await parked(await sagaGone.publish(StockReserved, { orderId: id, expiresAt }))).toEqual([])
    expect(await order()).toEqual(before)
  })
})

describe("stock that is not there", () => {
  test("is told to the saga of an order that is not paid", async () => {
    await begin()
    await app().publish(StockRejected, { orderId, shortages })
    expect(raised()).toEqual([{ id: orderId, event: "stock-rejected", data: { shortages } }])
    expect((await order())?.status).toBe("AwaitingStock")
  })

  test("ends an order that is paid, once, and its money is asked back", async () => {
    await begin()
    await confirm()
    await pay()
    await app().publish(StockRejected, { orderId, shortages })
    await app().publish(StockRejected, { orderId, shortages })
    expect(await order()).toMatchObject({
      status: "Cancelled",
      reason: { code: "stock.insufficient", data: { shortages } },
      payment: { refunds: [{ refundId: orderId, amount: checkout.total, status: "requested" }] },
    })
    expect((await types()).filter((type) => /Cancelled|Refund/.test(type))).toEqual([
      "OrderCancelled",
      "RefundRequested",
    ])
    expect(raised().map(({ event }) => event)).toEqual(["stock-reserved"])
  })

  test("does not change an order that was ended for another reason", async () => {
    await begin()
    await confirm()
    await pay()
    await change("cancelOrder", { reason: { code: "customer.asked", detail: "The customer asked for it." } })
    const before = await order()
    expect(await parked(await app().publish(StockRejected, { orderId, shortages }))).toEqual([])
    expect(await order()).toEqual(before)
  })
})

test("only stock whose time has run out is told to the saga", async () => {
  await begin()
  for (const reason of ["reservation.expired", "order.cancelled", "order.lines-cancelled", "order.returned"])
    await app().publish(StockReleased, { orderId, lines, reason })
  expect(raised()).toEqual([{ id: orderId, event: "stock-expired", data: {} }])
  expect(
    await parked(
      await app().publish(StockReleased, { orderId: newId(), lines, reason: "reservation.expired" }),
    ),
  ).toEqual([])
})

describe("a customer's cancellation", () => {
  test("reaches the saga, and changes nothing itself before the order is paid", async () => {
    await begin()
    const before = await order()
    await cancelWord()
    expect(raised()).toEqual([{ id: orderId, event: "cancel", data: {} }])
    expect(await order()).toEqual(before)
  })

  test("ends an order that was paid meanwhile, and its money is asked back, once", async () => {
    await begin()
    await confirm()
    await pay()
    await cancelWord()
    await cancelWord()
    expect(await order()).toMatchObject({ status: "Cancelled", reason: { code: "customer.asked" } })
    expect((await types()).filter((type) => /Cancelled|Refund/.test(type))).toEqual([
      "OrderCancelled",
      "RefundRequested",
    ])
  })

  test("waits for a saga that is not there yet", async () => {
    const out = new DependencyUnavailableError("task hub")
    const notYet = ordering.appWith({ sagas: { ...ordering.sagas, start: () => Promise.reject(out) } })
    await expect(notYet.publish(BasketCheckedOut, checkout)).rejects.toThrow("task hub")
    await expect(cancelWord()).rejects.toThrow(`the saga ${orderId} is not available`)
  })
})
