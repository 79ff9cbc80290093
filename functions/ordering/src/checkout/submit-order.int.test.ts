import { DependencyUnavailableError } from "@eshop/building-blocks/failure"
import { newId } from "@eshop/building-blocks/ids"
import { BasketCheckedOut, type Checkout } from "@eshop/domain/contracts/basket-events"
import { cancelOrder } from "@eshop/domain/ordering/cancel-order"
import type { Order } from "@eshop/domain/ordering/order"
import type { OrderEvent } from "@eshop/domain/ordering/order-events"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { newDatabase } from "../../../../tests/fixtures/new-database.ts"
import { changeOrder } from "../orders/change-order.ts"
import { customer, orderingOn } from "../testing/ordering.ts"

let ordering: Awaited<ReturnType<typeof orderingOn>>
let checkout: Checkout
let orderId: string

beforeAll(async () => {
  ordering = await orderingOn(await newDatabase("ordering"))
})
afterAll(() => ordering?.store.close())
beforeEach(() => {
  checkout = ordering.newCheckout().checkout
  orderId = checkout.checkoutId
})

const app = () => ordering.appWith()
const started = () => ordering.sagas.startedFor(orderId)
const statusOf = async (id: string) => (await ordering.ports.orders.find(id))?.order.status
const parkedReasons = async (eventId: string) =>
  (await ordering.store.parked.list(1_000))
    .filter((one) => one.eventId === eventId)
    .map(({ reason }) => reason)
const change = (decide: (order: Order | undefined) => OrderEvent[] | never) =>
  ordering.store.unitOfWork.transaction((tx) =>
    changeOrder(ordering.ports, tx, orderId, decide, { now: new Date(), newId } as never),
  )
const cancel = () =>
  change((order) => cancelOrder(order, { reason: { code: "test", detail: "A test." } }, new Date()) as never)
const out = new DependencyUnavailableError("task hub")
const created = ["eshop.ordering.order-created.v1"]

describe("a checkout becomes an order", () => {
  test("with its saga, and other contexts hear of it", async () => {
    await app().publish(BasketCheckedOut, checkout)
    expect(await statusOf(orderId)).toBe("AwaitingStock")
    expect(started()).toEqual([{ saga: "checkout", id: orderId, input: { orderId } }])
    expect(await ordering.announced(orderId)).toEqual(created)
  })

  test.each([
    ["one message", () => "0197c0de-0000-7000-8000-000000000001"],
    ["messages of their own", newId],
  ])("once, when 20 deliveries of %s come at once", async (_, id) => {
    const deliveries = Array.from({ length: 20 }, () => app().publish(BasketCheckedOut, checkout, id()))
    const ids = await Promise.all(deliveries)
    expect((await ordering.ports.orders.events(orderId)).map(({ type }) => type)).toEqual([
      "OrderSubmitted",
      "StockRequested",
    ])
    expect(started()).toHaveLength(1)
    expect(await ordering.announced(orderId)).toEqual(created)
    for (const one of ids) expect(await parkedReasons(one)).toEqual([])
  })

  test("with its price proof beside it, which the customer may have and nobody else", async () => {
    const path = `orders/${orderId}/price-proof`
    const owner = app().as(customer(checkout.customerId))
    expect((await owner("GET", path)).body.type).toBe("urn:eshop:problem:order.unknown")
    await app().publish(BasketCheckedOut, checkout)
    // Said again in other words, such as after a rotation of keys: the first one stays.
    await app().publish(BasketCheckedOut, { ...checkout, proof: "eyJhbGciOiJFUzI1NiJ9.e30.b3RoZXI" })
    const answer = { orderId, proof: checkout.proof }
    expect((await owner("GET", path)).body).toEqual(answer)
    const reader = app().as({ kind: "service", id: "office", roles: ["ordering.read"] })
    expect((await reader("GET", path)).body).toEqual(answer)
    const events = JSON.stringify(await ordering.ports.orders.events(orderId))
    expect(events).not.toContain(checkout.proof)
    for (const [caller, status] of [
      [customer(newId()), 404],
      [{ kind: "guest", id: "guest" }, 404],
      [{ kind: "anonymous" }, 401],
      [{ kind: "service", id: "basket", roles: [] }, 404],
    ] as const)
      expect((await app().as(caller)("GET", path)).status).toBe(status)
  })

  test("without a proof, of a checkout of before", async () => {
    const { checkout: bare } = ordering.newCheckout({ proof: undefined })
    await app().publish(BasketCheckedOut, bare)
    const reply = await app().as(customer(bare.customerId))("GET", `orders/${bare.checkoutId}/price-proof`)
    expect([reply.status, reply.body.type]).toEqual([404, "urn:eshop:problem:price-proof.missing"])
  })

  test("not by a second content under its id: that is parked", async () => {
    await app().publish(BasketCheckedOut, checkout)
    const before = await ordering.ports.orders.find(orderId)
    const other = await app().publish(BasketCheckedOut, { ...checkout, couponCodes: [] })
    expect(await parkedReasons(other)).toEqual(["order.other-checkout"])
    expect(await ordering.ports.orders.find(orderId)).toEqual(before)
    expect(await ordering.announced(orderId)).toEqual(created)
  })

  test("not when Basket knows nothing of it: that is parked", async () => {
    const id = newId()
    const message = await app().publish(BasketCheckedOut, { ...checkout, checkoutId: id })
    expect(await parkedReasons(message)).toEqual(["checkout.unknown"])
    expect(await statusOf(id)).toBeUndefined()
  })

  test("once Basket is back: until then the message waits", async () => {
    const find = () => Promise.reject(new DependencyUnavailableError("basket"))
    const away = ordering.appWith({ checkouts: { find, lookUp: find } })
    const message = newId()
    await expect(away.publish(BasketCheckedOut, checkout, message)).rejects.toThrow("basket")
    expect(await statusOf(orderId)).toBeUndefined()
    await app().publish(BasketCheckedOut, checkout, message)
    expect([await statusOf(orderId), started().length]).toEqual(["AwaitingStock", 1])
  })
})

describe("the start of the saga", () => {
  const appThatStarts = (start: () => Promise<void>) =>
    ordering.appWith({ sagas: { ...ordering.sagas, start } })

  test("comes with the redelivery when the process died between the commit and it", async () => {
    const message = newId()
    const reached = Promise.withResolvers<void>()
    // A process that dies answers nothing any more.
    const dying = appThatStarts(() => {
      reached.resolve()
      return new Promise(() => {})
    })
    void dying.publish(BasketCheckedOut, checkout, message)
    await reached.promise
    expect([await statusOf(orderId), started()]).toEqual(["AwaitingStock", []])

    await app().publish(BasketCheckedOut, checkout, message)
    expect(started()).toHaveLength(1)
    expect(await ordering.announced(orderId)).toEqual(created)
  })

  test("is tried until it works: the message is not completed before", async () => {
    const message = newId()
    let failures = 2
    const failing = appThatStarts(async () => {
      if (failures-- > 0) throw out
      await ordering.sagas.start({ name: "checkout" } as never, orderId, { orderId })
    })
    for (let delivery = 0; delivery < 2; delivery++)
      await expect(failing.publish(BasketCheckedOut, checkout, message)).rejects.toThrow("task hub")
    expect(started()).toEqual([])
    await failing.publish(BasketCheckedOut, checkout, message)
    expect(started()).toHaveLength(1)
    expect(await ordering.announced(orderId)).toEqual(created)
    expect(await parkedReasons(message)).toEqual([])
  })

  describe("does not happen for a message of yesterday", () => {
    const fail = () => Promise.reject(new Error("nothing is to be started"))

    test("about an order that has ended", async () => {
      const message = await app().publish(BasketCheckedOut, checkout)
      await cancel()
      for (const id of [message, newId()]) {
        await appThatStarts(fail).publish(BasketCheckedOut, checkout, id)
        expect(await parkedReasons(id)).toEqual([])
      }
      expect(await statusOf(orderId)).toBe("Cancelled")
    })

    test("about an order that was purged", async () => {
      const message = await app().publish(BasketCheckedOut, checkout)
      const { pool } = ordering.store
      await pool.query("DELETE FROM orders WHERE id = $1", [orderId])
      await pool.query("DELETE FROM order_event WHERE order_id = $1", [orderId])
      await appThatStarts(fail).publish(BasketCheckedOut, checkout, message)
      expect(await statusOf(orderId)).toBeUndefined()
      expect(await ordering.announced(orderId)).toEqual(created)
      expect(await parkedReasons(message)).toEqual([])
    })
  })
})

describe("personal data", () => {
  const names = ["Mehmet", "Yılmaz", "mehmet@example.com", "Bağdat"]

  /** All that the database holds, as text. */
  async function everything(): Promise<string> {
    const { pool } = ordering.store
    const { rows } = await pool.query<{ name: string }>(
      "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'",
    )
    expect(rows.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["order_event", "orders", "outbox", "inbox", "personal_data"]),
    )
    const texts = rows.map(async ({ name }) => {
      const { rows: found } = await pool.query(
        `SELECT string_agg(one::text, ' ') AS text FROM ${name} AS one`,
      )
      return found[0]?.text ?? ""
    })
    return (await Promise.all(texts)).join(" ")
  }

  test("lies encrypted in one place; the owner reads it, and nobody once the customer is forgotten", async () => {
    await app().publish(BasketCheckedOut, checkout)
    const { customerId } = checkout
    const text = await everything()
    expect(text).toContain(orderId)
    expect(names.filter((name) => text.includes(name))).toEqual([])
    expect(started()).toEqual([{ saga: "checkout", id: orderId, input: { orderId } }])

    const read = async () => (await app().as(customer(customerId))("GET", `orders/${orderId}`)).body
    const shown = await read()
    expect(shown.shippingAddress).toMatchObject({ firstName: "Mehmet", addressLine: "Bağdat Caddesi 1" })

    const { store, ports } = ordering
    expect(
      await store.unitOfWork.transaction((tx) =>
        ports.personalData.forget(tx, customerId, new Date(Date.now() + 60_000)),
      ),
    ).toBe(true)
    const { shippingAddress: _, ...rest } = shown
    expect(await read()).toEqual(rest)
  })
})
