import { ProductChanged } from "@eshop/domain/contracts/catalog-events"
import { couponExpired } from "@eshop/domain/discount/coupon"
import { usd } from "@eshop/domain/kernel/money"
import type { Cloud } from "@eshop/local-cloud/cloud"
import { afterAll, beforeAll, expect, test, vi } from "vitest"
import { atOnce } from "../../../../tests/fixtures/calls.ts"
import { codeOf } from "../../../../tests/fixtures/http.ts"
import { startParts } from "../../../../tests/fixtures/local-parts.ts"
import {
  type BasketOn,
  basketOn,
  checkOut,
  checkoutOf,
  customer,
  newProduct,
  put,
} from "../testing/basket.ts"
import type { CheckoutPorts, Discounts } from "./ports.ts"

let cloud: Cloud
let basket: BasketOn

beforeAll(async () => {
  cloud = await startParts(["postgres"])
  basket = await basketOn(cloud.connections.postgres.basket)
})
afterAll(async () => {
  await basket?.store.close()
  await cloud?.stop()
})

/** A customer whose cart holds one thing at this price. */
async function cartWorth(amount: number, ports: Partial<CheckoutPorts> = {}) {
  const app = basket.appWith(ports)
  const product = newProduct(amount)
  await app.publish(ProductChanged, product)
  const { id } = customer()
  const send = app.as(customer(id))
  expect((await put(send, product.sku, 1)).status).toBe(200)
  return { app, product, id, send }
}

test("a changed price is seen in the cart, and at the checkout it must be agreed to again", async () => {
  const { app, product, send } = await cartWorth(500)
  await put(send, product.sku, 3)
  const variants = product.variants.map((variant) => ({ ...variant, price: usd(600) }))
  await app.publish(ProductChanged, { ...product, version: 2, variants })
  expect((await send("GET", "cart")).body).toMatchObject({ subtotal: usd(1800), version: 2 })
  const refused = await checkOut(send, checkoutOf(1500))
  expect([codeOf(refused), refused.body.total]).toEqual(["checkout.total-changed", usd(1800)])
  expect((await checkOut(send, checkoutOf(1800))).body.total).toEqual(usd(1800))
})

test("the same quantity again is no change", async () => {
  const { product, send } = await cartWorth(500)
  const first = await put(send, product.sku, 3)
  const trail = await basket.count("cart_audit")
  expect((await put(send, product.sku, 3)).body).toEqual(first.body)
  expect(await basket.count("cart_audit")).toBe(trail)
})

test("a line whose like could not be counted is refused by its rule, and nothing is written", async () => {
  const { app, send } = await cartWorth(500)
  const dear = newProduct(Math.floor(Number.MAX_SAFE_INTEGER / 100))
  await app.publish(ProductChanged, dear)
  const before = await basket.everything()
  const refused = await put(send, dear.sku, 2)
  expect([refused.status, codeOf(refused)]).toEqual([422, "cart.total-out-of-range"])
  expect(await basket.everything()).toEqual(before)
  expect((await put(send, dear.sku, 1)).status).toBe(200)
})

test("a cart that changes while it is checked out is a conflict, and nothing is written", async () => {
  const meanwhile: Discounts = {
    async quote() {
      await put(send, product.sku, 2)
      return { lines: [], unavailable: false }
    },
  }
  const { product, send } = await cartWorth(500, { discounts: meanwhile })
  const [checkouts, events] = [await basket.count("checkout"), await basket.count("outbox")]
  const refused = await checkOut(send, checkoutOf(500, { couponCode: "ANY-1" }))
  expect([refused.status, codeOf(refused), refused.body.version]).toEqual([409, "cart.changed", 2])
  expect([await basket.count("checkout"), await basket.count("outbox")]).toEqual([checkouts, events])
  expect((await send("GET", "cart")).body).toMatchObject({ subtotal: usd(1000), version: 2 })
})

test("a checkout that dies at any of its writes leaves no trace", async () => {
  const dies = () => Promise.reject(new Error("dies here"))
  const { outbox, carts, personalData, checkouts } = basket.ports
  const { id } = await cartWorth(500)
  const before = await basket.everything()
  const broken: Partial<CheckoutPorts>[] = [
    { checkouts: { ...checkouts, add: dies } },
    { personalData: { ...personalData, put: dies } },
    { carts: { ...carts, save: dies } },
    { outbox: { ...outbox, add: dies } },
  ]
  for (const ports of broken) {
    const reply = await checkOut(basket.appWith(ports).as(customer(id)), checkoutOf(500), "dies")
    expect([reply.status, codeOf(reply)]).toEqual([500, "internal"])
    expect(await basket.everything()).toEqual(before)
  }
  expect((await checkOut(basket.appWith().as(customer(id)), checkoutOf(500), "dies")).status).toBe(202)
})

test("8 checkouts of one cart at once are one checkout and one event", async () => {
  const { send } = await cartWorth(500)
  const [checkouts, events] = [await basket.count("checkout"), await basket.count("outbox")]
  const replies = await atOnce(8, () => checkOut(send, checkoutOf(500)))
  expect(replies.map(({ status }) => status).sort()).toEqual([202, ...Array(7).fill(409)])
  expect([await basket.count("checkout"), await basket.count("outbox")]).toEqual([checkouts + 1, events + 1])
})

test("Discount is asked for what is in the cart, and only with a coupon", async () => {
  const quote = vi.fn<Discounts["quote"]>(async () =>
    couponExpired({ validUntil: "2026-01-01T00:00:00.000Z" }),
  )
  const { product, send } = await cartWorth(500, { discounts: { quote } })
  const refused = await checkOut(send, checkoutOf(500, { couponCode: "old-1" }))
  expect([refused.status, codeOf(refused), refused.body.validUntil]).toEqual([
    422,
    "coupon.expired",
    "2026-01-01T00:00:00.000Z",
  ])
  expect(quote.mock.calls).toEqual([
    [
      "OLD-1",
      [
        {
          sku: product.sku,
          productId: product.productId,
          name: "Phone",
          quantity: 1,
          unitPrice: usd(500),
        },
      ],
    ],
  ])
  expect((await checkOut(send, checkoutOf(500))).status).toBe(202)
  expect(quote).toHaveBeenCalledTimes(1)
})

test("without Discount the full price is taken, flagged and agreed to, and no coupon is used", async () => {
  const away: Discounts = { quote: async () => ({ lines: [], unavailable: true }) }
  const { id, send } = await cartWorth(1000, { discounts: away })
  const first = await checkOut(send, checkoutOf(900, { couponCode: "WELCOME10" }))
  expect(first.body).toMatchObject({ total: usd(1000), discountUnavailable: true })
  const agreed = await checkOut(send, checkoutOf(1000, { couponCode: "WELCOME10" }))
  expect(agreed.body).toMatchObject({ total: usd(1000), discount: usd(0), discountUnavailable: true })
  const { rows } = await basket.pool.query("SELECT data FROM checkout WHERE customer_id = $1", [id])
  expect(rows.map(({ data }) => [data.couponCodes, data.discountUnavailable])).toEqual([[[], true]])
})
