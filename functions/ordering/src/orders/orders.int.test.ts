import { createServer, type RequestListener } from "node:http"
import type { AddressInfo } from "node:net"
import type { Caller } from "@eshop/building-blocks/app/call"
import { serviceClient } from "@eshop/building-blocks/http/service-client"
import { newId } from "@eshop/building-blocks/ids"
import { postgresStore } from "@eshop/building-blocks/store/postgres/postgres-store"
import { BasketCheckedOut, type Checkout } from "@eshop/domain/contracts/basket-events"
import type { CheckoutDetails } from "@eshop/domain/contracts/checkouts"
import { checkTotals } from "@eshop/domain/contracts/totals"
import { usd as cents } from "@eshop/domain/kernel/money"
import { commands } from "@eshop/domain/ordering/testing/given"
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest"
import { newDatabase } from "../../../../tests/fixtures/new-database.ts"
import { basketCheckouts } from "../adapters/basket-checkouts.ts"
import { postgresOrders } from "../adapters/postgres-orders.ts"
import { customer, operator, orderingOn } from "../testing/ordering.ts"
import { changeOrder } from "./change-order.ts"
import { project } from "./project-orders.ts"

let ordering: Awaited<ReturnType<typeof orderingOn>>

beforeAll(async () => {
  ordering = await orderingOn(await newDatabase("ordering"))
})
afterAll(() => ordering?.store.close())

const app = () => ordering.appWith()
const change = (orderId: string, ...said: [keyof typeof commands, object][]) =>
  ordering.store.unitOfWork.transaction(async (tx) => {
    for (const [name, says] of said)
      await changeOrder(
        ordering.ports,
        tx,
        orderId,
        (order) => commands[name](order, says as never, new Date()) as never,
        { now: new Date(), newId } as never,
      )
  })
async function submitted(more: Partial<Checkout> = {}): Promise<Checkout> {
  const { checkout } = ordering.newCheckout(more)
  await app().publish(BasketCheckedOut, checkout)
  return checkout
}
const reason = { code: "test", detail: "A test." }

describe("an order", () => {
  test("is its customer's, and of whoever may read all orders; anybody else learns nothing of it", async () => {
    const { checkoutId: id, customerId, total, lines } = await submitted()
    const own = await app().as(customer(customerId))("GET", `orders/${id}`)
    expect([own.status, own.headers.get("etag")]).toEqual([200, '"2"'])
    expect(own.body).toMatchObject({ id, customerId, status: "AwaitingStock", total, lines, version: 2 })

    const reader = { kind: "service" as const, id: "reports", roles: ["ordering.read"] }
    expect((await app().as(reader)("GET", `orders/${id}`)).body).toEqual(own.body)
    for (const other of [customer(newId()), operator, { ...operator, id: customerId }])
      for (const path of [`orders/${id}`, `orders/${id}/timeline`])
        expect((await app().as(other)("GET", path)).status).toBe(404)
    expect((await app().as({ kind: "anonymous" })("GET", `orders/${id}`)).status).toBe(401)
  })

  test("shows its shipping and its taxes, so that its totals add up; to a guest as well", async () => {
    const discounts = [{ promotionId: newId(), reason: "half the shipping", amount: cents(2_45) }]
    const shipping = {
      method: "standard",
      price: cents(2_45),
      discounts,
      tax: { rate: 19_000, amount: cents(39), included: true },
    }
    const { checkout } = ordering.newCheckout({
      customerId: "guest-018f0000-0000-7000-8000-000000000007",
      shipping,
      tax: cents(255_85),
      total: cents(1_602_45),
    })
    // Said twice it is the same order, with the discount on its shipping.
    for (let told = 0; told < 2; told++) await app().publish(BasketCheckedOut, checkout)
    expect(await ordering.store.parked.count()).toBe(0)
    const guest = { kind: "guest" as const, id: checkout.customerId }
    const { status, body } = await app().as(guest)("GET", `orders/${checkout.checkoutId}`)
    expect(status).toBe(200)
    expect(body).toMatchObject({ shipping, tax: cents(255_85), total: cents(1_602_45) })
    expect(checkTotals(body)).toEqual([])
  })

  test("tells what happened to it, without the checkout that it began with", async () => {
    const { checkoutId: id, customerId } = await submitted()
    await change(id, ["cancelOrder", { reason }])
    const { body } = await app().as(customer(customerId))("GET", `orders/${id}/timeline`)
    const at = expect.any(String)
    expect(body).toEqual({
      orderId: id,
      status: "Cancelled",
      events: [
        { type: "OrderSubmitted", at, says: "The order was placed: 1604.90 USD.", announced: [] },
        {
          type: "StockRequested",
          at,
          says: "The stock was asked to set its units aside.",
          announced: ["eshop.ordering.order-created.v1", "eshop.ordering.order-status-changed.v1"],
        },
        {
          type: "OrderCancelled",
          at,
          says: "The order was cancelled: A test.",
          data: reason,
          announced: ["eshop.ordering.order-cancelled.v1", "eshop.ordering.order-status-changed.v1"],
        },
      ],
      processes: [{ id, status: "running" }],
    })
  })
})

describe("an order whose event has not come yet", () => {
  /** Basket, as far as Ordering knows it: an HTTP server. */
  async function basketThat(answer: RequestListener) {
    const server = createServer(answer).listen(0, "127.0.0.1")
    await new Promise((resolve) => server.once("listening", resolve))
    onTestFinished(() => {
      server.closeAllConnections()
      server.close()
    })
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    return ordering.appWith({ checkouts: basketCheckouts(serviceClient({ name: "basket", baseUrl })) })
  }
  const knowing = (details: CheckoutDetails) => {
    const asked: (string | undefined)[] = []
    const answer: RequestListener = ({ url }, response) => {
      asked.push(url)
      response.setHeader("content-type", "application/json").end(JSON.stringify(details))
    }
    return { asked, answer }
  }
  /** A UUIDv7 that was made so long ago. */
  function idMade(msAgo: number): string {
    const time = (Date.now() - msAgo).toString(16).padStart(12, "0")
    return `${time.slice(0, 8)}-${time.slice(8)}${newId().slice(13)}`
  }

  test("shows as submitted to its owner from the checkout on, and to nobody else", async () => {
    const { checkout, details } = ordering.newCheckout()
    const { checkoutId: id, customerId, total } = checkout
    const { asked, answer } = knowing(details)
    const underWay = await basketThat(answer)
    const own = await underWay.as(customer(customerId))("GET", `orders/${id}`)
    const { shippingAddress, checkedOutAt } = details
    expect(own.status).toBe(200)
    expect(own.body).toMatchObject({
      id,
      customerId,
      status: "Submitted",
      total,
      shippingAddress,
      version: 0,
    })
    expect(own.body.submittedAt).toBe(checkedOutAt)
    expect((await underWay.as(customer(customerId))("GET", `orders/${id}/timeline`)).body).toEqual({
      orderId: id,
      status: "Submitted",
      events: [],
      processes: [],
    })
    expect((await underWay.as(customer(newId()))("GET", `orders/${id}`)).status).toBe(404)
    expect(asked).toEqual(Array(3).fill(`/checkouts/${id}`))
  })

  test.each([
    ["is older than 15 minutes", () => idMade(15 * 60_000 + 1_000)],
    ["comes from the future", () => idMade(-60 * 60_000)],
    ["is no UUIDv7", () => crypto.randomUUID()],
  ])("is unknown, and Basket is not asked, when its id %s", async (_, id) => {
    const orderId = id()
    const { details } = ordering.newCheckout({ checkoutId: orderId })
    const { asked, answer } = knowing({ ...details, checkoutId: orderId })
    const underWay = await basketThat(answer)
    const { status } = await underWay.as(customer(details.customerId))("GET", `orders/${orderId}`)
    expect([status, asked]).toEqual([404, []])
  })

  test.each<[string, (details: CheckoutDetails) => RequestListener]>([
    [
      "answers after more than 300 ms",
      (details) => (request, response) =>
        void setTimeout(() => knowing(details).answer(request, response), 1_000),
    ],
    ["fails", () => (_, response) => void response.writeHead(500).end()],
    ["knows nothing of it", () => (_, response) => void response.writeHead(404).end()],
    ["hangs up", () => (request) => void request.socket.destroy()],
  ])("is unknown when Basket %s", async (_, answer) => {
    const { details } = ordering.newCheckout()
    const underWay = await basketThat(answer(details))
    const path = `orders/${details.checkoutId}`
    expect((await underWay.as(customer(details.customerId))("GET", path)).status).toBe(404)
  })
})

test("an order is read from the read model while the orders' own database is away, by its customer alone", async () => {
  const { customerId, checkoutId: id } = await submitted()
  await project(ordering.ports)
  const { body: whole } = await app().as(customer(customerId))("GET", `orders/${id}`)
  const away = postgresStore("postgres://user:password@127.0.0.1:1/ordering")
  onTestFinished(() => away.close())
  const without = ordering.appWith({ orders: postgresOrders(away.pool, () => {}) })
  const read = (caller: Caller, orderId = id) => without.as(caller)("GET", `orders/${orderId}`)
  const { shippingAddress, ...projected } = whole
  expect(shippingAddress).toBeDefined()
  expect(await read(customer(customerId))).toMatchObject({ status: 200, body: projected })
  expect((await read(customer(customerId))).body).not.toHaveProperty("shippingAddress")
  // What nobody can say now is not said to be nothing.
  for (const [caller, orderId] of [
    [customer(newId()), id],
    [operator, id],
    [customer(customerId), newId()],
  ] as const)
    expect((await read(caller, orderId)).status).toBe(503)
})

describe("operations", () => {
  const get = async (path: string) => (await app().as(operator)("GET", path)).body

  test("are for their role alone", async () => {
    for (const path of ["operations/orders/coupons", "operations/projections/orders"])
      expect((await app().as(customer(newId()))("GET", path)).status).toBe(403)
    const rebuild = await app().as(customer(newId()))("POST", "operations/projections/orders/rebuild", {})
    expect(rebuild.status).toBe(403)
  })

  test("rebuild the read model, and tell how much is left", async () => {
    const { customerId, checkoutId } = await submitted()
    const ports = ordering.ports
    await project(ports)
    expect(await get("operations/projections/orders")).toEqual({ pending: 0 })
    await ordering.store.pool.query("DELETE FROM order_view WHERE id = $1", [checkoutId])

    const { status, body } = await app().as(operator)("POST", "operations/projections/orders/rebuild", {})
    expect(status).toBe(202)
    expect(await get("operations/projections/orders")).toEqual({ pending: body.orders })
    await project(ports)
    expect(await get("operations/projections/orders")).toEqual({ pending: 0 })
    const { body: list } = await app().as(customer(customerId))("GET", "orders")
    expect(list).toMatchObject({ items: [{ id: checkoutId }], nextCursor: null })
  })

  test("list how far each order's use of its coupon has come", async () => {
    const { pool } = ordering.store
    await pool.query("DELETE FROM orders")
    const { couponCodes } = BasketCheckedOut.example
    const use = async (...said: Parameters<typeof change>[1][]) => {
      const { checkoutId: orderId, total } = await submitted()
      await change(orderId, ...said)
      return { orderId, total, couponCode: couponCodes[0] }
    }
    const waiting = await use()
    const reserved = await use(["confirmStock", {}])
    const confirmed = await use(
      ["confirmStock", {}],
      ["payOrder", { paymentId: "pi_1", captured: BasketCheckedOut.example.total }],
    )
    const released = await use(["cancelOrder", { reason }])
    const { checkoutId: without } = await submitted({ couponCodes: [] })

    const items: { orderId: string }[] = []
    let pages = 0
    for (let path = "operations/orders/coupons?limit=2"; ; pages++) {
      const { items: page, nextCursor } = await get(path)
      items.push(...page)
      if (nextCursor === null) break
      path = `operations/orders/coupons?limit=2&cursor=${nextCursor}`
    }
    const expected = [
      [reserved, "reserved"],
      [confirmed, "confirmed"],
      [released, "released"],
    ] as const
    expect(items).toEqual(
      expected
        .map(([{ orderId, couponCode }, status]) => ({ orderId, couponCode, status }))
        .sort((a, b) => (a.orderId < b.orderId ? -1 : 1)),
    )
    expect(pages).toBe(1)
    expect(items.map(({ orderId }) => orderId)).not.toContain(waiting.orderId)
    expect(items.map(({ orderId }) => orderId)).not.toContain(without)
  })
})
