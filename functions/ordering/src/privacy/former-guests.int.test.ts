import { newId } from "@eshop/building-blocks/ids"
import { BasketCheckedOut, type Checkout } from "@eshop/domain/contracts/basket-events"
import type { CustomerData } from "@eshop/domain/contracts/customer-data"
import { CustomerErased } from "@eshop/domain/contracts/ordering-events"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { newDatabase } from "../../../../tests/fixtures/new-database.ts"
import { customer, orderingOn } from "../testing/ordering.ts"
import { changeOrders } from "../testing/orders.ts"

let ordering: Awaited<ReturnType<typeof orderingOn>>
/** Who was which guest before, as Basket keeps it, and the checkouts that it knows. */
const guestsOf = new Map<string, string[]>()
const checkoutsOf = new Map<string, string[]>()

beforeAll(async () => {
  ordering = await orderingOn(await newDatabase("ordering"))
})
afterAll(() => ordering?.store.close())
beforeEach(async () => {
  guestsOf.clear()
  checkoutsOf.clear()
  await sql("DELETE FROM erasure_request")
})

const sql = async (text: string, values: unknown[] = []) =>
  (await ordering.store.pool.query(text, values)).rows
const basket = async (customerId: string): Promise<CustomerData> => ({
  customerId,
  kinds: {
    guests: (guestsOf.get(customerId) ?? []).map((guestId) => ({
      guestId,
      mergedAt: new Date().toISOString(),
    })),
    checkouts: (checkoutsOf.get(customerId) ?? []).map((checkoutId) => ({ checkoutId })),
  },
  cutShort: [],
})
const app = (more: object = {}) =>
  ordering.appWith({ otherContexts: { ...ordering.ports.otherContexts, basket }, ...more })
const officer = { kind: "customer" as const, id: "officer", roles: ["privacy.manage"] }
const key = () => ({ "idempotency-key": newId() })
const me = (customerId: string) => app().as(customer(customerId))
const request = (customerId: string) => me(customerId)("POST", "customers/me/erasure", {}, key())
const statusOf = async (customerId: string) => (await me(customerId)("GET", "customers/me/erasure")).body
/** As if the minute had passed that a request waits. */
async function look(more: object = {}) {
  await sql("UPDATE erasure_request SET look_at = now()")
  await app(more).tick("ordering.erase-when-possible")
}
const cancel = (orderId: string) =>
  changeOrders(ordering, orderId, ["cancelOrder", { reason: { code: "test", detail: "A test." } }])

async function submitted(customerId: string, emailAddress?: string): Promise<Checkout> {
  const { checkout, details } = ordering.newCheckout({ customerId })
  if (emailAddress) details.shippingAddress.emailAddress = emailAddress
  await app().publish(BasketCheckedOut, checkout)
  return checkout
}
/** An order that has ended. */
async function ended(customerId: string, emailAddress?: string): Promise<string> {
  const { checkoutId } = await submitted(customerId, emailAddress)
  await cancel(checkoutId)
  return checkoutId
}
const newGuest = () => `guest-${newId()}`
/** Somebody who ordered as a guest, then signed in on the same browser and ordered again. */
async function person() {
  const [account, guest] = [newId(), newGuest()]
  const orders = [await ended(guest), await ended(account)]
  guestsOf.set(account, [guest])
  return { account, guest, orders }
}
/** Which of these customers Ordering still has an address of. */
async function known(...ids: string[]): Promise<string[]> {
  const rows = await sql("SELECT DISTINCT customer_id FROM personal_data WHERE customer_id = ANY($1)", [ids])
  return ids.filter((id) => rows.some(({ customer_id }) => customer_id === id))
}
const announced = async (...ids: string[]) =>
  (
    await sql(
      "SELECT event->'data' AS data FROM outbox WHERE event->>'type' = $1 AND event->>'subject' = ANY($2) ORDER BY position",
      [CustomerErased.type, ids],
    )
  ).map(({ data }) => data)

describe("a person who was a guest before they signed in", () => {
  test("asks once and is forgotten wholly, by two processes at once as well; strangers stay", async () => {
    const { account, guest } = await person()
    const stranger = await person()
    const { body } = await request(account)
    expect(body).toMatchObject({ status: "waiting", guests: [guest], waitsFor: [] })
    await Promise.all([look(), look()])
    await look()
    const until = body.requestedAt
    expect(await announced(account, guest)).toEqual([
      { customerId: account, until },
      { customerId: guest, until },
    ])
    expect(await known(account, guest, stranger.account, stranger.guest)).toEqual([
      stranger.account,
      stranger.guest,
    ])
    expect((await statusOf(account)).status).toBe("erased")
    expect(await sql("SELECT 1 FROM order_contact WHERE customer_id = ANY($1)", [[account, guest]])).toEqual(
      [],
    )
  })

  test("waits with everything for an open order of the guest's, and for a checkout of the guest's", async () => {
    const { account, guest } = await person()
    const open = await submitted(guest)
    await request(account)
    await look()
    const names = async () =>
      (await statusOf(account)).waitsFor.map(({ orderId }: { orderId: string }) => orderId)
    expect([await names(), await known(account, guest)]).toEqual([[open.checkoutId], [account, guest]])
    const onItsWay = newId()
    checkoutsOf.set(guest, [open.checkoutId, onItsWay])
    expect(await names()).toEqual([onItsWay, open.checkoutId])
    await cancel(open.checkoutId)
    await look()
    expect([await names(), await known(account, guest)]).toEqual([[onItsWay], [account, guest]])
    checkoutsOf.clear()
    await look()
    expect(await known(account, guest)).toEqual([])
  })

  test("is told what the law keeps of the guest's invoices, and it is sealed apart", async () => {
    const { account, guest } = await person()
    const { checkoutId, total } = await submitted(guest)
    await changeOrders(
      ordering,
      checkoutId,
      ["confirmStock", {}],
      ["payOrder", { paymentId: "pi_1", captured: total }],
    )
    await cancel(checkoutId)
    expect((await request(account)).body.kept).toMatchObject([{ orderId: checkoutId }])
    await look()
    const kept = await app().as(officer)("GET", `operations/orders/${checkoutId}/archived-address`)
    expect([kept.status, await known(guest)]).toEqual([200, []])
    // Basket has forgotten who was whom by then.
    guestsOf.clear()
    const { status, guests, kept: told } = await statusOf(account)
    const until = kept.body.keptUntil
    const invoice = { orderId: checkoutId, what: "name and address on the invoice", until }
    expect([status, guests, told]).toEqual(["erased", [], [invoice]])
    expect((await statusOf(guest)).kept).toEqual([])
    await ordering.ports.archive.forgetOver(new Date(until))
    expect((await statusOf(account)).kept).toEqual([])
  })

  test("asks again while it waits, and once more when it is done", async () => {
    const { account, guest } = await person()
    const first = await request(account)
    await sql("SELECT pg_sleep(0.002)")
    const second = await request(account)
    expect(second.body.requestedAt > first.body.requestedAt).toBe(true)
    await look()
    await request(account)
    await look()
    expect((await announced(account, guest)).map(({ customerId }) => customerId)).toEqual([
      account,
      guest,
      account,
      guest,
    ])
  })

  test("is forgotten wholly or not at all, wherever it is broken off", async () => {
    const { account, guest } = await person()
    await request(account)
    let told = 0
    const outbox = {
      ...ordering.ports.outbox,
      add: (...args: Parameters<typeof ordering.ports.outbox.add>) =>
        ++told === 2 ? Promise.reject(new Error("dies here")) : ordering.ports.outbox.add(...args),
    }
    await look({ outbox })
    expect([told, await known(account, guest), await announced(account, guest)]).toEqual([
      2,
      [account, guest],
      [],
    ])
    expect((await statusOf(account)).status).toBe("waiting")
    await look()
    expect(await known(account, guest)).toEqual([])
  })

  test("is told by an export what is kept of them as either, and each is on record", async () => {
    const { account, guest, orders } = await person()
    await person()
    const { body } = await me(account)("GET", "customers/me/data")
    const ordersIn = ({
      contexts,
    }: {
      contexts: { ordering: { kinds: { orders: { orderId: string }[] } } }
    }) => contexts.ordering.kinds.orders.map(({ orderId }) => orderId)
    expect(ordersIn(body)).toEqual([orders[1]])
    expect(body.asGuest.map((one: { customerId: string }) => one.customerId)).toEqual([guest])
    expect(ordersIn(body.asGuest[0])).toEqual([orders[0]])
    const trail = await sql("SELECT subject, action, caller FROM audit WHERE caller = $1 ORDER BY position", [
      account,
    ])
    expect(trail).toEqual(
      [account, guest].map((id) => ({ subject: `customer ${id}`, action: "data.exported", caller: account })),
    )
  })
})

describe("nobody can have anybody else forgotten", () => {
  test("the guest's token means the guest alone", async () => {
    const { account, guest } = await person()
    const send = app().as({ kind: "guest", id: guest })
    expect((await send("POST", "customers/me/erasure", {}, key())).body.guests).toEqual([])
    expect((await send("GET", "customers/me/data")).body.asGuest).toEqual([])
    await look()
    expect(await known(account, guest)).toEqual([account])
  })

  test("a second account that showed the guest's token proves nothing by it", async () => {
    const { account, guest } = await person()
    const second = newId()
    await ended(second)
    await request(second)
    await look()
    expect(await known(account, guest, second)).toEqual([account, guest])
  })

  test("whoever types a stranger's e-mail address at a checkout is forgotten, and the stranger is not", async () => {
    const [stranger, typist] = [newId(), newId()]
    const address = `${newId()}@example.com`
    await ended(stranger, address)
    await ended(typist, address)
    await request(typist)
    await look()
    expect(await known(stranger, typist)).toEqual([stranger])
  })
})

describe("by an e-mail address that somebody has checked", () => {
  const find = (email: string, caller: Parameters<ReturnType<typeof app>["as"]>[0] = officer) =>
    app().as(caller)("POST", "operations/customers/by-email", { email })

  test("every customer is found, with what speaks against taking them for one person", async () => {
    const [account, guest] = [newId(), newGuest()]
    const address = `${newId()}@example.com`
    for (const customerId of [account, account, guest]) await ended(customerId, address)
    await ended(account, `${newId()}@example.com`)
    await ended(newId())
    const found = [
      { customerId: account, isGuest: false, orders: 2, ordersWithOthers: 1 },
      { customerId: guest, isGuest: true, orders: 1, ordersWithOthers: 0 },
    ]
    expect((await find(` ${address.toUpperCase()}`)).body.items).toEqual(found)
    const trail = await sql("SELECT action, caller FROM audit WHERE subject = ANY($1)", [
      [account, guest].map((id) => `customer ${id}`),
    ])
    expect(trail).toEqual(Array(2).fill({ action: "customer.found-by-email", caller: "officer" }))
    await app().as(officer)("POST", `operations/customers/${guest}/erasure`, {}, key())
    await look()
    expect((await find(address)).body.items).toEqual(found.slice(0, 1))
    expect((await find(`${newId()}@example.com`)).body).toEqual({ items: [] })
  })

  test("nobody is found by anybody else", async () => {
    const address = `${newId()}@example.com`
    const customerId = newId()
    await ended(customerId, address)
    for (const [caller, status] of [
      [customer(customerId), 403],
      [{ kind: "service", id: "manager", roles: ["orders.manage"] }, 403],
      [{ kind: "anonymous" }, 401],
    ] as const)
      expect((await find(address, caller)).status).toBe(status)
  })
})

test("after a restore the list of the forgotten names both, and both are forgotten again", async () => {
  const { account, guest } = await person()
  const since = new Date()
  await request(account)
  await look()
  const erasures: { customerId: string; until: string }[] = []
  for (let cursor: string | null = ""; cursor !== null; ) {
    const page = await app().as(officer)(
      "GET",
      `operations/erasures?limit=100${cursor && `&cursor=${cursor}`}`,
    )
    erasures.push(...page.body.items)
    cursor = page.body.nextCursor
  }
  const both = erasures.filter(({ customerId }) => customerId === account || customerId === guest)
  expect(both.every(({ until }) => new Date(until) >= since)).toBe(true)
  // As the backup has them, which knows nothing of the request.
  await ended(guest)
  await ended(account)
  await sql("UPDATE personal_data SET kept_at = $2 WHERE customer_id = ANY($1)", [
    [account, guest],
    new Date(0),
  ])
  await sql("UPDATE customer_key SET created_at = $2 WHERE customer_id = ANY($1)", [
    [account, guest],
    new Date(0),
  ])
  guestsOf.clear()
  expect(await known(account, guest)).toEqual([account, guest])
  const again = await app().as(officer)("POST", "operations/erasures", { erasures: both })
  expect([again.body, await known(account, guest)]).toEqual([{ erased: 2 }, []])
})
