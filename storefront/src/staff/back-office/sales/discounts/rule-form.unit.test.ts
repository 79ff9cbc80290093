import { expect, test } from "vitest"
import {
  type CouponTerms,
  couponFormOf,
  couponOf,
  emptyRule,
  formOf,
  isComplete,
  type Rule,
  ruleOf,
} from "./rule-form.ts"

const usd = (amount: number) => ({ amount, currency: "USD" as const })
const stacking = { sortOrder: 7, combines: true, stops: false }

const rules: readonly Rule[] = [
  { name: "Ten", enabled: true, effect: { kind: "percentage", rate: 12_500 }, stacking },
  {
    name: "Five",
    translations: { de: "Fünf", fr: "Cinq" },
    enabled: false,
    validFrom: "2026-11-26T10:00:00.123Z",
    validUntil: "2026-12-01T00:00:00.000Z",
    effect: { kind: "amount", amount: usd(5_05) },
    scope: { categories: ["c"], skus: ["A", "B"] },
    conditions: {
      minimumOrderValue: usd(100_10),
      minimumQuantity: 3,
      firstOrderOnly: true,
      customerGroups: ["trade", "staff"],
    },
    stacking: { ...stacking, group: "sale", stops: true },
  },
  { name: "Each", enabled: true, effect: { kind: "amount-per-unit", amount: usd(1) }, stacking },
  {
    name: "Gift",
    enabled: true,
    effect: { kind: "buy-x-get-y", buy: 3, get: 1, rate: 100_000, of: { products: ["p"] } },
    stacking,
  },
  { name: "Post", enabled: true, effect: { kind: "free-shipping" }, stacking },
]

test.each(rules)("$name comes back out of its fields as it went in", (rule) => {
  expect(ruleOf(formOf(rule), rule)).toEqual(rule)
  expect(isComplete(formOf(rule))).toBe(true)
})

test("so does a coupon, with its limits or without", () => {
  const coupon: CouponTerms = {
    ...(rules[1] as Rule),
    code: "SUMMER",
    maxRedemptions: 100,
    maxRedemptionsPerCustomer: 1,
    uniqueCodes: true,
  }
  expect(couponOf(couponFormOf(coupon), coupon)).toEqual(coupon)
  const { maxRedemptions: _, maxRedemptionsPerCustomer: __, ...free } = coupon
  expect(couponOf(couponFormOf(free), free)).toEqual(free)
})

test("the German name is a field, and the others stay", () => {
  const rule: Rule = { ...(rules[1] as Rule) }
  const form = { ...formOf(rule), german: " " }
  expect(ruleOf(form, rule).translations).toEqual({ fr: "Cinq" })
  expect(ruleOf({ ...formOf(rules[0] as Rule), german: "Zehn" }).translations).toEqual({ de: "Zehn" })
})

test.each([
  ["no name", { sortOrder: 1 }],
  ["no turn", { name: "x" }],
  ["no amount", { name: "x", sortOrder: 1, kind: "amount" }],
  ["no share", { name: "x", sortOrder: 1, percent: Number.NaN }],
] as const)("with %s it is not complete", (_, more) => {
  expect(isComplete({ ...emptyRule, ...more })).toBe(false)
})
