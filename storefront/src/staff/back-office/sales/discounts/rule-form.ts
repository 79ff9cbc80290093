import type {
  DiscountCreateCouponData,
  DiscountCreatePromotionData,
} from "@eshop/shop-client/generated/types.gen"
import { fromField, toField } from "../../../parts/local-time.ts"

export type Rule = DiscountCreatePromotionData["body"]
export type CouponTerms = DiscountCreateCouponData["body"]
export type Effect = Rule["effect"]
export type EffectKind = Effect["kind"]
export type Scope = NonNullable<Rule["scope"]>

export const effectKinds: readonly EffectKind[] = [
  "percentage",
  "amount",
  "amount-per-unit",
  "buy-x-get-y",
  "free-shipping",
]

/** Lines that a rule is about: all of them where nothing is named. */
export type ScopeForm = Required<Scope>

/** A rule as fields hold it: a number that is missing is NaN, amounts are in whole units of the currency. */
export type RuleForm = {
  readonly name: string
  /** The name in German, where it has one. */
  readonly german: string
  readonly enabled: boolean
  readonly kind: EffectKind
  readonly percent: number
  readonly amount: number
  readonly buy: number
  readonly get: number
  /** What is got; what is bought where nothing is named. */
  readonly got: ScopeForm
  readonly scope: ScopeForm
  readonly validFrom: string
  readonly validUntil: string
  readonly minimumValue: number
  readonly minimumQuantity: number
  readonly firstOrderOnly: boolean
  /** Separated by commas. */
  readonly groups: string
  readonly sortOrder: number
  readonly combines: boolean
  readonly stops: boolean
  readonly group: string
}

/** A coupon is a rule with a code and limits. */
export type CouponForm = RuleForm & {
  readonly code: string
  readonly maxRedemptions: number
  readonly maxPerCustomer: number
  readonly uniqueCodes: boolean
}

const nowhere: ScopeForm = { categories: [], products: [], skus: [] }

export const emptyRule: RuleForm = {
  name: "",
  german: "",
  enabled: true,
  kind: "percentage",
  percent: 10,
  amount: Number.NaN,
  buy: 2,
  get: 1,
  got: nowhere,
  scope: nowhere,
  validFrom: "",
  validUntil: "",
  minimumValue: Number.NaN,
  minimumQuantity: Number.NaN,
  firstOrderOnly: false,
  groups: "",
  sortOrder: Number.NaN,
  combines: false,
  stops: false,
  group: "",
}

export const emptyCoupon: CouponForm = {
  ...emptyRule,
  code: "",
  maxRedemptions: Number.NaN,
  maxPerCustomer: Number.NaN,
  uniqueCodes: false,
}

const scopeForm = (scope: Scope | undefined): ScopeForm => ({ ...nowhere, ...scope })
const unitsOf = (money: { amount: number } | undefined): number =>
  money === undefined ? Number.NaN : money.amount / 100

/** Thousandths of a percent. */
const PERCENT = 1_000

function effectForm(effect: Effect): Partial<RuleForm> {
  switch (effect.kind) {
    case "percentage":
      return { percent: effect.rate / PERCENT }
    case "amount":
    case "amount-per-unit":
      return { amount: unitsOf(effect.amount) }
    case "buy-x-get-y":
      return {
        buy: effect.buy,
        get: effect.get,
        percent: effect.rate / PERCENT,
        got: scopeForm(effect.of),
      }
    case "free-shipping":
      return {}
  }
}

/** A rule as fields show it. */
export function formOf(rule: Rule): RuleForm {
  const { conditions = {}, stacking } = rule
  return {
    ...emptyRule,
    name: rule.name,
    german: rule.translations?.de ?? "",
    enabled: rule.enabled,
    kind: rule.effect.kind,
    ...effectForm(rule.effect),
    scope: scopeForm(rule.scope),
    validFrom: toField(rule.validFrom),
    validUntil: toField(rule.validUntil),
    minimumValue: unitsOf(conditions.minimumOrderValue),
    minimumQuantity: conditions.minimumQuantity ?? Number.NaN,
    firstOrderOnly: conditions.firstOrderOnly ?? false,
    groups: conditions.customerGroups?.join(", ") ?? "",
    sortOrder: stacking.sortOrder,
    combines: stacking.combines,
    stops: stacking.stops,
    group: stacking.group ?? "",
  }
}

export const couponFormOf = (coupon: CouponTerms): CouponForm => ({
  ...formOf(coupon),
  code: coupon.code,
  maxRedemptions: coupon.maxRedemptions ?? Number.NaN,
  maxPerCustomer: coupon.maxRedemptionsPerCustomer ?? Number.NaN,
  uniqueCodes: coupon.uniqueCodes,
})

function scopeOf(form: ScopeForm): Scope | undefined {
  const named = Object.entries(form).filter(([, ids]) => ids.length > 0)
  return named.length === 0 ? undefined : (Object.fromEntries(named) as Scope)
}

const usd = (units: number) => ({ amount: Math.round(units * 100), currency: "USD" as const })
const rateOf = (percent: number): number => Math.round(percent * PERCENT)

function effectOf({ kind, percent, amount, buy, get, got }: RuleForm): Effect {
  switch (kind) {
    case "percentage":
      return { kind, rate: rateOf(percent) }
    case "amount":
    case "amount-per-unit":
      return { kind, amount: usd(amount) }
    case "buy-x-get-y": {
      const of = scopeOf(got)
      return { kind, buy, get, rate: rateOf(percent), ...(of && { of }) }
    }
    case "free-shipping":
      return { kind }
  }
}

const groupsOf = (groups: string): string[] => groups.split(",").flatMap((name) => name.trim() || [])

function conditionsOf(form: RuleForm): Rule["conditions"] {
  const groups = groupsOf(form.groups)
  const conditions = {
    ...(!Number.isNaN(form.minimumValue) && { minimumOrderValue: usd(form.minimumValue) }),
    ...(!Number.isNaN(form.minimumQuantity) && { minimumQuantity: form.minimumQuantity }),
    ...(form.firstOrderOnly && { firstOrderOnly: true as const }),
    ...(groups.length > 0 && { customerGroups: groups }),
  }
  return Object.keys(conditions).length === 0 ? undefined : conditions
}

function translationsOf(german: string, before: Rule["translations"]): Rule["translations"] {
  const { de: _, ...others } = before ?? {}
  const translations = { ...others, ...(german !== "" && { de: german }) }
  return Object.keys(translations).length === 0 ? undefined : translations
}

/**
 * What the fields say, as the API takes it.
 * @param before what they were filled from: a moment that was not touched keeps its milliseconds, and names in languages that
 * no field is for stay
 */
export function ruleOf(form: RuleForm, before?: Rule): Rule {
  const validFrom = fromField(form.validFrom, before?.validFrom)
  const validUntil = fromField(form.validUntil, before?.validUntil)
  const scope = scopeOf(form.scope)
  const conditions = conditionsOf(form)
  const group = form.group.trim()
  const translations = translationsOf(form.german.trim(), before?.translations)
  return {
    name: form.name.trim(),
    ...(translations && { translations }),
    enabled: form.enabled,
    ...(validFrom !== undefined && { validFrom }),
    ...(validUntil !== undefined && { validUntil }),
    ...(scope && { scope }),
    ...(conditions && { conditions }),
    effect: effectOf(form),
    stacking: {
      sortOrder: form.sortOrder,
      combines: form.combines,
      stops: form.stops,
      ...(group !== "" && { group }),
    },
  }
}

export const couponOf = (form: CouponForm, before?: CouponTerms): CouponTerms => ({
  ...ruleOf(form, before),
  code: form.code.trim().toUpperCase(),
  ...(!Number.isNaN(form.maxRedemptions) && { maxRedemptions: form.maxRedemptions }),
  ...(!Number.isNaN(form.maxPerCustomer) && { maxRedemptionsPerCustomer: form.maxPerCustomer }),
  uniqueCodes: form.uniqueCodes,
})

/** Whether so much is filled in that the API can say what it would do. */
export function isComplete(form: RuleForm): boolean {
  const isEffect =
    form.kind === "free-shipping" ||
    (form.kind === "percentage" && form.percent > 0) ||
    ((form.kind === "amount" || form.kind === "amount-per-unit") && form.amount > 0) ||
    (form.kind === "buy-x-get-y" && form.buy > 0 && form.get > 0 && form.percent > 0)
  return form.name.trim() !== "" && form.sortOrder >= 0 && isEffect
}
