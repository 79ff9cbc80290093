import type { Send } from "@eshop/building-blocks/app/testing/app-under-test"
import { DependencyUnavailableError } from "@eshop/building-blocks/failure"
import { NO_DISCOUNT } from "@eshop/domain/basket/checkout"
import { ProductChanged, TaxRatesChanged } from "@eshop/domain/contracts/catalog-events"
import type { Quote, QuoteRequest } from "@eshop/domain/contracts/quotes"
import { usd } from "@eshop/domain/kernel/money"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { codeOf } from "../../../../tests/fixtures/http.ts"
import { newDatabase } from "../../../../tests/fixtures/new-database.ts"
import {
  type BasketOn,
  basketOn,
  checkOut,
  checkoutOf,
  customer,
  discountsOf,
  guest,
  newProduct,
  put,
  shippingAddress,
  taxRatesOf,
} from "../testing/basket.ts"
import { methodOf } from "../testing/shipping.ts"

let basket: BasketOn
let app: ReturnType<BasketOn["appWith"]>

beforeAll(async () => {
  basket = await basketOn(await newDatabase("basket"))
  app = basket.appWith({ discounts })
  await basket.store.unitOfWork.transaction(async (tx) => {
    const { shippingMethods } = basket.ports
    await shippingMethods.remove(tx, "free")
    await shippingMethods.put(tx, methodOf("standard", { price: usd(4_90), freeFrom: usd(100_00) }))
    await shippingMethods.put(tx, methodOf("express", { price: usd(14_90), countries: ["DE", "FR"] }))
  })
  await app.publish(TaxRatesChanged, taxRatesOf("DE"))
})
afterAll(() => basket?.store.close())

/** TEN takes a tenth off each line; FREE takes the shipping; any other coupon has expired. */
const asked: QuoteRequest[] = []
const discounts = discountsOf((request): Quote => {
  asked.push(request)
  const [couponCode] = request.couponCodes
  if (couponCode === undefined) return NO_DISCOUNT
  if (couponCode === "FREE" && request.shipping)
    return { ...NO_DISCOUNT, shipping: [{ couponCode, reason: "free", amount: request.shipping }] }
  if (couponCode !== "TEN")
    return {
      ...NO_DISCOUNT,
      refusedCoupons: [{ code: couponCode, refusal: { code: "coupon.expired", detail: "It has expired." } }],
    }
  const lines = request.lines.map(({ sku, unitPrice, quantity }) => ({
    sku,
    couponCode,
    reason: "10 % off",
    amount: usd((unitPrice.amount * quantity) / 10),
  }))
  const amount = lines.reduce((sum, line) => sum + line.amount.amount, 0)
  const rule = { rule: "TEN", name: "Ten", outcome: "applied" as const, reason: "10 % off all" }
  return { lines, discount: usd(amount), explanations: [{ ...rule, amount: usd(amount) }] }
})

async function withCart(amount: number, quantity = 1): Promise<{ send: Send; sku: string; id: string }> {
  const product = newProduct(amount, { categories: ["018f0000-0000-7000-8000-0000000000c1"] })
  await app.publish(ProductChanged, product)
  const { id } = customer()
  const send = app.as(customer(id))
  await put(send, product.sku, quantity)
  return { send, sku: product.sku, id }
}
const in_ = (country: string) => ({ shippingAddress: { ...shippingAddress, country } })

describe("before the last click the shopper sees", () => {
  test("what a coupon takes off, the tax and the shipping, and pays exactly that", async () => {
    const { send, sku } = await withCart(50_00)
    await send("PUT", "cart/delivery", { country: "DE", shippingMethod: "express" })
    const { body } = await send("PUT", "cart/coupon", { couponCode: "TEN" })
    expect(body).toMatchObject({
      lines: [
        {
          sku,
          discounts: [{ couponCode: "TEN", reason: "10 % off", amount: usd(5_00) }],
          tax: { rate: 20_000, amount: usd(7_50), included: true },
          total: usd(45_00),
        },
      ],
      couponCode: "TEN",
      delivery: { country: "DE", shippingMethod: "express" },
      shipping: {
        method: "express",
        name: { en: "express" },
        price: usd(14_90),
        tax: { rate: 20_000, amount: usd(2_48), included: true },
      },
      subtotal: usd(50_00),
      discount: usd(5_00),
      tax: usd(9_98),
      total: usd(59_90),
      explanations: [{ rule: "TEN", outcome: "applied", amount: usd(5_00) }],
      messages: [],
    })
    const agreed = await checkOut(send, checkoutOf(59_90, in_("DE")))
    expect(agreed.body).toMatchObject({ total: usd(59_90), shipping: usd(14_90), tax: usd(9_98) })
    const { rows } = await basket.pool.query("SELECT data FROM checkout WHERE id = $1", [agreed.body.orderId])
    expect(rows[0].data).toMatchObject({ couponCodes: ["TEN"], shipping: { method: "express" } })
  })

  test("what goes to a country, by a query that changes nothing", async () => {
    const { send } = await withCart(50_00)
    const before = await basket.everything()
    const offers = async (query: string) => {
      const { body } = await send("GET", `cart?${query}`)
      return [
        body.shippingOffers.map((offer: { method: string }) => offer.method),
        body.shipping?.method,
        body.tax,
      ]
    }
    expect(await offers("country=DE&shippingMethod=express")).toEqual([
      ["standard", "express"],
      "express",
      usd(10_81),
    ])
    expect(await offers("country=TR")).toEqual([["standard"], "standard", undefined])
    expect(await offers("")).toEqual([["standard"], "standard", undefined])
    expect(await basket.everything()).toEqual(before)
  })

  test("that a method does not go there: the cheapest that does is taken, and named", async () => {
    const { send } = await withCart(50_00)
    const { body } = await send("PUT", "cart/delivery", { country: "TR", shippingMethod: "express" })
    expect(body).toMatchObject({
      shipping: { method: "standard" },
      messages: [{ type: "shipping-not-offered", method: "express" }],
    })
  })

  test("free shipping from 100.00 on, before discounts", async () => {
    const { send } = await withCart(50_00, 2)
    const { body } = await send("PUT", "cart/coupon", { couponCode: "TEN" })
    expect(body).toMatchObject({ shipping: { price: usd(0) }, total: usd(90_00) })
  })

  test("what a coupon takes off the shipping", async () => {
    const { send } = await withCart(50_00)
    const { body } = await send("PUT", "cart/coupon", { couponCode: "FREE" })
    expect(body).toMatchObject({
      shipping: { price: usd(0), discounts: [{ couponCode: "FREE", amount: usd(4_90) }] },
      discount: usd(0),
      total: usd(50_00),
    })
  })
})

describe("a coupon", () => {
  test("that is refused is said with its reason and not kept: the one before stays", async () => {
    const { send, id } = await withCart(50_00)
    await send("PUT", "cart/coupon", { couponCode: "ten" })
    const { body } = await send("PUT", "cart/coupon", { couponCode: "OLD-1" })
    expect(body).toMatchObject({
      couponCode: "TEN",
      discount: usd(5_00),
      version: 2,
      messages: [
        { type: "coupon-refused", code: "OLD-1", reason: "coupon.expired", detail: "It has expired." },
      ],
    })
    expect((await send("GET", "cart")).body.messages).toEqual([])
    const trail = await basket.ports.audit.list({ subject: `cart ${id}`, limit: 10 })
    expect(trail.map(({ action }) => action)).toEqual(["coupon.set", "item.set"])
  })

  test("that is taken off changes the total back; taking off none changes nothing", async () => {
    const { send } = await withCart(50_00)
    await send("PUT", "cart/coupon", { couponCode: "TEN" })
    const { body } = await send("DELETE", "cart/coupon")
    expect(body).toMatchObject({ discount: usd(0), total: usd(54_90), version: 3 })
    expect(body).not.toHaveProperty("couponCode")
    expect((await send("DELETE", "cart/coupon")).body.version).toBe(3)
  })

  test("that does not count any more is said at the checkout; without it the order is made", async () => {
    const { send, id } = await withCart(50_00)
    const away = basket.appWith({ discounts: discountsOf(() => "unavailable") }).as(customer(id))
    await away("PUT", "cart/coupon", { couponCode: "OLD-1" })
    const refused = await checkOut(send, checkoutOf(49_40))
    expect([refused.status, codeOf(refused)]).toEqual([409, "checkout.total-changed"])
    expect(refused.body).toMatchObject({
      total: usd(54_90),
      refusedCoupons: [{ code: "OLD-1", reason: "coupon.expired", detail: "It has expired." }],
    })
    const agreed = await checkOut(send, checkoutOf(54_90))
    const { rows } = await basket.pool.query("SELECT data FROM checkout WHERE id = $1", [agreed.body.orderId])
    expect(rows[0].data.couponCodes).toEqual([])
  })
})

test("Discount is asked about lines, categories, groups and shipping; about a guest only where a coupon needs it", async () => {
  const { sku, id } = await withCart(50_00)
  const line = {
    sku,
    productId: expect.any(String),
    quantity: 1,
    unitPrice: usd(50_00),
    categories: ["018f0000-0000-7000-8000-0000000000c1"],
  }
  const last = () => asked.at(-1)
  await app.as({ ...customer(id), customerGroups: ["trade"] })("GET", "cart")
  expect(last()).toEqual({
    couponCodes: [],
    lines: [line],
    customerId: id,
    customerGroups: ["trade"],
    shipping: usd(4_90),
  })
  const someone = guest()
  await put(app.as(someone), sku, 1)
  expect(last()).toEqual({ couponCodes: [], lines: [line], shipping: usd(4_90) })
  await app.as(someone)("PUT", "cart/coupon", { couponCode: "TEN" })
  expect(last()).toMatchObject({ couponCodes: ["TEN"], customerId: someone.id })
})

describe("at the checkout", () => {
  test("a method that does not go to the address is refused, with those that do", async () => {
    const { send } = await withCart(50_00)
    const before = await basket.everything()
    const refused = await checkOut(send, checkoutOf(64_90, { shippingMethod: "express" }))
    expect([refused.status, codeOf(refused)]).toEqual([422, "shipping.unavailable"])
    expect(refused.body).toMatchObject({ country: "TR", methods: ["standard"] })
    expect(await basket.everything()).toEqual(before)
  })

  test("the address decides the taxes, whatever the cart was shown with", async () => {
    const { send } = await withCart(50_00)
    expect((await send("GET", "cart?country=TR")).body).not.toHaveProperty("tax")
    const { body } = await checkOut(send, checkoutOf(54_90, in_("DE")))
    expect(body).toMatchObject({ tax: usd(9_15), total: usd(54_90) })
  })

  test("a net price has its tax added, which the customer must have seen", async () => {
    const prices = [{ unitPrice: usd(50_00), minQuantity: 1, taxCategory: "standard", includesTax: false }]
    const product = newProduct(50_00, {}, { prices })
    await app.publish(ProductChanged, product)
    const send = app.as(customer())
    await put(send, product.sku, 1)
    const refused = await checkOut(send, checkoutOf(54_90, in_("DE")))
    expect([refused.status, refused.body.total, refused.body.tax]).toEqual([409, usd(64_90), usd(10_82)])
    expect((await checkOut(send, checkoutOf(64_90, in_("DE")))).status).toBe(202)
  })
})

describe("tax rates", () => {
  test("are asked from Catalog once, where no event has told them", async () => {
    const countries: string[] = []
    const catalogTaxes = {
      rates: async (country: string) => {
        countries.push(country)
        return taxRatesOf(country)
      },
    }
    const { id } = await withCart(50_00)
    const send = basket.appWith({ discounts, catalogTaxes }).as(customer(id))
    for (let look = 0; look < 2; look++)
      expect((await send("GET", "cart?country=FR")).body.tax).toEqual(usd(9_15))
    expect(countries).toEqual(["FR"])
  })

  test("are the newest that were heard of, in whatever order they come", async () => {
    const rates = (version: number, rate: number) => ({
      country: "AT",
      version,
      rates: [{ country: "AT", taxCategory: "standard", rate, validFrom: "2020-01-01T00:00:00.000Z" }],
    })
    for (const [version, rate] of [
      [2, 10_000],
      [1, 5_000],
      [2, 10_000],
    ] as const)
      await app.publish(TaxRatesChanged, rates(version, rate))
    const { send } = await withCart(50_00)
    expect((await send("GET", "cart?country=AT")).body.lines[0].tax.rate).toBe(10_000)
  })

  test("that cannot be had leave the cart readable and the checkout waiting", async () => {
    const catalogTaxes = { rates: () => Promise.reject(new DependencyUnavailableError("catalog")) }
    const { id } = await withCart(50_00)
    const send = basket.appWith({ discounts, catalogTaxes }).as(customer(id))
    const { body } = await send("GET", "cart?country=SE")
    expect([body.total, body.messages]).toEqual([usd(54_90), [{ type: "taxes-unavailable" }]])
    const before = await basket.everything()
    const refused = await checkOut(send, checkoutOf(54_90, in_("SE")))
    expect([refused.status, codeOf(refused)]).toEqual([503, "dependency.unavailable"])
    expect(await basket.everything()).toEqual(before)
  })
})
