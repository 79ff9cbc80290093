import type { AppUnderTest } from "@eshop/building-blocks/app/testing/app-under-test"
import { newId } from "@eshop/building-blocks/ids"
import { BasketCheckedOut } from "@eshop/domain/contracts/basket-events"
import { orderNumberOf } from "@eshop/domain/ordering/order-number"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { codeOf } from "../../../../tests/fixtures/http.ts"
import { newDatabase } from "../../../../tests/fixtures/new-database.ts"
import { manager, operator, orderingOn, testOrderTokens } from "../testing/ordering.ts"

let ordering: Awaited<ReturnType<typeof orderingOn>>
let app: AppUnderTest

beforeAll(async () => {
  ordering = await orderingOn(await newDatabase("ordering"))
  app = ordering.appWith()
})
afterAll(() => ordering?.store.close())
beforeEach(async () => {
  ordering.sentNotices.length = 0
  await sql("DELETE FROM lookup_count")
  await sql("DELETE FROM notice")
})

const sql = (text: string, values: unknown[] = []) => ordering.store.pool.query(text, values)
const nobody = { kind: "anonymous" } as const
const lookUp = (order: string, email: string) => app.as(nobody)("POST", "orders/lookup", { order, email })
const send = () => app.tick("ordering.send-notices")

/** An order that was placed with an e-mail address of its own. */
async function placed(customerId = `guest-${newId()}`) {
  const { checkout, details } = ordering.newCheckout({ customerId })
  const email = `m.${checkout.checkoutId}@Example.com`
  Object.assign(details, { shippingAddress: { ...details.shippingAddress, emailAddress: email } })
  await app.publish(BasketCheckedOut, checkout)
  return { id: checkout.checkoutId, number: orderNumberOf(checkout.checkoutId), email, customerId }
}

describe("whoever knows an order's number and e-mail address", () => {
  test("gets a link to it by e-mail, whose token opens this order and no other", async () => {
    const [order, other] = [await placed(), await placed()]
    const reply = await lookUp(order.number.toLowerCase().replaceAll("-", " "), order.email.toUpperCase())
    expect([reply.status, reply.body]).toEqual([202, { status: "accepted" }])
    await send()
    await send()
    const [notice, ...more] = ordering.sentNotices
    expect([notice?.kind, notice?.to.address, more]).toEqual(["order-link", order.email, []])
    const token = /#token=(\S+)/.exec(notice?.text ?? "")?.[1] ?? ""
    expect(testOrderTokens.read(token, new Date())?.id).toBe(order.id)
    const holder = (id: string) =>
      app.as(nobody)("GET", `orders/${id}`, undefined, { "x-order-token": token })
    expect([(await holder(order.id)).status, (await holder(other.id)).status]).toEqual([200, 401])
  })

  test("may name it by its id, and also when its customer signs in", async () => {
    const order = await placed(newId())
    expect((await lookUp(order.id, order.email)).status).toBe(202)
    await send()
    expect(ordering.sentNotices.map(({ to }) => to.address)).toEqual([order.email])
  })
})

test("an operator finds all orders of an e-mail address, newest first, until their customer is forgotten", async () => {
  const customerId = newId()
  const [first, second] = [await placed(customerId), await placed(customerId)]
  await placed()
  const find = async (email: string, caller: Parameters<AppUnderTest["as"]>[0] = manager) =>
    await app.as(caller)("POST", "operations/orders/by-email", { email })
  expect((await find(` ${first.email.toUpperCase()} `)).body.items).toMatchObject([
    { id: first.id, number: first.number, needsAttention: [] },
  ])
  await sql(
    "UPDATE order_contact SET email_digest = (SELECT email_digest FROM order_contact WHERE order_id = $1) WHERE order_id = $2",
    [first.id, second.id],
  )
  const { items } = (await find(first.email)).body
  expect(items.map(({ id }: { id: string }) => id)).toEqual([second.id, first.id])
  expect([(await find(first.email, operator)).status, (await find(first.email, nobody)).status]).toEqual([
    403, 401,
  ])
  await sql("DELETE FROM order_contact WHERE customer_id = $1", [customerId])
  expect((await find(first.email)).body).toEqual({ items: [] })
})

describe("the answer", () => {
  test("is the same whether there is such an order or not, and so is what was stored", async () => {
    const order = await placed()
    const unknown = orderNumberOf(newId())
    const before = await sql("SELECT * FROM order_event ORDER BY order_id, version")
    const replies = [
      await lookUp(order.number, order.email),
      await lookUp(order.number, "somebody@example.com"),
      await lookUp(unknown, order.email),
      await lookUp(newId(), "nobody@example.com"),
    ]
    const shape = ({ status, headers, body }: (typeof replies)[0]) => ({
      status,
      headers: [...headers],
      body,
    })
    expect(new Set(replies.map((reply) => JSON.stringify(shape(reply)))).size).toBe(1)
    expect((await sql("SELECT kind, attempts FROM notice")).rows).toEqual(
      Array(4).fill({ kind: "order-link", attempts: 0 }),
    )
    await send()
    expect(ordering.sentNotices).toHaveLength(1)
    expect((await sql("SELECT * FROM notice")).rows).toEqual([])
    expect((await sql("SELECT * FROM order_event ORDER BY order_id, version")).rows).toEqual(before.rows)
  })

  test("and what is stored and logged for it name no e-mail address", async () => {
    const order = await placed()
    await lookUp(order.number, order.email)
    const rows = await Promise.all(
      ["order_contact", "notice", "lookup_count", "idempotent_request", "outbox"].map(
        async (table) => (await sql(`SELECT * FROM ${table}`)).rows,
      ),
    )
    const local = order.email.split("@")[0] as string
    expect(JSON.stringify(rows).toLowerCase()).not.toContain(local)
    expect(app.log.join("\n").toLowerCase()).not.toContain(local)
    await send()
    expect(app.log.join("\n").toLowerCase()).not.toContain(local)
  })

  test.each(["7K3M-Q2XW-9DT5", "", "x", "../orders", "1".repeat(61)])(
    "to what is no order's name is 400, and nothing is stored: %j",
    async (order) => {
      expect((await lookUp(order, "a@example.com")).status).toBe(400)
      expect((await sql("SELECT * FROM lookup_count")).rows).toEqual([])
    },
  )
})

describe("looking up again and again", () => {
  const statuses = async (lookUps: readonly (() => Promise<{ status: number }>)[]) =>
    (await Promise.all(lookUps.map((one) => one()))).map(({ status }) => status).sort()
  const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make)

  test("is refused for an hour, for an order that is there as for one that is not", async () => {
    const order = await placed()
    const unknown = orderNumberOf(newId())
    const known = await statuses(times(7, () => () => lookUp(order.number, order.email)))
    const other = await statuses(times(7, () => () => lookUp(unknown, `${newId()}@example.com`)))
    expect(known).toEqual([202, 202, 202, 202, 202, 429, 429])
    expect(other).toEqual(known)
    const refused = await lookUp(order.number, order.email)
    expect([codeOf(refused), refused.headers.get("retry-after")]).toEqual([
      "lookup.too-often",
      String(refused.body.retryAfterSeconds),
    ])
    expect([3_598, 3_599, 3_600]).toContain(refused.body.retryAfterSeconds)
    await send()
    expect(ordering.sentNotices).toHaveLength(5)
    await sql("UPDATE lookup_count SET begun_at = begun_at - interval '61 minutes'")
    expect((await lookUp(order.number, order.email)).status).toBe(202)
  })

  test("with another order each time is refused by the e-mail address", async () => {
    const all = times(6, () => () => lookUp(newId(), "tried@example.com"))
    expect(await statuses(all)).toEqual([202, 202, 202, 202, 202, 429])
  })

  test("is forgotten once it does not count any more", async () => {
    await lookUp(newId(), "a@example.com")
    await app.tick("ordering.forget-lookups")
    expect((await sql("SELECT count(*) FROM lookup_count")).rows).toEqual([{ count: 2 }])
    await sql("UPDATE lookup_count SET begun_at = begun_at - interval '61 minutes'")
    await app.tick("ordering.forget-lookups")
    expect((await sql("SELECT count(*) FROM lookup_count")).rows).toEqual([{ count: 0 }])
  })
})

test("an order's contact goes when its customer is forgotten, and nobody finds the order by it", async () => {
  const order = await placed()
  const soon = new Date(Date.now() + 60_000)
  const forgotten = await ordering.store.unitOfWork.transaction(async (tx) => {
    // It goes with the order's address, and not before.
    expect(await ordering.contacts.forget(tx, order.customerId)).toBe(0)
    await ordering.ports.personalData.forget(tx, order.customerId, soon)
    return await ordering.contacts.forget(tx, order.customerId)
  })
  expect(forgotten).toBe(1)
  await lookUp(order.number, order.email)
  await send()
  expect(ordering.sentNotices).toEqual([])
})
