import { newId } from "@eshop/building-blocks/ids"
import { usd } from "@eshop/domain/kernel/money"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { newDatabase } from "../../../../tests/fixtures/new-database.ts"
import { customer, manager, operator, orderingOn } from "../testing/ordering.ts"
import {
  audited,
  black,
  footprint,
  paidOrder,
  posting,
  red,
  say,
  shipAll,
  shipmentId,
} from "../testing/paid-order.ts"

let ordering: Awaited<ReturnType<typeof orderingOn>>
beforeAll(async () => {
  ordering = await orderingOn(await newDatabase("ordering"))
})
afterAll(() => ordering?.store.close())

type Caller = Parameters<ReturnType<typeof ordering.appWith>["as"]>[0]
const as = (caller: Caller) => posting(ordering.appWith().as(caller))
const get = async (caller: Caller, path: string) => await ordering.appWith().as(caller)("GET", path)

test("the way of a paid order through operators' hands: shipped in parts, delivered, closed", async () => {
  const { id, customerId } = await paidOrder(ordering)
  const at = `operations/orders/${id}`
  const first = await as(manager)(`${at}/shipments`, {
    lines: [red(2)],
    carrier: "DHL",
    trackingNumber: "JD0002",
  })
  expect([first.status, first.body.status]).toEqual([201, "PartiallyShipped"])
  const rest = await as(manager)(`${at}/shipments`)
  expect([rest.status, rest.body.status]).toEqual([201, "Shipped"])
  const delivery = (parcel: string) => as(manager)(`${at}/shipments/${parcel}/delivery`)
  expect((await delivery(first.body.shipmentId)).body.status).toBe("Shipped")
  expect((await delivery(rest.body.shipmentId)).body.status).toBe("Delivered")
  expect((await as(manager)(`${at}/closing`)).body).toMatchObject({ id, status: "Closed", version: 9 })

  const { body } = await get(customer(customerId), `orders/${id}`)
  expect(body.shipments).toMatchObject([
    { lines: [red(2)], carrier: "DHL", trackingNumber: "JD0002", deliveredAt: expect.any(String) },
    { lines: [black(1)], deliveredAt: expect.any(String) },
  ])
  expect(await ordering.announced(id)).toEqual(
    ["created", "paid", "shipped", "shipped", "delivered"].map((what) => `eshop.ordering.order-${what}.v1`),
  )
  const { rows } = await ordering.store.pool.query<{ to: string }>(
    `SELECT event->'data'->>'to' AS to FROM outbox WHERE event->>'subject' = $1
     AND event->>'type' = 'eshop.ordering.order-status-changed.v1' ORDER BY position`,
    [id],
  )
  expect(rows.map(({ to }) => to)).toEqual([
    "AwaitingStock",
    "AwaitingPayment",
    "Paid",
    "PartiallyShipped",
    "Shipped",
    "Delivered",
    "Closed",
  ])
  expect((await audited(ordering, id)).map(([action]) => action)).toEqual([
    "order.shipped",
    "order.shipped",
    "order.parcel-delivered",
    "order.parcel-delivered",
    "order.closed",
  ])
})

test("a parcel by its own id is one, however often it is told; told otherwise it is refused", async () => {
  const { id } = await paidOrder(ordering)
  const ship = (body: object) => as(manager)(`operations/orders/${id}/shipments`, { shipmentId, ...body })
  const first = await ship({ lines: [red(2)] })
  const before = await footprint(ordering, id)
  expect((await ship({ lines: [red(2)] })).body).toEqual(first.body)
  const other = await ship({ lines: [red(1)] })
  expect([other.status, other.body.type]).toEqual([409, "urn:eshop:problem:shipment.other"])
  expect(await footprint(ordering, id)).toEqual(before)
})

test("a return is requested by the customer, accepted by an operator, and paid back", async () => {
  const { id, customerId } = await paidOrder(ordering, shipAll, ["deliverShipment", { shipmentId }])
  const asked = await as(customer(customerId))(`orders/${id}/returns`, {
    lines: [red(1)],
    reason: "goods.damaged",
  })
  expect([asked.status, asked.body.status]).toEqual([201, "Delivered"])
  const { returnId } = asked.body
  expect(
    (await get(manager, `operations/orders?needsAttention=true&customerId=${customerId}`)).body.items,
  ).toMatchObject([{ id, needsAttention: ["return.requested"] }])
  const accepted = await as(manager)(`operations/orders/${id}/returns/${returnId}/acceptance`)
  expect(accepted.status).toBe(200)
  expect((await ordering.announced(id)).slice(-2)).toEqual([
    "eshop.ordering.order-returned.v1",
    "eshop.ordering.refund-requested.v1",
  ])
  const rejected = await as(manager)(`operations/orders/${id}/returns/${returnId}/rejection`, {
    reason: "goods.used",
  })
  expect([rejected.status, rejected.body.type]).toEqual([409, "urn:eshop:problem:return.decided"])
  const { body } = await get(customer(customerId), `orders/${id}`)
  expect(body.returns).toMatchObject([{ returnId, status: "accepted" }])
  expect(body.refunds).toMatchObject([{ refundId: returnId, amount: usd(10_00), status: "requested" }])
  await say(ordering, id, ["settleRefund", { refundId: returnId, providerRefundId: "re_1" }])
  expect((await ordering.announced(id)).at(-1)).toBe("eshop.ordering.order-refunded.v1")
})

test("an operator gives money back, in parts, no more than there is", async () => {
  const { id } = await paidOrder(ordering)
  const refund = (cents: number) =>
    as(manager)(`operations/orders/${id}/refunds`, { amount: usd(cents), reason: "goodwill" })
  const first = await refund(30_00)
  expect([first.status, first.body.status]).toEqual([202, "Paid"])
  const before = await footprint(ordering, id)
  const tooMuch = await refund(5_01)
  expect([tooMuch.status, tooMuch.body.type, tooMuch.body.left]).toEqual([
    409,
    "urn:eshop:problem:refund.out-of-range",
    usd(5_00),
  ])
  expect(await footprint(ordering, id)).toEqual(before)
  expect((await refund(5_00)).status).toBe(202)
})

test("who works on an order sees what is left to do of it, and its customer does not", async () => {
  const { id, customerId } = await paidOrder(ordering)
  await as(manager)(`operations/orders/${id}/shipments`, { lines: [red(2)] })
  await as(manager)(`operations/orders/${id}/refunds`, { amount: usd(5_00), reason: "goodwill" })
  const clerk = { ...customer("clerk"), roles: ["orders.fulfil"] }
  for (const worker of [manager, clerk])
    expect((await get(worker, `orders/${id}`)).body.work).toEqual({
      needsAttention: [],
      unshipped: [black(1)],
      invoiceNumber: "INV-2026-000001",
      money: { captured: usd(35_00), refunded: usd(0), refunding: usd(5_00), refundable: usd(30_00) },
      disputes: [],
    })
  const reader = { ...customer("auditor"), roles: ["ordering.read"] }
  for (const other of [customer(customerId), reader])
    expect((await get(other, `orders/${id}`)).body).not.toHaveProperty("work")
})

test("the warehouse finds what is to ship, and nothing else", async () => {
  const { id } = await paidOrder(ordering)
  const clerk = { ...customer("clerk"), roles: ["orders.fulfil"] }
  const inState = async (status: string) =>
    (await get(clerk, `operations/orders/to-ship?limit=1&status=${status}`)).body.items.map(
      (one: { id: string }) => one.id,
    )
  expect(await inState("Paid")).toEqual([id])
  await as(clerk)(`operations/orders/${id}/shipments`, { lines: [red(2)] })
  expect(await inState("PartiallyShipped")).toEqual([id])
  await as(clerk)(`operations/orders/${id}/shipments`)
  expect(await inState("Shipped")).toEqual([id])
  expect((await get(clerk, "operations/orders/to-ship?status=Cancelled")).status).toBe(400)
  expect((await get({ ...clerk, roles: ["orders.manage"] }, "operations/orders/to-ship")).status).toBe(403)
})

type Page = { items: { id: string }[]; nextCursor: string | null }

describe("operators' routes", () => {
  const writes = (id: string): [string, object][] => [
    [`operations/orders/${id}/shipments`, {}],
    [`operations/orders/${id}/shipments/${shipmentId}/delivery`, {}],
    [`operations/orders/${id}/returns/${newId()}/acceptance`, {}],
    [`operations/orders/${id}/returns/${newId()}/rejection`, { reason: "goods.used" }],
    [`operations/orders/${id}/refunds`, { amount: usd(1), reason: "goodwill" }],
    [`operations/orders/${id}/closing`, {}],
  ]

  test("are for their roles alone", async () => {
    const { id, customerId } = await paidOrder(ordering)
    const before = await footprint(ordering, id)
    for (const [path, body] of writes(id))
      for (const other of [customer(customerId), operator])
        expect([path, (await as(other)(path, body)).status]).toEqual([path, 403])
    expect((await get(operator, "operations/orders")).status).toBe(403)
    expect((await get(customer(customerId), "audit")).status).toBe(403)
    expect(await footprint(ordering, id)).toEqual(before)
  })

  test("refuse what the order's state does not allow, and an order that is not there, and nothing changes", async () => {
    const { id } = await paidOrder(ordering)
    const before = await footprint(ordering, id)
    const statuses = async (of: string) =>
      await Promise.all(writes(of).map(async ([path, body]) => (await as(manager)(path, body)).status))
    expect((await statuses(id)).slice(1, 4)).toEqual([404, 404, 404])
    expect((await as(manager)(`operations/orders/${id}/closing`)).status).toBe(409)
    expect(await statuses(newId())).toEqual(Array(6).fill(404))
    expect((await footprint(ordering, id)).version).toBeGreaterThan(before.version)
  })

  test("find an order by its number, however it is typed, and page through many", async () => {
    const { id, customerId } = await paidOrder(ordering)
    const { number } = (await get(customer(customerId), `orders/${id}`)).body
    const typed = encodeURIComponent(number.toLowerCase().replaceAll("-", " ").replaceAll("0", "o"))
    const { body } = await get(manager, `operations/orders?number=${typed}`)
    expect(body.items).toMatchObject([{ id, number, customerId, status: "Paid", needsAttention: [] }])
    expect((await get(manager, "operations/orders?number=0000")).status).toBe(400)

    const found: string[] = []
    for (let path: string | undefined = "operations/orders?limit=3&sku=IPHONE-X-RED"; path; ) {
      const { items, nextCursor } = (await get(manager, path)).body as Page
      found.push(...items.map((one) => one.id))
      path =
        nextCursor === null ? undefined : `operations/orders?limit=3&sku=IPHONE-X-RED&cursor=${nextCursor}`
    }
    const { rows } = await ordering.store.pool.query(
      "SELECT order_id FROM order_sku WHERE sku = 'IPHONE-X-RED' ORDER BY submitted_at DESC, order_id DESC",
    )
    expect(found).toEqual(rows.map(({ order_id }) => order_id))
  })
})
