import { describe, expect, test } from "vitest"
import { usd } from "../kernel/money.ts"
import { isRefusal } from "../kernel/refusal.ts"
import { seedProducts } from "../seed.ts"
import { type Coupon, ruleOfCoupon } from "./coupon.ts"
import { couponExpired } from "./coupon-refusals.ts"
import type { Cart, NamedRule } from "./engine/cart.ts"
import { cartOf, lineOf, promotionOf } from "./engine/testing/carts.ts"
import { Promotion, ruleOfPromotion } from "./promotion.ts"
import { quote } from "./quote.ts"
import { seedCoupons, seedPromotions } from "./seed.ts"

const phone = lineOf("PHONE-RED", 100_00)
const quoted = (cart: Cart, rules: readonly NamedRule[]) => {
  const answer = quote(cart, rules, [])
  if (isRefusal(answer)) throw new Error(answer.code)
  return answer
}
const coupon = (more: Partial<Coupon>): NamedRule =>
  ruleOfCoupon(
    {
      code: "TEST",
      name: "A coupon",
      enabled: true,
      effect: { kind: "percentage", rate: 10_000 },
      stacking: { sortOrder: 50, combines: false, stops: false },
      uniqueCodes: false,
      version: 1,
      ...more,
    },
    "TEST",
  )

describe("a quote", () => {
  test("adds up, names rules and reasons, and explains each", () => {
    const sale = promotionOf("Sale", { kind: "amount-per-unit", amount: usd(10_00) })
    const free = promotionOf("Free shipping", { kind: "free-shipping" })
    const answer = quoted(cartOf([phone], { shipping: usd(4_90) }), [sale, free, coupon({})])
    expect(answer).toEqual({
      lines: [
        { sku: "PHONE-RED", promotionId: sale.promotionId, reason: "Sale", amount: usd(10_00) },
        { sku: "PHONE-RED", couponCode: "TEST", reason: "A coupon", amount: usd(9_00) },
      ],
      discount: usd(19_00),
      shipping: [{ promotionId: free.promotionId, reason: "Free shipping", amount: usd(4_90) }],
      explanations: [
        {
          rule: sale.promotionId,
          name: "Sale",
          outcome: "applied",
          reason: "1 × 10.00 off PHONE-RED",
          amount: usd(10_00),
        },
        {
          rule: "TEST",
          name: "A coupon",
          outcome: "applied",
          reason: "10 % off the order",
          amount: usd(9_00),
        },
        {
          rule: free.promotionId,
          name: "Free shipping",
          outcome: "applied",
          reason: "The shipping is free",
          amount: usd(4_90),
        },
      ],
    })
  })

  test("says nothing of a shipping that nobody knows, and keeps a coupon for it", () => {
    const answer = quoted(cartOf([phone]), [coupon({ effect: { kind: "free-shipping" } })])
    expect(answer).toMatchObject({ lines: [], explanations: [{ rule: "TEST", outcome: "not-met" }] })
    expect(answer).not.toHaveProperty("shipping")
    expect(answer).not.toHaveProperty("refusedCoupons")
  })

  test.each<[string, Partial<Coupon>, Partial<Cart>, object | undefined]>([
    ["coupon.not-applicable", { scope: { skus: ["CASE-RED"] } }, {}, undefined],
    [
      "coupon.minimum-order-value",
      { conditions: { minimumOrderValue: usd(100_01) } },
      {},
      { needed: usd(100_01), found: usd(100_00) },
    ],
    ["coupon.minimum-quantity", { conditions: { minimumQuantity: 2 } }, {}, { needed: 2, found: 1 }],
    ["coupon.customer-group", { conditions: { customerGroups: ["trade"] } }, {}, undefined],
    ["coupon.first-order-only", { conditions: { firstOrderOnly: true } }, { hasOrdered: true }, undefined],
    ["coupon.no-effect", { effect: { kind: "free-shipping" } }, { shipping: usd(0) }, undefined],
    ["coupon.suppressed", { scope: { skus: ["PHONE-RED"] } }, {}, { reason: 'Does not combine with "Sale"' }],
  ])("of a coupon that takes nothing off refuses it with %s, and keeps the rest", (code, more, of, data) => {
    const sale = promotionOf("Sale", { kind: "amount-per-unit", amount: usd(1_00) })
    const answer = quoted(cartOf([phone], of), [sale, coupon(more)])
    expect(answer.discount).toEqual(usd(1_00))
    expect(answer.refusedCoupons).toEqual([
      { code: "TEST", refusal: { code, detail: expect.any(String), ...(data && { data }) } },
    ])
  })

  test("passes on why a coupon may not be used at all", () => {
    const refusal = couponExpired({ validUntil: "2026-01-01T00:00:00.000Z" })
    expect(quote(cartOf([phone]), [], [{ code: "OLD", refusal }])).toMatchObject({
      lines: [],
      discount: usd(0),
      refusedCoupons: [{ code: "OLD", refusal: { code: "coupon.expired" } }],
    })
  })

  test("of lines beyond what can be counted, or of one SKU twice, is refused", () => {
    const dear = cartOf([lineOf("PHONE-RED", Number.MAX_SAFE_INTEGER, 2)])
    expect(quote(dear, [], [])).toMatchObject({ code: "quote.out-of-range" })
    expect(quote(cartOf([phone, phone]), [], [])).toMatchObject({ code: "quote.sku-twice" })
  })
})

// Defect 3 of the reference: the discount was subtracted again at every store of the basket, and prices went negative.
test("a discount is never subtracted twice: the same lines give the same quote as often as one asks", () => {
  const cart = cartOf([lineOf("PHONE-RED", 120_00)])
  const rules = [promotionOf("Sale", { kind: "amount-per-unit", amount: usd(100_00) })]
  for (let asked = 0; asked < 3; asked++) expect(quoted(cart, rules).discount).toEqual(usd(100_00))
})

test("the seeded promotions are the reference system's: 150 off an IPhone X, 100 off a Samsung 10", () => {
  const lines = seedProducts.slice(0, 2).map(({ id, variants, price }) => ({
    ...lineOf(variants[0]?.sku ?? "", price.unitPrice.amount),
    productId: id,
  }))
  for (const seeded of seedPromotions) expect(Promotion.parse(seeded)).toEqual(seeded)
  const promotions = seedPromotions.map(ruleOfPromotion)
  expect(quoted(cartOf(lines), promotions).lines.map(({ sku, amount }) => [sku, amount.amount])).toEqual([
    ["IPHONE-X-BLACK", 150_00],
    ["SAMSUNG-10-BLACK", 100_00],
  ])
  const off = seedCoupons.map(
    (seeded) => quoted(cartOf(lines), [ruleOfCoupon(seeded, seeded.code)]).discount.amount,
  )
  expect(off).toEqual([150_00, 100_00, 179_00])
  const sortOrders = [...seedPromotions, ...seedCoupons].map(({ stacking }) => stacking.sortOrder)
  expect(new Set(sortOrders).size).toBe(5)
})

describe("what a rule that takes nothing off says of itself in parts", () => {
  const by = { name: "Sale", translations: { de: "Ausverkauf" } }
  const later = "2126-01-01T00:00:00.000Z"

  test.each<[Partial<Coupon>, object]>([
    [{ enabled: false }, { code: "enabled" }],
    [{ validFrom: later }, { code: "valid-from", at: later }],
    [
      { conditions: { minimumOrderValue: usd(100_01) } },
      { code: "minimum-order-value", value: { needed: usd(100_01), found: usd(100_00) } },
    ],
    [{ conditions: { minimumQuantity: 2 } }, { code: "minimum-quantity", units: { needed: 2, found: 1 } }],
    [{ effect: { kind: "free-shipping" } }, { code: "shipping" }],
    [{ scope: { skus: ["PHONE-RED"] } }, { code: "line", by }],
  ])("%j", (more, because) => {
    const sale = { ...promotionOf("Sale", { kind: "amount-per-unit", amount: usd(1_00) }), ...by }
    const answer = quoted(cartOf([phone]), [sale, coupon(more)])
    expect(answer.explanations?.find(({ rule }) => rule === "TEST")?.because).toEqual(because)
    expect(answer.explanations?.find(({ rule }) => rule === sale.promotionId)).toMatchObject(by)
    expect(answer.lines).toMatchObject([{ reason: "Sale", translations: by.translations }])
  })
})

test("a rule's name is translated into other languages than the default one", () => {
  const translated = (translations: Record<string, string>) =>
    Promotion.safeParse({ ...seedPromotions[0], translations }).error?.issues[0]?.path.join(".")
  expect(translated({ en: "Twice" })).toBe("translations")
  expect(translated({ german: "So" })).toBe("translations.german")
  expect(translated(Object.fromEntries(["de", "fr", "it", "es", "nl", "pl"].map((one) => [one, "x"])))).toBe(
    "translations",
  )
})
