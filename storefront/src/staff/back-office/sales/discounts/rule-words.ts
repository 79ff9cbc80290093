import { moment, money, percentage } from "../../../../texts/format.ts"
import { inUtc } from "../../../parts/local-time.ts"
import type { CouponTerms, Effect, Rule, Scope } from "./rule-form.ts"
import { t } from "./texts.ts"

/** What a rule takes off, in a few words. */
export function effectInWords(effect: Effect): string {
  switch (effect.kind) {
    case "percentage":
      return t("words.percentage", { rate: percentage(effect.rate) })
    case "amount":
      return t("words.amount", { amount: money(effect.amount) })
    case "amount-per-unit":
      return t("words.amount-per-unit", { amount: money(effect.amount) })
    case "buy-x-get-y":
      return effect.rate === 100_000
        ? t("words.buy-x-get-y", { buy: effect.buy, get: effect.get })
        : t("words.buy-x-get-y-for", { buy: effect.buy, get: effect.get, rate: percentage(effect.rate) })
    case "free-shipping":
      return t("words.free-shipping")
  }
}

/** How much a rule is about. */
export function scopeInWords(scope: Scope | undefined): string {
  if (!scope) return t("words.everything")
  const { categories = [], products = [], skus = [] } = scope
  return [
    categories.length > 0 && t("words.categories", { count: categories.length }),
    products.length > 0 && t("words.products", { count: products.length }),
    skus.length > 0 && t("words.skus", { skus: skus.join(", ") }),
  ]
    .filter(Boolean)
    .join(", ")
}

/** When a rule is valid, in the time zone of here. */
export function validityInWords({ validFrom, validUntil }: Pick<Rule, "validFrom" | "validUntil">): string {
  if (validFrom !== undefined && validUntil !== undefined)
    return t("words.between", { from: moment(validFrom), until: moment(validUntil) })
  if (validFrom !== undefined) return t("words.from", { from: moment(validFrom) })
  return validUntil === undefined ? t("words.always") : t("words.until", { until: moment(validUntil) })
}

/** The same in UTC, to be pointed at. */
export const validityInUtc = ({ validFrom, validUntil }: Pick<Rule, "validFrom" | "validUntil">): string =>
  [validFrom, validUntil].map((at) => (at === undefined ? "…" : inUtc(at))).join(" – ")

export type RuleState = "disabled" | "coming" | "in-force" | "over"

/** Whether a rule is in force at a moment. */
export function stateOf({ enabled, validFrom, validUntil }: Rule, at: Date): RuleState {
  if (!enabled) return "disabled"
  if (validFrom !== undefined && at < new Date(validFrom)) return "coming"
  return validUntil !== undefined && at >= new Date(validUntil) ? "over" : "in-force"
}

/** A rule as lines of what it says, by which two wordings are compared. */
export function linesOf(rule: Rule | CouponTerms): [name: string, value: string][] {
  const { conditions = {}, stacking } = rule
  const yes = (is: boolean | undefined) => t(is ? "words.yes" : "words.no")
  const limit = (most: number | undefined) => (most === undefined ? t("words.no-limit") : String(most))
  const limits: [string, string][] =
    "code" in rule
      ? [
          [t("field.max"), limit(rule.maxRedemptions)],
          [t("field.max-customer"), limit(rule.maxRedemptionsPerCustomer)],
        ]
      : []
  return [
    [t("field.name"), rule.name],
    [t("field.german"), rule.translations?.de ?? "–"],
    [t("field.enabled"), yes(rule.enabled)],
    [t("field.kind"), effectInWords(rule.effect)],
    [t("field.scope"), scopeInWords(rule.scope)],
    [t("field.validity"), `${validityInWords(rule)} (${validityInUtc(rule)})`],
    [t("field.minimum"), conditions.minimumOrderValue ? money(conditions.minimumOrderValue) : "–"],
    [t("field.minimum-units"), String(conditions.minimumQuantity ?? "–")],
    [t("field.first"), yes(conditions.firstOrderOnly)],
    [t("field.groups"), conditions.customerGroups?.join(", ") ?? "–"],
    ...limits,
    [t("field.sort"), String(stacking.sortOrder)],
    [t("field.combines"), yes(stacking.combines)],
    [t("field.stops"), yes(stacking.stops)],
    [t("field.group"), stacking.group ?? "–"],
  ]
}
