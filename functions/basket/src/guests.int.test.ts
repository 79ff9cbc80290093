import type { Send } from "@eshop/building-blocks/app/testing/app-under-test"
import { ProductChanged } from "@eshop/domain/contracts/catalog-events"
import { usd } from "@eshop/domain/kernel/money"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { atOnce } from "../../../tests/fixtures/calls.ts"
import { codeOf } from "../../../tests/fixtures/http.ts"
import { newDatabase } from "../../../tests/fixtures/new-database.ts"
import {
  add,
  type BasketOn,
  basketOn,
  checkOut,
  checkoutOf,
  customer,
  guest,
  holdsInMemory,
  newProduct,
  put,
  testGuests,
  testOrderTokens,
} from "./testing/basket.ts"

let basket: BasketOn
let app: ReturnType<BasketOn["appWith"]>
let nobody: Send

beforeAll(async () => {
  basket = await basketOn(await newDatabase("basket"))
  app = basket.appWith()
  nobody = app.as({ kind: "anonymous" })
})
afterAll(() => basket?.store.close())

async function sold(amount: number, more: Parameters<typeof newProduct>[2] = {}): Promise<string> {
  const product = newProduct(amount, {}, more)
  await app.publish(ProductChanged, product)
  return product.sku
}
const cookieOf = (reply: { headers: Headers }) => (reply.headers.get("set-cookie") ?? "").split(";")[0] ?? ""
const linesOf = (reply: { body: { lines: { sku: string; quantity: number }[] } }) =>
  reply.body.lines.map(({ sku, quantity }) => [sku, quantity])

describe("whoever is nobody", () => {
  test("reads an empty cart, and is still nobody", async () => {
    const before = await basket.everything()
    const reply = await nobody("GET", "cart")
    expect([reply.status, reply.body.lines, reply.headers.get("set-cookie")]).toEqual([200, [], null])
    expect(reply.body).not.toHaveProperty("customerId")
    expect(await basket.everything()).toEqual(before)
  })

  test("becomes a guest with the first thing in the cart, and is one as long as the cookie is sent", async () => {
    const sku = await sold(500)
    const first = await add(nobody, sku, 2)
    expect(first.status).toBe(200)
    expect(first.body.customerId).toMatch(/^guest-/)
    expect(first.headers.get("set-cookie")).toMatch(
      /^guest=[\w.-]+; Path=\/; Max-Age=7776000; HttpOnly; SameSite=Lax$/,
    )
    const again = await nobody("GET", "cart", undefined, { cookie: cookieOf(first) })
    expect(again.body).toEqual(first.body)
    expect(again.headers.get("set-cookie")).toBeNull()
    expect((await nobody("GET", "cart")).body.lines).toEqual([])
  })

  test("gets a cookie that is bound to host and HTTPS where there is HTTPS, and no other counts there", async () => {
    const sku = await sold(500)
    const https = { "x-forwarded-proto": "https" }
    const first = await put(nobody, sku, 1, https)
    expect(first.headers.get("set-cookie")).toMatch(/^__Host-guest=.+; HttpOnly; SameSite=Lax; Secure$/)
    const cookie = cookieOf(first)
    expect((await nobody("GET", "cart", undefined, { ...https, cookie })).body).toEqual(first.body)
    const plain = cookie.replace("__Host-", "")
    expect((await nobody("GET", "cart", undefined, { ...https, cookie: plain })).body.lines).toEqual([])
  })

  test("gets the token in a header instead when it sends that header", async () => {
    const sku = await sold(500)
    const first = await put(nobody, sku, 1, { "x-guest-token": "new" })
    const token = first.headers.get("x-guest-token") as string
    expect([first.headers.get("set-cookie"), token.length > 60]).toEqual([null, true])
    expect((await nobody("GET", "cart", undefined, { "x-guest-token": token })).body).toEqual(first.body)
  })

  test("stays nobody when the first write is refused", async () => {
    const before = await basket.everything()
    const refused = await add(nobody, "NO-SUCH", 1)
    expect([refused.status, refused.headers.get("set-cookie")]).toEqual([404, null])
    expect(await basket.everything()).toEqual(before)
  })
})

describe("a token that does not count", () => {
  const { id } = guest()
  const token = testGuests.issue(id, new Date())
  const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000)
  test.each([
    ["another guest's id", token.replace(id, guest().id)],
    ["another time", token.replace(/\.(\d+)\./, (_, seconds) => `.${Number(seconds) + 1}.`)],
    ["another signature", `${token.slice(0, -4)}AAAA`],
    ["a key that is not there", token.replace("test.", "other.")],
    ["its end behind it", testGuests.issue(id, daysAgo(90))],
    ["nothing in it", ""],
    ["another form", "a.b.c"],
  ])("for %s is nobody's, and the next write makes a new guest", async (_, forged) => {
    const sku = await sold(500)
    await put(app.as(guest(id)), sku, 1)
    const headers = { cookie: `guest=${forged}` }
    expect((await nobody("GET", "cart", undefined, headers)).body.lines).toEqual([])
    const written = await put(nobody, sku, 3, headers)
    expect(written.body.customerId).not.toBe(id)
    expect(cookieOf(written)).toMatch(/^guest=test\./)
  })

  test("a token that is older than a day is renewed by any answer, so that one in use does not end", async () => {
    const old = testGuests.issue(id, daysAgo(89))
    const reply = await nobody("GET", "cart", undefined, { cookie: `other=1; guest=${old}` })
    const renewed = cookieOf(reply).slice("guest=".length)
    expect(testGuests.read(renewed, new Date(Date.now() + 60 * 86_400_000))?.id).toBe(id)
  })
})

test("a guest checks out as whoever they are, and is no customer's namesake", async () => {
  const sku = await sold(500)
  const first = await put(nobody, sku, 1)
  const cookie = { cookie: cookieOf(first) }
  const reply = await checkOut(nobody, checkoutOf(500), "guest", cookie)
  expect(reply.status).toBe(202)
  const { rows } = await basket.pool.query("SELECT customer_id FROM checkout WHERE id = $1", [
    reply.body.orderId,
  ])
  expect(rows).toEqual([{ customer_id: first.body.customerId }])
})

test("a guest gets the order's token with each answer to the checkout, and it lies nowhere", async () => {
  const first = await put(nobody, await sold(500), 1)
  const cookie = { cookie: cookieOf(first) }
  const replies = [
    await checkOut(nobody, checkoutOf(500), "order-token", cookie),
    await checkOut(nobody, checkoutOf(500), "order-token", cookie),
  ]
  expect(replies.map(({ headers }) => headers.get("idempotent-replayed"))).toEqual([null, "true"])
  for (const { status, headers, body } of replies) {
    const token = headers.get("x-order-token") ?? ""
    expect([status, testOrderTokens.read(token, new Date())?.id]).toEqual([202, body.orderId])
    expect(JSON.stringify(await basket.everything())).not.toContain(token)
  }
  const { id } = customer()
  await put(app.as(customer(id)), await sold(500), 1)
  const signedIn = await checkOut(app.as(customer(id)), checkoutOf(500))
  expect([signedIn.status, signedIn.headers.get("x-order-token")]).toEqual([202, null])
})

describe("a guest who signs in", () => {
  test("finds what they put together in their own cart: quantities are added, coupon and delivery come along", async () => {
    const [both, own, theirs] = [await sold(500), await sold(100), await sold(10)]
    const before = guest()
    await put(app.as(before), both, 2)
    await put(app.as(before), theirs, 3)
    await app.as(before)("PUT", "cart/delivery", { country: "DE" })
    const { id } = customer()
    await put(app.as(customer(id)), own, 1)
    await put(app.as(customer(id)), both, 1)
    const signedIn = app.as({ ...customer(id), guest: before.id })
    const merged = await signedIn("POST", "cart/merge", {})
    expect([merged.status, linesOf(merged)]).toEqual([
      200,
      [
        [own, 1],
        [both, 3],
        [theirs, 3],
      ],
    ])
    expect(merged.body).toMatchObject({
      customerId: id,
      version: 3,
      delivery: { country: "DE" },
      messages: [],
    })
    expect((await app.as(before)("GET", "cart")).body.lines).toEqual([])
    const trail = async (of: string) =>
      (await basket.ports.audit.list({ subject: `cart ${of}`, limit: 1 })).map(({ action, by, change }) => [
        action,
        by.id,
        (change as { customerId: string }).customerId,
      ])
    expect(await trail(id)).toEqual([["merged-from", id, before.id]])
    expect(await trail(before.id)).toEqual([["merged-into", id, id]])
    // Again there is nothing to merge.
    expect((await signedIn("POST", "cart/merge", {})).body).toEqual(merged.body)
  })

  test("is recognised by the guest's token beside the customer's own", async () => {
    const sku = await sold(500)
    const first = await put(nobody, sku, 2)
    const signedIn = app.as(customer())
    const merged = await signedIn("POST", "cart/merge", {}, { cookie: cookieOf(first) })
    expect(linesOf(merged)).toEqual([[sku, 2]])
  })

  test("is a guest no more: whoever uses the browser next is not taken for them", async () => {
    const sku = await sold(500)
    const cookie = cookieOf(await put(nobody, sku, 2))
    const signedIn = app.as(customer())
    expect((await signedIn("GET", "cart", undefined, { cookie })).headers.get("set-cookie")).toBeNull()
    const stale = await signedIn("POST", "cart/merge", {}, { cookie, "if-match": '"99.x"' })
    expect([stale.status, stale.headers.get("set-cookie")]).toEqual([412, null])
    const merged = await signedIn("POST", "cart/merge", {}, { cookie })
    expect(merged.headers.get("set-cookie")).toBe("guest=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax")
    const byHeader = { "x-guest-token": cookie.slice("guest=".length) }
    expect((await signedIn("POST", "cart/merge", {}, byHeader)).headers.get("x-guest-token")).toBe("")
    expect((await signedIn("POST", "cart/merge", {})).headers.get("set-cookie")).toBeNull()
    expect((await nobody("GET", "cart", undefined, { cookie: cookieOf(merged) })).body.lines).toEqual([])
  })

  test("has been that guest from then on, also with an empty cart, and whoever comes second has not", async () => {
    const { guestAccounts } = basket.ports
    const [before, unknown, first, second] = [guest(), guest(), customer(), customer()]
    for (const caller of [first, first, second, first])
      await app.as({ ...caller, guest: before.id })("POST", "cart/merge", {})
    await app.as({ ...first, guest: unknown.id })("POST", "cart/merge", {})
    const guests = (await guestAccounts.guestsOf(first.id, 10)).map(({ guestId }) => guestId)
    expect([guests, await guestAccounts.guestsOf(second.id, 10)]).toEqual([[unknown.id, before.id], []])
    const rivals = Array.from({ length: 8 }, () => customer())
    const contested = guest()
    await Promise.all(
      rivals.map((rival) => app.as({ ...rival, guest: contested.id })("POST", "cart/merge", {})),
    )
    const took = await Promise.all(rivals.map(({ id }) => guestAccounts.guestsOf(id, 10)))
    expect(took.flat().map(({ guestId }) => guestId)).toEqual([contested.id])
  })

  test("twice at once, against changes from both sides, loses and doubles nothing", async () => {
    const [one, other] = [await sold(500), await sold(100)]
    for (let round = 0; round < 5; round++) {
      const before = guest()
      const { id } = customer()
      await put(app.as(before), one, 2)
      const signedIn = app.as({ ...customer(id), guest: before.id })
      const replies = await atOnce(12, (index) =>
        index % 3 === 0
          ? signedIn("POST", "cart/merge", {})
          : index % 3 === 1
            ? add(app.as(before), one, 1)
            : add(app.as(customer(id)), other, 1),
      )
      expect(replies.map(({ status }) => status)).toEqual(Array(12).fill(200))
      const last = await signedIn("POST", "cart/merge", {})
      expect(Object.fromEntries(linesOf(last))).toEqual({ [one]: 6, [other]: 4 })
    }
  })

  test("is told what was capped: by a rule, and by the size of a cart", async () => {
    const capped = await sold(500, { quantity: { min: 1, max: 5, step: 1 } })
    const before = guest()
    const { id } = customer()
    await put(app.as(before), capped, 4)
    await put(app.as(customer(id)), capped, 3)
    const late = await sold(1)
    await put(app.as(before), late, 1)
    const items = Array.from({ length: 99 }, (_, index) => ({ sku: `FILLER-${index}`, quantity: 1 }))
    await basket.pool.query(
      "UPDATE cart SET content = jsonb_set(content, '{items}', content->'items' || $2) WHERE customer_id = $1",
      [id, JSON.stringify(items)],
    )
    const { body } = await app.as({ ...customer(id), guest: before.id })("POST", "cart/merge", {})
    expect(body.messages).toContainEqual({
      type: "quantity-adjusted",
      sku: capped,
      from: 7,
      to: 5,
      because: "max",
    })
    expect(body.messages).toContainEqual({ type: "cart-full", sku: late })
  })

  test("gives back what was held for the guest", async () => {
    const sku = await sold(500)
    const stockHolds = holdsInMemory()
    const held = basket.appWith({ stockHolds })
    const before = guest()
    await put(held.as(before), sku, 2)
    await held.as(before)("POST", "cart/hold", {})
    expect(stockHolds.held.size).toBe(1)
    await held.as({ ...customer(), guest: before.id })("POST", "cart/merge", {})
    expect(stockHolds.held.size).toBe(0)
  })

  test("merges nothing without a guest's token, and not as a guest", async () => {
    const sku = await sold(500)
    const { id } = customer()
    const cart = await put(app.as(customer(id)), sku, 1)
    expect((await app.as(customer(id))("POST", "cart/merge", {})).body).toEqual(cart.body)
    const refused = await app.as(guest())("POST", "cart/merge", {})
    expect([refused.status, codeOf(refused)]).toEqual([401, "auth.required"])
  })

  test("that dies between the two carts leaves both as they were", async () => {
    const sku = await sold(500)
    const before = guest()
    const { id } = customer()
    await put(app.as(before), sku, 1)
    await put(app.as(customer(id)), sku, 1)
    const unchanged = await basket.everything()
    const { carts } = basket.ports
    let saves = 0
    const dying = {
      ...carts,
      save: (...args: Parameters<typeof carts.save>) =>
        ++saves === 2 ? Promise.reject(new Error("dies here")) : carts.save(...args),
    }
    const reply = await basket.appWith({ carts: dying }).as({ ...customer(id), guest: before.id })(
      "POST",
      "cart/merge",
      {},
    )
    expect([reply.status, saves]).toEqual([500, 2])
    expect(await basket.everything()).toEqual(unchanged)
    expect((await app.as(before)("GET", "cart")).body.total).toEqual(usd(500))
  })
})
