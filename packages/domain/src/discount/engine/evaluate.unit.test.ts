import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { usd } from "../../kernel/money.ts"
import type { Cart, NamedRule } from "./cart.ts"
import { type Evaluation, evaluate, MOST_DISCOUNTS } from "./evaluate.ts"
import { classOf, type Effect, type Scope } from "./rule.ts"
import { cartOf, categoryIdOf, lineOf, productIdOf, promotionOf } from "./testing/carts.ts"

const SKUS = ["CASE-BLACK", "CASE-RED", "PHONE-BLACK", "PHONE-RED", "PLUG-1", "PLUG-2"]

const amount = fc.integer({ min: 1, max: 200_000 }).map(usd)
const rate = fc.integer({ min: 1, max: 100_000 })
const few = fc.integer({ min: 1, max: 4 })
const scope: fc.Arbitrary<Scope> = fc.oneof(
  fc.subarray(SKUS, { minLength: 1 }).map((skus): Scope => ({ skus })),
  fc.constant<Scope>({ products: [productIdOf("CASE")] }),
  fc.constant<Scope>({ categories: [categoryIdOf("phones")] }),
)
const effect: fc.Arbitrary<Effect> = fc.oneof(
  fc.record({ kind: fc.constant("percentage" as const), rate }),
  fc.record({ kind: fc.constant("amount" as const), amount }),
  fc.record({ kind: fc.constant("amount-per-unit" as const), amount }),
  fc.record(
    { kind: fc.constant("buy-x-get-y" as const), buy: few, get: few, rate, of: scope },
    { requiredKeys: ["kind", "buy", "get", "rate"] },
  ),
  fc.constant({ kind: "free-shipping" as const }),
)
const rule = fc
  .record({
    enabled: fc.integer({ min: 0, max: 9 }).map((n) => n > 0),
    effect,
    more: fc.record({ scope }, { requiredKeys: [] }),
    conditions: fc.record(
      {
        minimumOrderValue: amount,
        minimumQuantity: few,
        firstOrderOnly: fc.constant(true as const),
        customerGroups: fc.constant<string[]>(["trade"]),
      },
      { requiredKeys: [] },
    ),
    stacking: fc.record(
      { combines: fc.boolean(), stops: fc.boolean(), group: fc.constantFrom("a", "b") },
      { requiredKeys: ["combines", "stops"] },
    ),
  })
  .map(({ enabled, more, ...rest }) => ({ ...rest, ...more, enabled }))
const rules = fc
  .array(rule, { maxLength: 14 })
  .map((all) =>
    all.map(({ effect: of, stacking, ...more }, index) =>
      promotionOf(`rule ${index}`, of, { ...more, stacking: { ...stacking, sortOrder: index } }),
    ),
  )
const lines = fc
  .uniqueArray(
    fc.record({
      sku: fc.constantFrom(...SKUS),
      cents: fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 100_000 })),
      quantity: fc.integer({ min: 1, max: 7 }),
    }),
    { selector: ({ sku }) => sku, minLength: 1 },
  )
  .map((all) =>
    all.map(({ sku, cents, quantity }) =>
      lineOf(sku, cents, quantity, sku.startsWith("PHONE") ? ["goods", "phones"] : ["goods"]),
    ),
  )
const cart = fc
  .record({
    lines,
    shipping: fc.option(fc.integer({ min: 0, max: 2_000 }).map(usd), { nil: undefined }),
    customerGroups: fc.subarray(["trade"]),
    hasOrdered: fc.boolean(),
  })
  .map(({ lines: of, ...more }) => cartOf(of, more))

const totalOf = (discounts: readonly { amount: { amount: number } }[]) =>
  discounts.reduce((sum, discount) => sum + discount.amount.amount, 0)
const priceOf = ({ unitPrice, quantity }: Cart["lines"][number]) => unitPrice.amount * quantity
const bySku = ({ lines: all }: Evaluation) =>
  Object.fromEntries(all.map((line) => [line.sku, line.discounts]))
const amountsOf = ({ lines: all, shipping }: Evaluation) => ({ lines: all, shipping })

describe("whatever is combined", () => {
  test("no line and no shipping falls below zero, nothing empty is taken off, and none has too many discounts", () => {
    fc.assert(
      fc.property(cart, rules, (ofCart, ofRules) => {
        const evaluation = evaluate(ofCart, ofRules)
        const parts = [
          ...evaluation.lines.map(({ discounts }, index) => ({
            discounts,
            price: priceOf(ofCart.lines[index] as Cart["lines"][number]),
          })),
          { discounts: evaluation.shipping, price: ofCart.shipping?.amount ?? 0 },
        ]
        for (const { discounts, price } of parts) {
          expect(totalOf(discounts)).toBeLessThanOrEqual(price)
          expect(discounts.every((discount) => discount.amount.amount > 0)).toBe(true)
          expect(discounts.length).toBeLessThanOrEqual(MOST_DISCOUNTS)
        }
      }),
    )
  })

  test("what the verdicts say is what the lines and the shipping lose, and there is one for every rule", () => {
    fc.assert(
      fc.property(cart, rules, (ofCart, ofRules) => {
        const { verdicts, lines: all, shipping } = evaluate(ofCart, ofRules)
        const said = verdicts.reduce((sum, verdict) => sum + ("amount" in verdict ? verdict.amount : 0), 0)
        expect(said).toBe(totalOf([...all.flatMap(({ discounts }) => discounts), ...shipping]))
        expect(new Set(verdicts.map((verdict) => verdict.rule))).toEqual(new Set(ofRules))
        expect(verdicts).toHaveLength(ofRules.length)
        for (const verdict of verdicts)
          if (verdict.outcome === "applied" && classOf(verdict.rule) !== "shipping")
            expect(verdict.amount).toBe(verdict.taken.reduce((sum, taken) => sum + taken.amount, 0))
      }),
    )
  })

  test("neither the order of the lines nor that of the rules changes a cent", () => {
    fc.assert(
      fc.property(cart, rules, fc.infiniteStream(fc.nat()), (ofCart, ofRules, random) => {
        const shuffled = <T>(all: readonly T[]): T[] =>
          all
            .map((one) => ({ one, at: random.next().value as number }))
            .sort((a, b) => a.at - b.at)
            .map(({ one }) => one)
        const first = evaluate(ofCart, ofRules)
        const second = evaluate({ ...ofCart, lines: shuffled(ofCart.lines) }, shuffled(ofRules))
        expect(bySku(second)).toEqual(bySku(first))
        expect([second.shipping, second.verdicts]).toEqual([first.shipping, first.verdicts])
      }),
    )
  })

  test("asked twice it is the same, and nothing that was handed over changes", () => {
    fc.assert(
      fc.property(cart, rules, (ofCart, ofRules) => {
        const before = structuredClone({ ofCart, ofRules })
        expect(evaluate(ofCart, ofRules)).toEqual(evaluate(ofCart, ofRules))
        expect({ ofCart, ofRules }).toEqual(before)
      }),
    )
  })

  test("a rule that is switched off, or that is for others, changes nothing but the explanation", () => {
    fc.assert(
      fc.property(cart, rules, rule, fc.nat(20), (ofCart, ofRules, extra, at) => {
        const { effect: of, stacking, ...more } = extra
        const others = [
          promotionOf("off", of, { ...more, enabled: false, stacking: { ...stacking, sortOrder: at } }),
          promotionOf("others", of, {
            ...more,
            conditions: { customerGroups: ["nobody"] },
            stacking: { ...stacking, sortOrder: at },
          }),
        ]
        const alone = evaluate(ofCart, ofRules)
        for (const other of others)
          expect(amountsOf(evaluate(ofCart, [...ofRules, other]))).toEqual(amountsOf(alone))
      }),
    )
  })

  test("no line has two product discounts unless all of them say that they combine", () => {
    fc.assert(
      fc.property(cart, rules, (ofCart, ofRules) => {
        const byId = new Map(ofRules.map((of) => [of.promotionId, of]))
        for (const { discounts } of evaluate(ofCart, ofRules).lines) {
          const ofProduct = discounts
            .map(({ promotionId }) => byId.get(promotionId) as NamedRule)
            .filter((of) => classOf(of) === "product")
          if (ofProduct.length > 1) expect(ofProduct.every(({ stacking }) => stacking.combines)).toBe(true)
        }
      }),
    )
  })

  test("one rule of a group applies at the most, and it takes off no less than another would", () => {
    fc.assert(
      fc.property(cart, rule, rule, (ofCart, one, other) => {
        const [a, b] = [one, other].map(({ effect: of, stacking, ...more }, index) =>
          promotionOf(`rule ${index}`, of, {
            ...more,
            scope: { skus: SKUS },
            stacking: { ...stacking, group: "best", sortOrder: index },
          }),
        ) as [NamedRule, NamedRule]
        fc.pre(classOf(a) === classOf(b))
        const amountBy = (ofRules: NamedRule[]) =>
          evaluate(ofCart, ofRules).verdicts.map((verdict) => ("amount" in verdict ? verdict.amount : 0))
        const [onlyA = 0, onlyB = 0] = [amountBy([a])[0], amountBy([b])[0]]
        expect(amountBy([a, b])).toEqual(onlyB > onlyA ? [0, onlyB] : [onlyA, 0])
      }),
    )
  })

  test("after a rule that stops nothing applies", () => {
    fc.assert(
      fc.property(cart, rules, (ofCart, ofRules) => {
        // A group's winner takes the first one's turn: without groups the turns are in sort order.
        const alone = ofRules.map((of) => ({ ...of, stacking: { ...of.stacking, group: undefined } }))
        const applied = evaluate(ofCart, alone).verdicts.filter(({ outcome }) => outcome === "applied")
        const stops = applied.findIndex(({ rule: of }) => of.stacking.stops)
        if (stops >= 0) expect(applied.slice(stops + 1)).toEqual([])
      }),
    )
  })
})

describe("one rule alone", () => {
  test("takes off no less when its rate or its amount is higher", () => {
    fc.assert(
      fc.property(cart, scope, amount, amount, rate, rate, (ofCart, ofScope, a, b, c, d) => {
        const off = (of: Effect) =>
          totalOf(
            evaluate(ofCart, [promotionOf("one", of, { scope: ofScope })]).lines.flatMap(
              (line) => line.discounts,
            ),
          )
        const [less, more] = a.amount < b.amount ? [a, b] : [b, a]
        const [lower, higher] = c < d ? [c, d] : [d, c]
        for (const kind of ["amount", "amount-per-unit"] as const)
          expect(off({ kind, amount: less })).toBeLessThanOrEqual(off({ kind, amount: more }))
        expect(off({ kind: "percentage", rate: lower })).toBeLessThanOrEqual(
          off({ kind: "percentage", rate: higher }),
        )
        const buy = { kind: "buy-x-get-y" as const, buy: 1, get: 1 }
        expect(off({ ...buy, rate: lower })).toBeLessThanOrEqual(off({ ...buy, rate: higher }))
      }),
    )
  })

  test("of a fixed amount takes off exactly that, or all that there is", () => {
    fc.assert(
      fc.property(cart, amount, (ofCart, of) => {
        const { lines: all } = evaluate(ofCart, [promotionOf("one", { kind: "amount", amount: of })])
        const worth = ofCart.lines.reduce((sum, line) => sum + priceOf(line), 0)
        expect(totalOf(all.flatMap(({ discounts }) => discounts))).toBe(Math.min(of.amount, worth))
      }),
    )
  })

  test("of amounts beyond 2^53 counts exactly", () => {
    const dear = cartOf([lineOf("PHONE-RED", Number.MAX_SAFE_INTEGER)])
    const off = (of: Effect) => evaluate(dear, [promotionOf("one", of)]).lines[0]?.discounts[0]?.amount.amount
    // 9007199254740991 × 99.999 % = 9007109182748443.59…
    expect(off({ kind: "percentage", rate: 99_999 })).toBe(9_007_109_182_748_444)
    const many = cartOf([lineOf("PHONE-RED", 9_000_000_000, 1_000_000)])
    const perUnit = promotionOf("one", { kind: "amount-per-unit", amount: usd(Number.MAX_SAFE_INTEGER) })
    expect(evaluate(many, [perUnit]).lines[0]?.discounts[0]?.amount.amount).toBe(9_000_000_000_000_000)
  })
})

test("a line takes ten discounts, and the eleventh rule is told that it has no place", () => {
  const eleven = Array.from({ length: 11 }, (_, index) =>
    promotionOf(`rule ${index}`, { kind: "percentage", rate: 1_000 }, { stacking: { sortOrder: index } }),
  )
  const { lines: all, verdicts } = evaluate(cartOf([lineOf("PHONE-RED", 100_00)]), eleven)
  expect(all[0]?.discounts).toHaveLength(10)
  expect(verdicts.at(-1)).toMatchObject({ outcome: "suppressed", suppression: { why: "full" } })
})
