import type { Explanation, NotApplied } from "../../contracts/quotes.ts"
import { RATE_UNIT } from "../../contracts/taxes.ts"
import { usd } from "../../kernel/money.ts"
import type { Taken } from "./amounts.ts"
import { keyOf, type NamedRule } from "./cart.ts"
import { MOST_DISCOUNTS, type Suppression, type Verdict } from "./evaluate.ts"
import { classOf } from "./rule.ts"
import type { Unmet } from "./unmet.ts"

/** So many SKUs are named, the others counted. */
const MOST_NAMED = 3

/** `95000` as `950.00`. */
const money = (amount: number): string =>
  `${Math.floor(amount / 100)}.${String(amount % 100).padStart(2, "0")}`

/** `12500` as `12.5 %`. */
const percent = (rate: number): string => `${rate / (RATE_UNIT / 100)} %`

const units = (count: number): string => `${count} ${count === 1 ? "unit" : "units"}`

function listed(all: readonly string[]): string {
  const more = all.length - MOST_NAMED
  if (more <= 0) return all.join(", ")
  return `${all.slice(0, MOST_NAMED).join(", ")} and ${more} more`
}

/** What a rule takes off, in one sentence without its end. */
function effectOf({ effect, ...rule }: NamedRule, taken: readonly Taken[]): string {
  const skus = listed(taken.map(({ sku }) => sku))
  const from = classOf({ effect, scope: rule.scope }) === "order" ? "the order" : skus
  switch (effect.kind) {
    case "percentage":
      return `${percent(effect.rate)} off ${from}`
    case "amount":
      return `${money(taken.reduce((sum, { amount }) => sum + amount, 0))} off ${from}`
    case "amount-per-unit": {
      const each = effect.amount.amount
      return listed(
        taken.map(({ sku, units: count = 0, amount }) => {
          const isCapped = amount < each * count
          return `${count} × ${money(each)} off ${sku}${isCapped ? " (all that is left)" : ""}`
        }),
      )
    }
    case "buy-x-get-y": {
      const got = listed(taken.map(({ sku, units: count }) => `${count} × ${sku}`))
      return effect.rate === RATE_UNIT ? `${got} free` : `${percent(effect.rate)} off ${got}`
    }
    case "free-shipping":
      return "The shipping is free"
  }
}

/** Why a condition is not met, in a sentence without its end. */
export function unmetInWords(unmet: Unmet): string {
  switch (unmet.condition) {
    case "enabled":
      return "Is switched off"
    case "valid-from":
      return `Is valid from ${unmet.validFrom} on`
    case "valid-until":
      return `Was valid until ${unmet.validUntil}`
    case "customer-group":
      return `Is for customers of the group ${unmet.groups.join(" or ")}`
    case "first-order":
      return "Is for a customer's first order"
    case "minimum-order-value":
      return `Needs goods for ${money(unmet.needed)}, these are worth ${money(unmet.found)}`
    case "scope":
      return "Fits none of the products"
    case "minimum-quantity":
      return `Needs ${units(unmet.needed)}, here are ${unmet.found}`
    case "shipping":
      return "Is about the shipping, which nobody has chosen yet"
    case "effect":
      return "Takes nothing off"
  }
}

/** Why a rule whose conditions are met does not apply, in a sentence without its end. */
export function suppressionInWords(suppression: Suppression): string {
  switch (suppression.why) {
    case "line":
      return `Does not combine with "${suppression.by.name}"`
    case "group":
      return `Of its group only "${suppression.by.name}" applies`
    case "stopped":
      return `"${suppression.by.name}" lets nothing come after it`
    case "full":
      return `Has no place among ${MOST_DISCOUNTS} other discounts`
  }
}

function reasonOf(verdict: Verdict): string {
  if (verdict.outcome === "not-met") return unmetInWords(verdict.unmet)
  if (verdict.outcome === "suppressed") return suppressionInWords(verdict.suppression)
  const { rule, taken, withheld } = verdict
  const applied = effectOf(rule, taken)
  const [first] = withheld
  if (!first) return applied
  const skus = listed(withheld.map(({ sku }) => sku))
  return `${applied}; not off ${skus}: does not combine with "${first.by.name}"`
}

const named = ({ name, translations }: NamedRule) => ({ name, ...(translations && { translations }) })

function notMet(unmet: Unmet): NotApplied {
  const code = unmet.condition
  switch (unmet.condition) {
    case "valid-from":
      return { code, at: unmet.validFrom }
    case "valid-until":
      return { code, at: unmet.validUntil }
    case "minimum-order-value":
      return { code, value: { needed: usd(unmet.needed), found: usd(unmet.found) } }
    case "minimum-quantity":
      return { code, units: { needed: unmet.needed, found: unmet.found } }
    default:
      return { code }
  }
}

function becauseOf(verdict: Verdict): NotApplied | undefined {
  if (verdict.outcome === "applied") return undefined
  if (verdict.outcome === "not-met") return notMet(verdict.unmet)
  const { suppression } = verdict
  return { code: suppression.why, ...(suppression.why !== "full" && { by: named(suppression.by) }) }
}

/** A verdict for a person. */
export function explain(verdict: Verdict): Explanation {
  const because = becauseOf(verdict)
  return {
    rule: keyOf(verdict.rule),
    ...named(verdict.rule),
    outcome: verdict.outcome,
    reason: reasonOf(verdict),
    ...(because && { because }),
    amount: usd(verdict.outcome === "applied" ? verdict.amount : 0),
  }
}
