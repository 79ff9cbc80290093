import { newId } from "@eshop/building-blocks/ids"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { newDatabase } from "../../../../tests/fixtures/new-database.ts"
import { customer, manager, operator, orderingOn } from "../testing/ordering.ts"
import {
  audited,
  black,
  footprint,
  paidOrder,
  placedOrder,
  posting,
  red,
  say,
  shipAll,
} from "../testing/paid-order.ts"

let ordering: Awaited<ReturnType<typeof orderingOn>>
beforeAll(async () => {
  ordering = await orderingOn(await newDatabase("ordering"))
})
afterAll(() => ordering?.store.close())

const as = (caller: Parameters<ReturnType<typeof ordering.appWith>["as"]>[0]) =>
  posting(ordering.appWith().as(caller))
const path = (id: string) => `orders/${id}/cancellation`
const eventsOf = async (id: string) => (await ordering.ports.orders.events(id)).map(({ type }) => type)

describe("a customer cancels", () => {
  test("a paid order at once: everything goes back, and who cancelled is on record", async () => {
    const { id, customerId } = await paidOrder(ordering)
    const { status, body, headers } = await as(customer(customerId))(path(id))
    expect([status, headers.get("etag")]).toEqual([202, '"6"'])
    expect(body).toEqual({
      id,
      number: expect.stringMatching(/^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$/),
      status: "Cancelled",
      version: 6,
      cancellation: "done",
    })
    expect((await eventsOf(id)).slice(-2)).toEqual(["OrderCancelled", "RefundRequested"])
    expect((await ordering.announced(id)).slice(-2)).toEqual([
      "eshop.ordering.order-cancelled.v1",
      "eshop.ordering.refund-requested.v1",
    ])
    expect(await audited(ordering, id)).toEqual([["order.cancelled", "customer", customerId]])
  })

  test("lines of a paid order, and the rest goes on", async () => {
    const { id, customerId } = await paidOrder(ordering)
    const { body } = await as(customer(customerId))(path(id), { lines: [red(1)] })
    expect(body).toMatchObject({ status: "Paid", cancellation: "done" })
    const { body: order } = await ordering.appWith().as(customer(customerId))("GET", `orders/${id}`)
    expect(order.cancellations).toMatchObject([{ lines: [red(1)], refund: { amount: 10_00 } }])
    expect(order.refunds).toMatchObject([{ amount: { amount: 10_00 }, status: "requested" }])
    expect((await ordering.announced(id)).slice(-2)).toEqual([
      "eshop.ordering.order-lines-cancelled.v1",
      "eshop.ordering.refund-requested.v1",
    ])
  })

  test("an order whose checkout is under way: its saga is asked, and the order stays as it is", async () => {
    const { id, customerId } = await placedOrder(ordering)
    const { status, body } = await as(customer(customerId))(path(id))
    expect(status).toBe(202)
    expect(body).toMatchObject({ status: "AwaitingStock", version: 2, cancellation: "asked" })
    const { rows } = await ordering.store.pool.query(
      "SELECT event->'data' AS data FROM outbox WHERE event->>'subject' = $1 AND event->>'type' LIKE '%saga-word%'",
      [id],
    )
    expect(rows).toEqual([{ data: { orderId: id, instanceId: id, word: "cancel", by: customerId } }])
    expect(await audited(ordering, id)).toEqual([["order.cancellation-asked", "customer", customerId]])
  })

  test("an order that only Basket knows yet: its saga will hear of it", async () => {
    const { checkout } = ordering.newCheckout()
    const { checkoutId: id, customerId } = checkout
    expect((await as(customer(newId()))(path(id))).status).toBe(404)
    const { status, body } = await as(customer(customerId))(path(id))
    expect([status, body.status, body.version, body.cancellation]).toEqual([202, "Submitted", 0, "asked"])
    expect(await ordering.announced(id)).toEqual(["eshop.ordering.saga-word-spoken.v1"])
  })

  test("once, however often they say it", async () => {
    const { id, customerId } = await paidOrder(ordering)
    const key = { "idempotency-key": newId() }
    const first = await as(customer(customerId))(path(id), {}, key)
    const replayed = await as(customer(customerId))(path(id), {}, key)
    expect([replayed.status, replayed.body]).toEqual([first.status, first.body])
    expect(replayed.headers.get("idempotent-replayed")).toBe("true")
    const before = await footprint(ordering, id)
    expect((await as(customer(customerId))(path(id))).body).toEqual(first.body)
    expect(await footprint(ordering, id)).toEqual(before)
  })

  test("once, also when many requests come at the same moment", async () => {
    const { id, customerId } = await paidOrder(ordering)
    const answers = await Promise.all(Array.from({ length: 8 }, () => as(customer(customerId))(path(id))))
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(202))
    expect((await eventsOf(id)).filter((type) => type === "RefundRequested")).toHaveLength(1)
    expect(await audited(ordering, id)).toHaveLength(1)
  })

  test.each([
    ["of which something was shipped", [shipAll], {}, 409, "order.wrong-state"],
    ["with more lines than there are", [], { lines: [red(3)] }, 409, "cancellation.too-much"],
    ["with no line", [], { lines: [] }, 400, "request.invalid"],
    ["with a member that nobody knows", [], { reason: "fraud.suspected" }, 400, "request.invalid"],
  ] as const)("not an order %s, and nothing changes", async (_, said, body, status, code) => {
    const { id, customerId } = await paidOrder(ordering, ...said)
    const before = await footprint(ordering, id)
    const refused = await as(customer(customerId))(path(id), body)
    expect([refused.status, refused.body.type]).toEqual([status, `urn:eshop:problem:${code}`])
    expect(await footprint(ordering, id)).toEqual(before)
  })

  test("not somebody else's order, nor one that they saw before it changed; and not without a key", async () => {
    const { id, customerId } = await paidOrder(ordering)
    const before = await footprint(ordering, id)
    const stale = { "if-match": '"3"' }
    for (const other of [customer(newId()), operator, { kind: "order-holder" as const, orderId: newId() }])
      for (const headers of [{}, stale]) expect((await as(other)(path(id), {}, headers)).status).toBe(404)
    expect((await as({ kind: "anonymous" })(path(id))).status).toBe(401)
    expect((await as(customer(customerId))(path(id), {}, stale)).status).toBe(412)
    const keyless = await ordering.appWith().as(customer(customerId))("POST", path(id), {})
    expect(keyless.status).toBe(400)
    expect(await footprint(ordering, id)).toEqual(before)
    const fresh = await as(customer(customerId))(path(id), {}, { "if-match": '"4"' })
    expect(fresh.status).toBe(202)
  })

  test("as the holder of the order's token", async () => {
    const { id } = await paidOrder(ordering)
    const { body } = await as({ kind: "order-holder", orderId: id })(path(id))
    expect(body).toMatchObject({ status: "Cancelled" })
    expect(await audited(ordering, id)).toEqual([["order.cancelled", "order-holder", id]])
  })
})

describe("an operator cancels", () => {
  const operations = (id: string) => `operations/orders/${id}/cancellation`

  test("with a reason, also lines of a partly shipped order, which is Shipped then", async () => {
    const { id } = await paidOrder(ordering, ["shipOrder", { shipmentId: newId(), lines: [red(2)] }])
    const body = { lines: [black(1)], reason: "stock.damaged" }
    const answer = await as(manager)(operations(id), body)
    expect(answer.body).toMatchObject({ status: "Shipped", cancellation: "done" })
    expect(await audited(ordering, id)).toEqual([["order.lines-cancelled", "service", "manager"]])
  })

  test("with the role alone, and for a reason of ours", async () => {
    const { id, customerId } = await paidOrder(ordering)
    const before = await footprint(ordering, id)
    expect((await as(customer(customerId))(operations(id), { reason: "fraud.suspected" })).status).toBe(403)
    expect((await as(operator)(operations(id), { reason: "fraud.suspected" })).status).toBe(403)
    expect((await as(manager)(operations(id), { reason: "no.such" })).status).toBe(400)
    expect((await as(manager)(operations(newId()), { reason: "fraud.suspected" })).status).toBe(404)
    expect(await footprint(ordering, id)).toEqual(before)
    await say(ordering, id, shipAll)
    expect((await as(manager)(operations(id), { reason: "fraud.suspected" })).status).toBe(409)
  })
})
