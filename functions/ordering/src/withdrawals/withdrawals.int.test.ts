import { newId } from "@eshop/building-blocks/ids"
import { usd } from "@eshop/domain/kernel/money"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { newDatabase } from "../../../../tests/fixtures/new-database.ts"
import { customer, manager, orderingOn } from "../testing/ordering.ts"
import {
  audited,
  black,
  deliverAll,
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

type Caller = Parameters<ReturnType<typeof ordering.appWith>["as"]>[0]
const as = (caller: Caller) => posting(ordering.appWith().as(caller))
const propose = (caller: Caller, id: string, body: object = {}) =>
  as(caller)(`orders/${id}/withdrawals`, body)
const confirm = (caller: Caller, id: string, withdrawalId: string, body: object = {}) =>
  as(caller)(`orders/${id}/withdrawals/${withdrawalId}/confirmation`, body)
const receipt = (caller: Caller, id: string, withdrawalId: string) =>
  ordering.appWith().as(caller)("GET", `orders/${id}/withdrawals/${withdrawalId}/receipt`)
const notices = async (id: string) => {
  const { rows } = await ordering.store.pool.query<{ facts: string }>("SELECT facts FROM notice")
  return rows.map(({ facts }) => JSON.parse(facts)).filter(({ orderId }) => orderId === id)
}

describe("a withdrawal", () => {
  test("is shown first, which changes nothing, and then confirmed, which says so on a receipt", async () => {
    const { id, customerId } = await paidOrder(ordering, shipAll, deliverAll)
    const before = await footprint(ordering, id)
    const shown = await propose(customer(customerId), id, { lines: [red(1)] })
    expect(shown.status).toBe(200)
    expect(shown.body).toMatchObject({
      orderId: id,
      lines: [red(1)],
      cancelled: [],
      returned: [red(1)],
      refundNow: usd(0),
      refundOnReturn: usd(10_00),
      deadline: expect.stringMatching(/T00:00:00.000Z$/),
    })
    expect(await footprint(ordering, id)).toEqual(before)

    const { withdrawalId, number } = shown.body
    const done = await confirm(customer(customerId), id, withdrawalId, { lines: [red(1)] })
    expect(done.status).toBe(200)
    expect(done.headers.get("location")).toBe(`/ordering/orders/${id}/withdrawals/${withdrawalId}/receipt`)
    expect(done.body).toMatchObject({ withdrawalId, lines: [red(1)], withdrawnAt: expect.any(String) })
    expect(await audited(ordering, id)).toEqual([["order.withdrawn", "customer", customerId]])
    expect(await notices(id)).toEqual([{ kind: "withdrawal-received", orderId: id, withdrawalId }])

    const { status, headers, body: text } = await receipt(customer(customerId), id, withdrawalId)
    expect(status).toBe(200)
    expect(headers.get("content-type")).toBe("text/plain; charset=utf-8")
    expect(headers.get("cache-control")).toBe("private, no-store")
    const { withdrawnAt } = done.body
    for (const part of [
      number,
      withdrawalId,
      `${withdrawnAt.slice(0, 10)} ${withdrawnAt.slice(11, 19)} UTC`,
      "1 x IPhone X (IPHONE-X-RED)",
      "10.00 USD",
    ])
      expect(text).toContain(part)
    const returns = await ordering.appWith().as(customer(customerId))("GET", `orders/${id}/returns`)
    expect(returns.body.items).toMatchObject([{ lines: [red(1)], withdrawal: true, status: "requested" }])
  })

  test("before anything was shipped cancels the order, by whoever holds its token as well", async () => {
    const { id } = await paidOrder(ordering)
    const holder = { kind: "order-holder" as const, orderId: id }
    const { body } = await propose(holder, id)
    expect(body).toMatchObject({ cancelled: [black(1), red(2)], returned: [], refundNow: usd(35_00) })
    expect((await confirm(holder, id, body.withdrawalId)).status).toBe(200)
    const { body: order } = await ordering.appWith().as(holder)("GET", `orders/${id}`)
    expect(order).toMatchObject({ status: "Cancelled", cancelReason: { code: "customer.withdrew" } })
    expect((await ordering.announced(id)).slice(-2)).toEqual([
      "eshop.ordering.order-cancelled.v1",
      "eshop.ordering.refund-requested.v1",
    ])
    expect((await receipt(holder, id, body.withdrawalId)).status).toBe(200)
  })

  test("is one, however often and by however many requests at once it is confirmed", async () => {
    const { id, customerId } = await paidOrder(ordering, shipAll)
    const { withdrawalId } = (await propose(customer(customerId), id)).body
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => confirm(customer(customerId), id, withdrawalId)),
    )
    expect(answers.map(({ status, body }) => [status, body])).toEqual(Array(6).fill([200, answers[0]?.body]))
    expect(await audited(ordering, id)).toHaveLength(1)
    expect(await notices(id)).toHaveLength(1)
    await say(ordering, id, deliverAll)
    expect((await confirm(customer(customerId), id, withdrawalId)).body).toEqual(answers[0]?.body)
  })

  test("that is no longer what was shown is refused, and nothing changes", async () => {
    const { id, customerId } = await paidOrder(ordering)
    const { withdrawalId } = (await propose(customer(customerId), id)).body
    await say(ordering, id, shipAll)
    const before = await footprint(ordering, id)
    const refused = await confirm(customer(customerId), id, withdrawalId)
    expect([refused.status, refused.body.type]).toEqual([409, "urn:eshop:problem:withdrawal.other"])
    expect((await confirm(customer(customerId), id, newId())).status).toBe(409)
    expect(await footprint(ordering, id)).toEqual(before)
    expect((await receipt(customer(customerId), id, withdrawalId)).status).toBe(404)
  })

  test("comes too early before the payment, and is nobody else's", async () => {
    const placed = await placedOrder(ordering)
    expect((await propose(customer(placed.customerId), placed.id)).status).toBe(409)
    const { id, customerId } = await paidOrder(ordering)
    const { withdrawalId } = (await propose(customer(customerId), id)).body
    const before = await footprint(ordering, id)
    for (const other of [customer(newId()), manager]) {
      expect((await propose(other, id)).status).toBe(404)
      expect((await confirm(other, id, withdrawalId)).status).toBe(404)
    }
    expect(await footprint(ordering, id)).toEqual(before)
  })
})
