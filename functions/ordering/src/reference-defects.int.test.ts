import { newId } from "@eshop/building-blocks/ids"
import { BasketCheckedOut } from "@eshop/domain/contracts/basket-events"
import { usd } from "@eshop/domain/kernel/money"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { newDatabase } from "../../../tests/fixtures/new-database.ts"
import { customer, manager, orderingOn } from "./testing/ordering.ts"
import { footprint, paidOrder, posting } from "./testing/paid-order.ts"

let ordering: Awaited<ReturnType<typeof orderingOn>>
beforeAll(async () => {
  ordering = await orderingOn(await newDatabase("ordering"))
})
afterAll(() => ordering?.store.close())

const asManager = () => posting(ordering.appWith().as(manager))
const BUG = "duplicate key at /srv/app/orders.ts:42"
const broken = async () => {
  throw new Error(BUG)
}

/** What the reference system does wrong, as far as it concerns Ordering (docs/reference-defects.md). */
describe("defects of the reference", () => {
  test("2 and 8: an order is the checkout's lines, whatever Ordering knows of their products", async () => {
    const { checkout } = ordering.newCheckout()
    await ordering.appWith().publish(BasketCheckedOut, checkout)
    const { checkoutId: id, customerId, lines, total } = checkout
    const { status, body } = await ordering.appWith().as(customer(customerId))("GET", `orders/${id}`)
    expect([status, body.lines, body.total]).toEqual([200, lines, total])
  })

  test("5 and 16: the order and its event commit together or not at all, and what failed is kept for a person", async () => {
    const { checkout } = ordering.newCheckout()
    const parked = await ordering.store.parked.count()
    const failing = ordering.appWith({ outbox: { ...ordering.ports.outbox, add: broken } })
    await failing.publish(BasketCheckedOut, checkout)
    expect(await ordering.store.parked.count()).toBe(parked + 1)
    expect(await ordering.ports.orders.find(checkout.checkoutId)).toBeUndefined()
    expect(await ordering.announced(checkout.checkoutId)).toEqual([])
    // Redriven once the bug is mended.
    await ordering.appWith().publish(BasketCheckedOut, checkout)
    expect(await ordering.announced(checkout.checkoutId)).toEqual(["eshop.ordering.order-created.v1"])
  })

  test("6: a checkout that is told again, as the same message or as another, is one order", async () => {
    const { checkout } = ordering.newCheckout()
    const event = newId()
    for (const id of [event, event, newId()]) await ordering.appWith().publish(BasketCheckedOut, checkout, id)
    expect(await ordering.ports.orders.find(checkout.checkoutId)).toMatchObject({ version: 2 })
    expect(await ordering.announced(checkout.checkoutId)).toHaveLength(1)
  })

  test("7: a card number is refused in every text that Ordering takes, and kept nowhere", async () => {
    const { id } = await paidOrder(ordering)
    const before = await footprint(ordering, id)
    for (const carrier of ["4242 4242 4242 4242", "card 4242424242424242"])
      expect((await asManager()(`operations/orders/${id}/shipments`, { carrier })).status).toBe(400)
    expect(await footprint(ordering, id)).toEqual(before)
  })

  test("9 and 11: a state that the way of an order does not allow is 409, and a bug tells the client nothing", async () => {
    const { id } = await paidOrder(ordering)
    const before = await footprint(ordering, id)
    const refused = await asManager()(`operations/orders/${id}/closing`)
    expect([refused.status, refused.body.type]).toEqual([409, "urn:eshop:problem:order.wrong-state"])
    const orders = { ...ordering.ports.orders, lock: broken }
    const failed = await posting(ordering.appWith({ orders }).as(manager))(`operations/orders/${id}/closing`)
    expect([failed.status, failed.body.type]).toEqual([500, "urn:eshop:problem:internal"])
    expect(JSON.stringify(failed.body)).not.toContain("orders.ts")
    expect(await footprint(ordering, id)).toEqual(before)
  })

  test("10: of two operators who saw the same version, one changes the order and the other is told", async () => {
    const { id } = await paidOrder(ordering)
    const refund = () =>
      asManager()(
        `operations/orders/${id}/refunds`,
        { amount: usd(1_00), reason: "goodwill" },
        { "if-match": '"4"' },
      )
    const answers = await Promise.all([refund(), refund()])
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 412])
    expect((await ordering.ports.orders.find(id))?.version).toBe(5)
  })

  test("14: the audit trail has the caller and a UTC instant", async () => {
    const { id } = await paidOrder(ordering)
    await asManager()(`operations/orders/${id}/shipments`)
    const [entry] = await ordering.ports.audit.list({ subject: `order ${id}`, limit: 10 })
    expect(entry?.by).toEqual({ kind: "service", id: "manager" })
    expect(entry?.at).toMatch(/Z$/)
  })
})
