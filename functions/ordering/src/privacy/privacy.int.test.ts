import { mkdtemp, readdir, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DependencyUnavailableError } from "@eshop/building-blocks/failure"
import { newId } from "@eshop/building-blocks/ids"
import { BasketCheckedOut, type Checkout } from "@eshop/domain/contracts/basket-events"
import { CustomerErased } from "@eshop/domain/contracts/ordering-events"
import type { commands } from "@eshop/domain/ordering/testing/given"
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest"
import { newDatabase } from "../../../../tests/fixtures/new-database.ts"
import { noticeFolder } from "../adapters/notice-folder.ts"
import { customer, orderingOn } from "../testing/ordering.ts"
import { changeOrders } from "../testing/orders.ts"

let ordering: Awaited<ReturnType<typeof orderingOn>>

beforeAll(async () => {
  ordering = await orderingOn(await newDatabase("ordering"))
})
afterAll(() => ordering?.store.close())

const app = () => ordering.appWith()
const pool = () => ordering.store.pool
const officer = { kind: "customer" as const, id: "officer", roles: ["privacy.manage"] }
const change = (orderId: string, ...said: [keyof typeof commands, object][]) =>
  changeOrders(ordering, orderId, ...said)
async function submitted(more: Partial<Checkout> = {}): Promise<Checkout> {
  const { checkout } = ordering.newCheckout(more)
  await app().publish(BasketCheckedOut, checkout)
  return checkout
}
const paid = ({ total }: Checkout): [keyof typeof commands, object][] => [
  ["confirmStock", {}],
  ["payOrder", { paymentId: "pi_1", captured: total }],
]
const cancelled: [keyof typeof commands, object] = [
  "cancelOrder",
  { reason: { code: "test", detail: "A test." } },
]
const key = () => ({ "idempotency-key": newId() })
const me = (customerId: string, other: Parameters<typeof ordering.appWith>[0] = {}) =>
  ordering.appWith(other).as(customer(customerId))
const request = (customerId: string) => me(customerId)("POST", "customers/me/erasure", {}, key())
const letter = { to: { name: "Mehmet", address: "mehmet@example.com" }, subject: "", text: "", html: "" }
/** As if a minute had passed since it was asked for or looked at. */
const lookAgain = async (customerId: string) => {
  await pool().query("UPDATE erasure_request SET look_at = now() WHERE customer_id = $1", [customerId])
  await app().tick("ordering.erase-when-possible")
}
const statusOf = async (customerId: string) => (await me(customerId)("GET", "customers/me/erasure")).body
const addressOf = async (customerId: string, orderId: string) =>
  (await me(customerId)("GET", `orders/${orderId}`)).body.shippingAddress
const announced = async (customerId: string) => {
  const { rows } = await pool().query(
    "SELECT event->'data' AS data FROM outbox WHERE event->>'type' = $1 AND event->>'subject' = $2",
    [CustomerErased.type, customerId],
  )
  return rows.map(({ data }) => data)
}
/** What the database keeps of a customer besides their orders, as text. */
async function traces(customerId: string): Promise<string[]> {
  const { rows } = await pool().query(
    `SELECT 'key' AS found FROM customer_key WHERE customer_id = $1
     UNION ALL SELECT 'data' FROM personal_data WHERE customer_id = $1
     UNION ALL SELECT 'request' FROM erasure_request WHERE customer_id = $1
     UNION ALL SELECT 'trail' FROM audit WHERE strpos(audit::text, $1) > 0`,
    [customerId],
  )
  return rows.map(({ found }) => found)
}

describe("everything that the shop keeps of a customer", () => {
  const kinds = { things: [1, 2] }
  const told = async (customerId: string) => ({ customerId, kinds, cutShort: ["things"] })
  const others = { basket: told, catalog: told, discount: told }

  test("is told to them by all four contexts, with orders and addresses, and on record", async () => {
    const first = await submitted()
    const { customerId } = first
    const second = await submitted({ customerId })
    await submitted()
    const { status, body } = await me(customerId, { otherContexts: others })("GET", "customers/me/data")
    expect(status).toBe(200)
    const { ordering: own, ...rest } = body.contexts
    const of = { customerId, kinds, cutShort: ["things"] }
    expect(rest).toEqual({ basket: of, catalog: of, discount: of })
    expect(own.cutShort).toEqual([])
    expect(own.kinds.orders.map(({ orderId }: { orderId: string }) => orderId)).toEqual([
      second.checkoutId,
      first.checkoutId,
    ])
    expect(own.kinds.orders[0]).toMatchObject({
      order: { status: "AwaitingStock", total: second.total },
      shippingAddress: { firstName: "Mehmet", emailAddress: "mehmet@example.com" },
    })
    const again = await ordering.appWith({ otherContexts: others }).as(officer)(
      "GET",
      `operations/customers/${customerId}/data`,
    )
    const trail = again.body.contexts.ordering.kinds.trail
    expect(trail.map(({ action, by }: { action: string; by: { id: string } }) => [action, by.id])).toEqual([
      ["data.exported", customerId],
    ])
  })

  test("is not told by halves: a context that is out is 503, and nothing is on record", async () => {
    const { customerId } = await submitted()
    for (const context of ["basket", "catalog", "discount"]) {
      const out = async () => {
        throw new DependencyUnavailableError(context)
      }
      const reply = await me(customerId, { otherContexts: { ...others, [context]: out } })(
        "GET",
        "customers/me/data",
      )
      expect([reply.status, reply.headers.get("retry-after") !== null]).toEqual([503, true])
    }
    expect(await traces(customerId)).toEqual(["key", "data"])
  })

  test("is the role's and the customer's alone", async () => {
    const { customerId } = await submitted()
    const operations = `operations/customers/${customerId}`
    for (const path of [`${operations}/data`, `${operations}/erasure`, "operations/erasures"])
      expect((await me(customerId)("GET", path)).status).toBe(403)
    const refused = [
      await me(customerId)("POST", `${operations}/erasure`, {}, key()),
      await me(customerId)("POST", "operations/erasures", {
        erasures: [{ customerId, until: new Date().toISOString() }],
      }),
      await app().as({ kind: "anonymous" })("POST", "customers/me/erasure", {}, key()),
      await app().as({ kind: "service", id: "any", roles: [] })("GET", "customers/me/data"),
    ]
    expect(refused.map(({ status }) => status)).toEqual([403, 403, 401, 403])
    expect(await traces(customerId)).toEqual(["key", "data"])
  })
})

describe("a customer who wants to be forgotten", () => {
  test("waits for what is under way, and is told for what; then everything is gone and told of once", async () => {
    const first = await submitted()
    const { customerId } = first
    const second = await submitted({ customerId })
    await change(second.checkoutId, cancelled)
    const asked = await request(customerId)
    expect([asked.status, asked.headers.get("location")]).toEqual([202, "/ordering/customers/me/erasure"])
    expect(asked.body).toMatchObject({
      status: "waiting",
      waitsFor: [
        { orderId: first.checkoutId, status: "AwaitingStock", says: expect.stringContaining("soon") },
      ],
      kept: [],
    })
    await lookAgain(customerId)
    expect([(await statusOf(customerId)).status, await announced(customerId)]).toEqual(["waiting", []])
    expect(await addressOf(customerId, second.checkoutId)).toMatchObject({ firstName: "Mehmet" })

    await change(first.checkoutId, cancelled)
    // By two processes at once, and once more.
    await Promise.all([lookAgain(customerId), lookAgain(customerId)])
    await lookAgain(customerId)
    const until = asked.body.requestedAt
    expect(await statusOf(customerId)).toEqual({
      customerId,
      status: "erased",
      erasedUntil: until,
      guests: [],
      waitsFor: [],
      kept: [],
    })
    expect(await announced(customerId)).toEqual([{ customerId, until }])
    for (const { checkoutId } of [first, second])
      expect(await addressOf(customerId, checkoutId)).toBeUndefined()
    expect(await traces(customerId)).toEqual([])
    const { body } = await app().as(officer)("GET", "operations/erasures?limit=100")
    expect(body.items).toContainEqual({ customerId, until })
  })

  test("is not found by their e-mail address any more, and their notices go", async () => {
    const folder = await mkdtemp(join(tmpdir(), "eshop-notices-"))
    onTestFinished(() => rm(folder, { recursive: true }))
    const delivery = noticeFolder(folder)
    const [{ customerId, checkoutId }, other] = [await submitted(), await submitted()]
    await change(checkoutId, cancelled)
    const contacts = async () =>
      (await pool().query("SELECT 1 FROM order_contact WHERE order_id = $1", [checkoutId])).rowCount
    expect(await contacts()).toBe(1)
    for (const orderId of [checkoutId, other.checkoutId])
      for (const id of ["one", "two"])
        await delivery.send({ id, orderId, kind: "order-confirmed", language: "en", ...letter })
    await request(customerId)
    await pool().query("UPDATE erasure_request SET look_at = now() WHERE customer_id = $1", [customerId])
    await ordering.appWith({ delivery }).tick("ordering.erase-when-possible")
    expect(await contacts()).toBe(0)
    expect((await readdir(folder)).sort()).toEqual(
      ["one", "two"].map((id) => `${other.checkoutId}.${id}.json`),
    )
  })

  test("may be a guest, or somebody who keeps nothing; an operator may ask for them", async () => {
    const guestId = `guest-${newId()}`
    const { checkoutId } = await submitted({ customerId: guestId })
    await change(checkoutId, cancelled)
    const guest = app().as({ kind: "guest", id: guestId })
    expect((await guest("POST", "customers/me/erasure", {}, key())).status).toBe(202)
    const nobody = newId()
    const asked = await app().as(officer)("POST", `operations/customers/${nobody}/erasure`, {}, key())
    expect([asked.status, asked.body.status]).toEqual([202, "waiting"])
    for (const id of [guestId, nobody]) {
      await lookAgain(id)
      expect((await app().as(officer)("GET", `operations/customers/${id}/erasure`)).body.status).toBe(
        "erased",
      )
      expect(await traces(id)).toEqual([])
    }
  })

  test("asks once with one key, and moves the moment when they ask again", async () => {
    const { customerId } = await submitted()
    const once = key()
    const first = await me(customerId)("POST", "customers/me/erasure", {}, once)
    const replayed = await me(customerId)("POST", "customers/me/erasure", {}, once)
    expect([replayed.body, replayed.headers.get("idempotent-replayed")]).toEqual([first.body, "true"])
    await pool().query("SELECT pg_sleep(0.002)")
    const again = await request(customerId)
    expect(again.body.requestedAt > first.body.requestedAt).toBe(true)
    const { rows } = await pool().query("SELECT action FROM audit WHERE subject = $1", [
      `customer ${customerId}`,
    ])
    expect(rows.map(({ action }) => action)).toEqual(["erasure.requested", "erasure.requested"])
  })

  test("waits for a checkout that Basket knows and that is no order yet", async () => {
    const { customerId, checkoutId } = await submitted()
    await change(checkoutId, cancelled)
    await request(customerId)
    const onItsWay = newId()
    const checkouts = [checkoutId, onItsWay].map((id) => ({ checkoutId: id }))
    const basket = async () => ({ customerId, kinds: { checkouts }, cutShort: [] })
    const otherContexts = { ...ordering.ports.otherContexts, basket }
    await pool().query("UPDATE erasure_request SET look_at = now() WHERE customer_id = $1", [customerId])
    const busy = ordering.appWith({ otherContexts })
    await busy.tick("ordering.erase-when-possible")
    const { body } = await busy.as(customer(customerId))("GET", "customers/me/erasure")
    expect([body.status, body.waitsFor.map(({ orderId }: { orderId: string }) => orderId)]).toEqual([
      "waiting",
      [onItsWay],
    ])
    expect(await traces(customerId)).toEqual(["key", "data", "request", "trail"])
    await lookAgain(customerId)
    expect((await statusOf(customerId)).status).toBe("erased")
  })

  test("loses nothing of what they ordered since; a new order has a key of its own", async () => {
    const { customerId, checkoutId } = await submitted()
    await change(checkoutId, cancelled)
    await request(customerId)
    await pool().query("SELECT pg_sleep(0.002)")
    const since = await submitted({ customerId })
    await lookAgain(customerId)
    expect((await statusOf(customerId)).status).toBe("erased")
    expect(await addressOf(customerId, checkoutId)).toBeUndefined()
    expect(await addressOf(customerId, since.checkoutId)).toMatchObject({ firstName: "Mehmet" })
  })

  test("and orders at the very moment loses no address that is needed", async () => {
    const all = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const { customerId, checkoutId } = await submitted()
        await change(checkoutId, cancelled)
        await request(customerId)
        return customerId
      }),
    )
    await pool().query("UPDATE erasure_request SET look_at = now()")
    const [orders] = await Promise.all([
      Promise.all(all.map((customerId) => submitted({ customerId }))),
      app().tick("ordering.erase-when-possible"),
    ])
    for (const { customerId, checkoutId } of orders) {
      expect((await statusOf(customerId)).status).toBe("erased")
      expect(await addressOf(customerId, checkoutId)).toMatchObject({ firstName: "Mehmet" })
    }
  })

  test("whose data cannot be opened holds nobody else up", async () => {
    const [broken, other] = [await submitted(), await submitted()]
    for (const { customerId, checkoutId } of [broken, other]) {
      await change(checkoutId, cancelled)
      await request(customerId)
    }
    await pool().query("UPDATE customer_key SET key_version = 'gone' WHERE customer_id = $1", [
      broken.customerId,
    ])
    await pool().query("UPDATE erasure_request SET look_at = now()")
    await app().tick("ordering.erase-when-possible")
    expect((await statusOf(other.customerId)).status).toBe("erased")
    expect((await statusOf(broken.customerId)).status).toBe("waiting")
    await pool().query("DELETE FROM erasure_request")
  })
})

describe("what invoice law keeps", () => {
  /** A paid order of a customer who was forgotten. */
  async function archived() {
    const checkout = await submitted()
    const { customerId, checkoutId } = checkout
    await change(checkoutId, ...paid(checkout), cancelled)
    const asked = await request(customerId)
    await lookAgain(customerId)
    return { customerId, checkoutId, asked: asked.body }
  }
  const endOf = (years: number) => `${new Date().getUTCFullYear() + years + 1}-01-01T00:00:00.000Z`

  test("is said, sealed apart without the e-mail address, and read on record by the role alone", async () => {
    const { customerId, checkoutId, asked } = await archived()
    const kept = [{ orderId: checkoutId, what: "name and address on the invoice", until: endOf(10) }]
    expect([asked.kept, (await statusOf(customerId)).kept]).toEqual([kept, kept])
    const path = `operations/orders/${checkoutId}/archived-address`
    const { status, body } = await app().as(officer)("GET", path)
    expect([status, body.keptUntil]).toEqual([200, endOf(10)])
    expect(body.address).toMatchObject({ firstName: "Mehmet", addressLine: "Bağdat Caddesi 1" })
    expect(JSON.stringify(body)).not.toContain("mehmet@example.com")
    for (const caller of [
      customer(customerId),
      { kind: "service" as const, id: "ordering", roles: ["privacy.read"] },
    ])
      expect((await app().as(caller)("GET", path)).status).toBe(403)
    const { rows } = await pool().query("SELECT action FROM audit WHERE subject = $1", [
      `order ${checkoutId}`,
    ])
    expect(rows.map(({ action }) => action)).toEqual(["archived-address.read"])
    expect((await app().as(officer)("GET", `operations/orders/${newId()}/archived-address`)).status).toBe(404)
  })

  test("is not kept of an order that was never paid, and not for ever", async () => {
    const { checkoutId } = await archived()
    const { rows } = await pool().query(
      "SELECT count(*) FROM archived_data JOIN orders ON subject = orders.id::text WHERE NOT state ? 'payment'",
    )
    expect(rows[0].count).toBe(0)
    await ordering.ports.archive.forgetOver(new Date(endOf(10)))
    const gone = await app().as(officer)("GET", `operations/orders/${checkoutId}/archived-address`)
    expect(gone.status).toBe(404)
    expect((await pool().query("SELECT 1 FROM archived_data")).rowCount).toBe(0)
  })
})

describe("after a restore from a backup", () => {
  test("who was forgotten is forgotten again, archive included, and those who came since are not", async () => {
    const checkout = await submitted()
    const { customerId, checkoutId } = checkout
    await change(checkoutId, ...paid(checkout), cancelled)
    const until = new Date(Date.now() + 5).toISOString()
    await pool().query("SELECT pg_sleep(0.02)")
    const since = await submitted({ customerId })
    const erasures = [{ customerId, until }]
    for (let said = 0; said < 2; said++) {
      const { status, body } = await app().as(officer)("POST", "operations/erasures", { erasures })
      expect([status, body]).toEqual([200, { erased: 1 }])
    }
    expect(await addressOf(customerId, checkoutId)).toBeUndefined()
    expect(await addressOf(customerId, since.checkoutId)).toMatchObject({ firstName: "Mehmet" })
    const archived = await app().as(officer)("GET", `operations/orders/${checkoutId}/archived-address`)
    expect(archived.body.address).toMatchObject({ firstName: "Mehmet" })
    expect(await announced(customerId)).toEqual([
      { customerId, until },
      { customerId, until },
    ])
  })
})
