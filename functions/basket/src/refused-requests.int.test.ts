import type { Reply, Send } from "@eshop/building-blocks/app/testing/app-under-test"
import { usd } from "@eshop/domain/kernel/money"
import { seedSnapshots } from "@eshop/domain/seed"
import { afterAll, beforeAll, expect, test } from "vitest"
import { codeOf, pointersOf } from "../../../tests/fixtures/http.ts"
import { newDatabase } from "../../../tests/fixtures/new-database.ts"
import {
  type BasketOn,
  basketOn,
  catalogOf,
  checkOut,
  checkoutOf,
  customer,
  guest,
  put,
  shippingAddress,
} from "./testing/basket.ts"
import { freeShipping } from "./testing/shipping.ts"

const IPHONE = "IPHONE-X-BLACK"
const SAMSUNG = "SAMSUNG-10-RED"
const HUAWEI = "HUAWEI-PLUS-WHITE"
const ordering = { kind: "service", id: "ordering", roles: ["basket.checkouts"] } as const

let basket: BasketOn
let app: ReturnType<BasketOn["appWith"]>

beforeAll(async () => {
  basket = await basketOn(await newDatabase("basket"))
  app = basket.appWith({ catalog: catalogOf(seedSnapshots) })
})
afterAll(() => basket?.store.close())

const newCustomer = (): Send => app.as(customer())
const isProblem = (reply: Reply) => reply.headers.get("content-type") === "application/problem+json"

const shopperRoutes: [method: string, path: string, body?: unknown][] = [
  ["GET", "cart"],
  ["POST", "cart/items", { sku: IPHONE }],
  ["PUT", `cart/items/${IPHONE}`, { quantity: 1 }],
  ["DELETE", `cart/items/${IPHONE}`],
  ["PUT", "cart/coupon", { couponCode: "WELCOME10" }],
  ["DELETE", "cart/coupon"],
  ["PUT", "cart/delivery", { country: "DE" }],
]
const customerRoutes: typeof shopperRoutes = [
  ["POST", "cart/hold", {}],
  ["DELETE", "cart/hold"],
  ["POST", "cart/order-again", { orderId: "018f0000-0000-7000-8000-000000000001" }],
  ["POST", "checkout", checkoutOf(1)],
]
const key = { "idempotency-key": "k" }

test.each([...shopperRoutes, ...customerRoutes])("%s %s is not for a service", async (method, path, body) => {
  const before = await basket.everything()
  const reply = await app.as(ordering)(method, path, body, key)
  expect([reply.status, codeOf(reply), isProblem(reply)]).toEqual([403, "auth.forbidden", true])
  expect(await basket.everything()).toEqual(before)
})

test.each([...customerRoutes, ["POST", "cart/merge", {}] as const])(
  "%s %s is for who has a cart: not for nobody",
  async (method, path, body) => {
    const before = await basket.everything()
    const reply = await app.as({ kind: "anonymous" })(method, path, body, key)
    expect([reply.status, codeOf(reply), isProblem(reply)]).toEqual([401, "auth.required", true])
    expect(await basket.everything()).toEqual(before)
  },
)

const { id: _, version: __, ...terms } = freeShipping
test.each<(typeof shopperRoutes)[number]>([
  ["PUT", "shipping-methods/pigeon", terms],
  ["DELETE", "shipping-methods/free"],
  ["GET", "audit"],
  ["GET", "checkouts/018f0000-0000-7000-8000-000000000001"],
])("%s %s needs its role", async (method, path, body) => {
  const before = await basket.everything()
  const replies = [
    await newCustomer()(method, path, body),
    await app.as(guest())(method, path, body),
    await app.as({ kind: "service", id: "discount", roles: ["discount.write"] })(method, path, body),
  ]
  expect(replies.map(codeOf)).toEqual(["auth.forbidden", "auth.required", "auth.forbidden"])
  expect(await basket.everything()).toEqual(before)
})

const CARD = "4242 4242 4242 4242"
const address = (more: object) => checkoutOf(1, { shippingAddress: { ...shippingAddress, ...more } })
test.each<[method: string, path: string, body: unknown, pointers: string[]]>([
  ["PUT", "cart/items/x", { quantity: 1 }, ["/sku"]],
  ["PUT", `cart/items/${IPHONE}?quantity=2`, undefined, ["/quantity"]],
  ["PUT", `cart/items/${IPHONE}`, { quantity: 1, sku: SAMSUNG }, ["/sku"]],
  ["PUT", `cart/items/${IPHONE}`, undefined, ["/quantity"]],
  ["PUT", `cart/items/${IPHONE}`, [1], [""]],
  ["PUT", `cart/items/${IPHONE}`, { quantity: 0 }, ["/quantity"]],
  ["PUT", `cart/items/${IPHONE}`, { quantity: "2" }, ["/quantity"]],
  ["PUT", `cart/items/${IPHONE}`, { quantity: 1.5 }, ["/quantity"]],
  ["PUT", `cart/items/${IPHONE}`, { quantity: 1_000_001 }, ["/quantity"]],
  ["PUT", `cart/items/${IPHONE}`, { quantity: 1, price: usd(1), "a/b~c": 1 }, ["/price", "/a~1b~0c"]],
  ["DELETE", "cart/items/x", undefined, ["/sku"]],
  ["POST", "cart/items", { quantity: 1 }, ["/sku"]],
  ["POST", "cart/items", { sku: IPHONE, quantity: 0, price: 1 }, ["/quantity", "/price"]],
  ["PUT", "cart/coupon", {}, ["/couponCode"]],
  ["PUT", "cart/coupon", { couponCode: "a b" }, ["/couponCode"]],
  ["PUT", "cart/coupon", { couponCode: "ıphone150" }, ["/couponCode"]],
  ["PUT", "cart/coupon", { couponCode: "4242-4242-4242-4242" }, ["/couponCode"]],
  ["PUT", "cart/delivery", { country: "Germany", city: "Bonn" }, ["/country", "/city"]],
  ["PUT", "cart/delivery", { state: "4242 4242 4242 4242" }, ["/state"]],
  ["GET", "cart?country=de", undefined, ["/country"]],
  ["POST", "cart/hold", { minutes: 5 }, ["/minutes"]],
  ["POST", "cart/order-again", { orderId: "7" }, ["/orderId"]],
  ["DELETE", `cart/items/${IPHONE}?version=1`, undefined, ["/version"]],
  ["POST", "checkout", {}, ["/expectedTotal", "/shippingAddress", "/paymentMethod"]],
  ["POST", "checkout", checkoutOf(-1), ["/expectedTotal/amount"]],
  ["POST", "checkout", checkoutOf(1, { expectedTotal: { ...usd(1), tax: 1 } }), ["/expectedTotal/tax"]],
  ["POST", "checkout", checkoutOf(1, { cardNumber: "4242", cvv: "1" }), ["/cardNumber", "/cvv"]],
  ["POST", "checkout", checkoutOf(1, { lines: [], total: usd(1) }), ["/lines", "/total"]],
  ["POST", "checkout", checkoutOf(1, { couponCode: "WELCOME10" }), ["/couponCode"]],
  ["POST", "checkout", checkoutOf(1, { shippingMethod: "Express!" }), ["/shippingMethod"]],
  ["POST", "checkout", address({ country: "Türkiye" }), ["/shippingAddress/country"]],
  ["POST", "checkout", address({ emailAddress: "x" }), ["/shippingAddress/emailAddress"]],
  ["POST", "checkout", address({ firstName: "\u200b" }), ["/shippingAddress/firstName"]],
  ["POST", "checkout", address({ firstName: "a\u0000b" }), ["/shippingAddress/firstName"]],
  ["POST", "checkout", address({ lastName: "\ud800" }), ["/shippingAddress/lastName"]],
  // What may be a card number, wherever a text is free.
  ["POST", "checkout", checkoutOf(1, { paymentMethod: "4242424242424242" }), ["/paymentMethod"]],
  ["POST", "checkout", checkoutOf(1, { paymentMethod: "pm_4242424242424242" }), ["/paymentMethod"]],
  ["POST", "checkout", address({ firstName: CARD }), ["/shippingAddress/firstName"]],
  ["POST", "checkout", address({ lastName: CARD }), ["/shippingAddress/lastName"]],
  ["POST", "checkout", address({ addressLine: `Street 1, ${CARD}` }), ["/shippingAddress/addressLine"]],
  ["POST", "checkout", address({ country: CARD }), ["/shippingAddress/country"]],
  ["POST", "checkout", address({ state: CARD }), ["/shippingAddress/state"]],
  ["POST", "checkout", address({ zipCode: "4242424242424242" }), ["/shippingAddress/zipCode"]],
  [
    "POST",
    "checkout",
    address({ emailAddress: "4242424242424242@example.com" }),
    ["/shippingAddress/emailAddress"],
  ],
  [
    "POST",
    "checkout",
    `{"shippingMethod":${"[".repeat(200_000)}${"]".repeat(200_000)}}`,
    [`/shippingMethod${"/0".repeat(31)}`],
  ],
])("%s %s with malformed input names the members (%#)", async (method, path, body, pointers) => {
  const send = newCustomer()
  const before = await basket.everything()
  const reply = await send(method, path, body, { "idempotency-key": "malformed" })
  expect([reply.status, codeOf(reply), isProblem(reply)]).toEqual([400, "request.invalid", true])
  expect(pointersOf(reply)).toEqual(pointers)
  expect(await basket.everything()).toEqual(before)
})

test.each<[code: string, status: number, method: string, path: string, body: unknown, headers: object]>([
  ["request.malformed", 400, "PUT", `cart/items/${IPHONE}`, "{", {}],
  ["request.malformed", 400, "POST", "checkout", '{"a":', key],
  ["request.if-match", 400, "PUT", `cart/items/${IPHONE}`, { quantity: 1 }, { "if-match": "7" }],
  ["idempotency-key.missing", 400, "POST", "checkout", checkoutOf(1), {}],
  ["idempotency-key.missing", 400, "POST", "cart/items", { sku: IPHONE }, {}],
  ["idempotency-key.missing", 400, "POST", "checkout", checkoutOf(1), { "idempotency-key": "a b" }],
  [
    "idempotency-key.card-number",
    400,
    "POST",
    "checkout",
    checkoutOf(1),
    { "idempotency-key": "4242424242424242" },
  ],
  ["request.media-type", 415, "POST", "checkout", "{}", { ...key, "content-type": "text/plain" }],
  ["request.content-coding", 415, "POST", "checkout", "{}", { ...key, "content-encoding": "gzip" }],
  [
    "request.too-large",
    413,
    "POST",
    "checkout",
    checkoutOf(1, { shippingMethod: "a".repeat(1_048_576) }),
    key,
  ],
])("%s is answered with %d and changes nothing (%#)", async (code, status, method, path, body, headers) => {
  const send = newCustomer()
  const before = await basket.everything()
  const reply = await send(method, path, body, { ...headers })
  expect([reply.status, codeOf(reply), isProblem(reply)]).toEqual([status, code, true])
  expect(await basket.everything()).toEqual(before)
})

test("a failing database is not told to the client", async () => {
  const send = newCustomer()
  await put(send, HUAWEI, 1)
  await basket.pool.query("ALTER TABLE checkout RENAME TO checkout_away")
  try {
    const reply = await checkOut(send, checkoutOf(650_00), "broken")
    expect([reply.status, codeOf(reply)]).toEqual([500, "internal"])
    expect(JSON.stringify(reply.body)).not.toMatch(/checkout_|relation|postgres|\.ts/)
  } finally {
    await basket.pool.query("ALTER TABLE checkout_away RENAME TO checkout")
  }
  expect((await checkOut(send, checkoutOf(650_00), "broken")).status).toBe(202)
})
