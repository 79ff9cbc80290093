import type { QuoteLine } from "../../contracts/quotes.ts"
import { sum, times } from "../../kernel/money.ts"
import { type Cart, isInScope, type NamedRule } from "./cart.ts"

/** A condition of a rule that a cart does not meet. Amounts in minor units. */
export type Unmet =
  | { readonly condition: "enabled" }
  | { readonly condition: "valid-from"; readonly validFrom: string }
  | { readonly condition: "valid-until"; readonly validUntil: string }
  | { readonly condition: "customer-group"; readonly groups: readonly string[] }
  | { readonly condition: "first-order" }
  | { readonly condition: "minimum-order-value"; readonly needed: number; readonly found: number }
  | { readonly condition: "scope" }
  | { readonly condition: "minimum-quantity"; readonly needed: number; readonly found: number }
  /** Nothing is known of the shipping yet. */
  | { readonly condition: "shipping" }
  /** Every condition is met, but it comes to nothing: a share below half a cent, or nothing is left. */
  | { readonly condition: "effect" }

type Window = Pick<NamedRule, "enabled" | "validFrom" | "validUntil">

/** Why a rule is not in force at an instant; undefined when it is. */
export function outOfForce({ enabled, validFrom, validUntil }: Window, at: Date): Unmet | undefined {
  if (!enabled) return { condition: "enabled" }
  if (validFrom && at < new Date(validFrom)) return { condition: "valid-from", validFrom }
  if (validUntil && at >= new Date(validUntil)) return { condition: "valid-until", validUntil }
  return undefined
}

const unitsOf = (lines: readonly QuoteLine[]): number =>
  lines.reduce((total, { quantity }) => total + quantity, 0)

/** The units in a rule's scope. What is got for what is bought does not count as bought. */
export function unitsBought(
  lines: readonly QuoteLine[],
  { scope, effect }: Pick<NamedRule, "scope" | "effect">,
): number {
  const got = effect.kind === "buy-x-get-y" ? effect.of : undefined
  return unitsOf(lines.filter((line) => isInScope(scope, line) && !(got && isInScope(got, line))))
}

/** The first condition that the cart does not meet; undefined when it meets them all. */
export function unmetBy(cart: Cart, rule: NamedRule): Unmet | undefined {
  return outOfForce(rule, cart.at) ?? unmetByCustomer(cart, rule) ?? unmetByLines(cart, rule)
}

function unmetByCustomer(cart: Cart, { conditions }: NamedRule): Unmet | undefined {
  const groups = conditions?.customerGroups
  if (groups && !groups.some((group) => cart.customerGroups.includes(group)))
    return { condition: "customer-group", groups }
  return conditions?.firstOrderOnly && cart.hasOrdered ? { condition: "first-order" } : undefined
}

function unmetByLines(
  { lines, shipping }: Cart,
  { conditions, effect, scope }: NamedRule,
): Unmet | undefined {
  const minimumValue = conditions?.minimumOrderValue?.amount
  if (minimumValue !== undefined) {
    const value = goodsValueOf(lines)
    if (value < minimumValue) return { condition: "minimum-order-value", needed: minimumValue, found: value }
  }
  const inScope = lines.filter((line) => isInScope(scope, line))
  if (inScope.length === 0) return { condition: "scope" }
  const units = unitsOf(inScope)
  const minimumUnits = conditions?.minimumQuantity ?? 1
  if (units < minimumUnits) return { condition: "minimum-quantity", needed: minimumUnits, found: units }
  if (effect.kind === "free-shipping" && !shipping) return { condition: "shipping" }
  return unmetByHelping(lines, { scope, effect })
}

/** One helping of "buy X get Y" takes so many units. */
function unmetByHelping(
  lines: readonly QuoteLine[],
  rule: Pick<NamedRule, "scope" | "effect">,
): Unmet | undefined {
  if (rule.effect.kind !== "buy-x-get-y") return undefined
  const { buy, get, of } = rule.effect
  const found = unitsBought(lines, rule)
  const needed = of ? buy : buy + get
  if (found < needed) return { condition: "minimum-quantity", needed, found }
  return of && !lines.some((line) => isInScope(of, line)) ? { condition: "scope" } : undefined
}

/** Unit price × quantity of all lines, in minor units. */
const goodsValueOf = (lines: readonly QuoteLine[]): number =>
  sum(
    "USD",
    lines.map(({ unitPrice, quantity }) => times(unitPrice, quantity)),
  ).amount
