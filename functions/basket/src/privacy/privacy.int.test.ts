import { ProductChanged } from "@eshop/domain/contracts/catalog-events"
import { getCustomerData } from "@eshop/domain/contracts/customer-data"
import { CustomerErased } from "@eshop/domain/contracts/ordering-events"
import { requestOf } from "@eshop/domain/contracts/route"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { newDatabase } from "../../../../tests/fixtures/new-database.ts"
import {
  type BasketOn,
  basketOn,
  checkOut,
  checkoutOf,
  customer,
  guest,
  newProduct,
  put,
  shippingAddress,
} from "../testing/basket.ts"

let basket: BasketOn
const product = newProduct(500)

beforeAll(async () => {
  basket = await basketOn(await newDatabase("basket"))
  await app().publish(ProductChanged, product)
})
afterAll(() => basket?.store.close())

const app = () => basket.appWith()
const ordering = { kind: "service", id: "ordering", roles: ["privacy.read"] } as const
const officer = { kind: "customer", id: "officer", roles: ["privacy.manage"] } as const
const pathOf = (customerId: string) => requestOf(getCustomerData, { customerId }).path.slice(1)
const dataOf = async (customerId: string) => (await app().as(ordering)("GET", pathOf(customerId))).body
const erase = (customerId: string, until?: Date) =>
  app().publish(CustomerErased, { customerId, ...(until && { until: until.toISOString() }) })

/** A customer with a checkout, and a cart filled anew after it. */
async function shopper(caller = customer()) {
  const send = app().as(caller)
  await put(send, product.sku, 1)
  const { status, body } = await checkOut(send, checkoutOf(500))
  expect(status).toBe(202)
  await put(send, product.sku, 2)
  return { id: caller.id, send, orderId: body.orderId as string }
}
/** A moment behind everything that was written, and before what follows. */
async function now(): Promise<Date> {
  const { rows } = await basket.pool.query("SELECT clock_timestamp() AS at, pg_sleep(0.002)")
  return new Date(rows[0].at.getTime() + 1)
}
const textOf = async () => JSON.stringify(await basket.everything())

describe("what is kept of a customer", () => {
  test("is told with cart, checkouts, addresses and trail; to the role alone", async () => {
    const { id, orderId } = await shopper()
    const { kinds, ...rest } = await dataOf(id)
    expect(rest).toEqual({ customerId: id, cutShort: [] })
    expect(kinds.carts).toMatchObject([
      { customerId: id, items: [{ sku: product.sku, quantity: 2 }], version: 3 },
    ])
    expect(kinds.checkouts).toMatchObject([
      { checkoutId: orderId, shippingAddress, checkout: { total: { amount: 500 } } },
    ])
    expect(kinds.trail.map(({ action }: { action: string }) => action)).toEqual([
      "item.set",
      "checked-out",
      "item.set",
    ])
    for (const caller of [customer(id), officer, { kind: "anonymous" } as const])
      expect((await app().as(caller)("GET", pathOf(id))).status).toBe(caller.kind === "anonymous" ? 401 : 403)
  })

  test("is nothing of somebody unknown", async () => {
    expect(await dataOf("nobody")).toEqual({
      customerId: "nobody",
      kinds: { carts: [], checkouts: [], trail: [], guests: [] },
      cutShort: [],
    })
  })
})

describe("a customer who was forgotten", () => {
  test("is nowhere but on the list; the trail stays, and the others stay as they are", async () => {
    const { id, orderId } = await shopper()
    const other = await shopper()
    const before = await dataOf(other.id)
    const trail = (await dataOf(id)).kinds.trail.map(({ action, change }: never) => [action, change])
    // Told again, and once more, it is the same.
    const until = await now()
    for (let told = 0; told < 2; told++) await erase(id, until)

    expect((await dataOf(id)).kinds).toEqual({ carts: [], checkouts: [], trail: [], guests: [] })
    const { rows } = await basket.pool.query(
      "SELECT caller, subject, action, change FROM audit WHERE subject LIKE 'cart erased-%' ORDER BY position DESC",
    )
    expect(rows.map(({ action, change }) => [action, change])).toEqual(trail)
    expect(new Set(rows.map(({ caller, subject }) => subject === `cart ${caller}`))).toEqual(new Set([true]))
    expect(await basket.pool.query("SELECT 1 FROM checkout WHERE id = $1", [orderId])).toMatchObject({
      rowCount: 0,
    })
    expect(await dataOf(other.id)).toEqual(before)
    const list = await app().as(officer)("GET", "operations/erasures?limit=100")
    expect(list.body.items).toContainEqual({ customerId: id, until: until.toISOString() })
    // What was sent already, and who repeats a request within a day: both go by themselves.
    await basket.pool.query("DELETE FROM outbox")
    await basket.pool.query("DELETE FROM idempotent_request")
    expect(await textOf()).not.toContain(id)
  })

  test("who comes again meanwhile keeps what they did since", async () => {
    const { id } = await shopper()
    const until = await now()
    const again = await shopper(customer(id))
    await erase(id, until)
    const { kinds } = await dataOf(id)
    expect(kinds.carts).toMatchObject([{ items: [{ quantity: 2 }] }])
    expect(kinds.checkouts).toMatchObject([{ checkoutId: again.orderId, shippingAddress }])
    await erase(id)
    expect((await dataOf(id)).kinds).toEqual({ carts: [], checkouts: [], trail: [], guests: [] })
  })

  test("was a guest before: neither trail tells of the other", async () => {
    const visitor = guest()
    await put(app().as(visitor), product.sku, 1)
    const signedIn = { ...customer(), guest: visitor.id }
    expect((await app().as(signedIn)("POST", "cart/merge", {})).status).toBe(200)
    expect((await dataOf(signedIn.id)).kinds.guests).toEqual([
      { guestId: visitor.id, mergedAt: expect.stringMatching(/Z$/) },
    ])
    expect((await dataOf(visitor.id)).kinds.guests).toEqual([])
    await erase(signedIn.id)
    const guests = (await dataOf(visitor.id)).kinds.trail
    expect(guests.map(({ action }: { action: string }) => action)).toEqual(["merged-into", "item.set"])
    expect(JSON.stringify(guests)).not.toContain(signedIn.id)
    const { rows } = await basket.pool.query(
      "SELECT change FROM audit WHERE action = 'merged-from' AND subject LIKE 'cart erased-%' AND change ? 'customerId'",
    )
    expect(rows).toEqual([])
  })

  test("is nobody's guest of before any more, whichever of the two is forgotten; a merge of since stays", async () => {
    const { guestAccounts } = basket.ports
    const merge = async () => {
      const [visitor, account] = [guest(), customer()]
      await app().as({ ...account, guest: visitor.id })("POST", "cart/merge", {})
      return [visitor.id, account.id] as const
    }
    const [guestFirst, accountFirst] = [await merge(), await merge()]
    const until = await now()
    const since = await merge()
    for (const id of [guestFirst[0], accountFirst[1], since[1]]) await erase(id, until)
    const left = await Promise.all(
      [guestFirst, accountFirst, since].map(([, account]) => guestAccounts.guestsOf(account, 10)),
    )
    expect(left.map((guests) => guests.map(({ guestId }) => guestId))).toEqual([[], [], [since[0]]])
  })

  test("may buy again: with a key of their own, in a cart that begins anew", async () => {
    const { id } = await shopper()
    await erase(id)
    const { send, orderId } = await shopper(customer(id))
    expect((await send("GET", "cart")).body.version).toBe(3)
    expect((await dataOf(id)).kinds.checkouts).toMatchObject([{ checkoutId: orderId, shippingAddress }])
  })
})

test("addresses of 30 days ago and trails of a year ago are forgotten, younger ones kept", async () => {
  const [old, young] = [await shopper(), await shopper()]
  const age = async (id: string, days: number) => {
    await basket.pool.query(
      "UPDATE personal_data SET kept_at = kept_at - make_interval(days => $2) WHERE customer_id = $1",
      [id, days],
    )
    await basket.pool.query(
      "UPDATE audit SET at = at - make_interval(days => $2) WHERE subject = 'cart ' || $1",
      [id, days === 31 ? 366 : 364],
    )
  }
  await age(old.id, 31)
  await age(young.id, 29)
  await app().tick("basket.forget-old")
  const kept = async (id: string) => {
    const { kinds } = await dataOf(id)
    const keys = await basket.pool.query("SELECT 1 FROM customer_key WHERE customer_id = $1", [id])
    return [kinds.checkouts.map((one: object) => "shippingAddress" in one), kinds.trail.length, keys.rowCount]
  }
  expect([await kept(old.id), await kept(young.id)]).toEqual([
    [[false], 0, 0],
    [[true], 3, 1],
  ])
})

test("the list of the forgotten and the keys are for their role alone", async () => {
  for (const caller of [customer(), ordering])
    for (const [method, path] of [
      ["GET", "operations/erasures"],
      ["POST", "operations/personal-data/rewrap"],
    ] as const)
      expect((await app().as(caller)(method, path, method === "POST" ? {} : undefined)).status).toBe(403)
  const { status, body } = await app().as(officer)("POST", "operations/personal-data/rewrap", {})
  expect([status, body.rewrapped, body.versions.map(({ version }: { version: string }) => version)]).toEqual([
    200,
    0,
    ["test"],
  ])
})
