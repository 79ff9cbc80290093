import type { LineDiscount } from "../../contracts/basket-events.ts"
import { times, usd } from "../../kernel/money.ts"
import { type Taken, takenBy } from "./amounts.ts"
import { type Cart, isInScope, keyOf, type NamedRule, type OpenLine } from "./cart.ts"
import { classOf, ruleClasses } from "./rule.ts"
import { type Unmet, unitsBought, unmetBy } from "./unmet.ts"

/** A line, or the shipping, has no more discounts than this: a checkout holds no more. */
export const MOST_DISCOUNTS = 10

/** Why a rule whose conditions are met does not apply, and because of which other rule. */
export type Suppression =
  /** Its lines have a product discount already that it does not combine with. */
  | { readonly why: "line"; readonly by: NamedRule }
  /** Another one of its group takes off more. */
  | { readonly why: "group"; readonly by: NamedRule }
  /** Nothing comes after a rule that stops. */
  | { readonly why: "stopped"; readonly by: NamedRule }
  /** Every line that it is about has as many discounts as a line may have. */
  | { readonly why: "full" }

/** What became of a rule. Amounts in minor units. */
export type Verdict = { readonly rule: NamedRule } & (
  | {
      readonly outcome: "applied"
      /** By line; empty for the shipping. */
      readonly taken: readonly Taken[]
      readonly amount: number
      /** Lines in its scope that another rule kept from it. */
      readonly withheld: readonly { readonly sku: string; readonly by: NamedRule }[]
    }
  | { readonly outcome: "suppressed"; readonly suppression: Suppression }
  | { readonly outcome: "not-met"; readonly unmet: Unmet }
)

export type Evaluation = {
  /** The discounts of each line, in the order of the cart's lines. */
  readonly lines: readonly { readonly sku: string; readonly discounts: readonly LineDiscount[] }[]
  readonly shipping: readonly LineDiscount[]
  /** One for every rule, by class and sort order. */
  readonly verdicts: readonly Verdict[]
}

type Applied = { readonly rule: NamedRule; readonly amount: number }
type State = {
  readonly cart: Cart
  /** By SKU, so that the order of the cart's lines changes no cent. */
  readonly skus: readonly string[]
  readonly lines: ReadonlyMap<string, { line: Cart["lines"][number]; price: number; applied: Applied[] }>
  readonly shipping: Applied[]
  stoppedBy?: NamedRule
}
/** What a rule would take off as things stand. */
type Offer = Extract<Verdict, { outcome: "applied" }>

/**
 * Applies rules to a cart, class by class (product, order, shipping) and in a class by sort order. Nothing falls below
 * zero: a rule takes off at most what those before it have left.
 * @param cart lines whose prices add up to what a number holds exactly (`isCountable`), one per SKU
 */
export function evaluate(cart: Cart, rules: readonly NamedRule[]): Evaluation {
  const state = begin(cart)
  const inOrder = rules.toSorted(byTurn)
  const verdicts = new Map<NamedRule, Verdict>()
  for (const rule of inOrder) {
    const unmet = unmetBy(cart, rule)
    if (unmet) verdicts.set(rule, { rule, outcome: "not-met", unmet })
  }
  for (const turn of turnsOf(inOrder.filter((rule) => !verdicts.has(rule))))
    for (const verdict of take(state, turn)) verdicts.set(verdict.rule, verdict)
  return {
    lines: cart.lines.map(({ sku }) => ({
      sku,
      discounts: (state.lines.get(sku)?.applied ?? []).map(toDiscount),
    })),
    shipping: state.shipping.map(toDiscount),
    verdicts: inOrder.map((rule) => verdicts.get(rule) as Verdict),
  }
}

const begin = (cart: Cart): State => ({
  cart,
  skus: cart.lines.map(({ sku }) => sku).sort(),
  lines: new Map(
    cart.lines.map((line) => [
      line.sku,
      { line, price: times(line.unitPrice, line.quantity).amount, applied: [] },
    ]),
  ),
  shipping: [],
})

const toDiscount = ({ rule, amount }: Applied): LineDiscount => ({
  ...(rule.promotionId === undefined ? { couponCode: rule.couponCode } : { promotionId: rule.promotionId }),
  reason: rule.name,
  ...(rule.translations && { translations: rule.translations }),
  amount: usd(amount),
})

const byTurn = (a: NamedRule, b: NamedRule): number =>
  ruleClasses.indexOf(classOf(a)) - ruleClasses.indexOf(classOf(b)) ||
  a.stacking.sortOrder - b.stacking.sortOrder ||
  (keyOf(a) < keyOf(b) ? -1 : 1)

/** Rules of a group take their turn together, when the first of them does. */
const turnsOf = (inOrder: readonly NamedRule[]): readonly NamedRule[][] => [
  ...Map.groupBy(inOrder, (rule) =>
    rule.stacking.group === undefined ? rule : `${classOf(rule)} ${rule.stacking.group}`,
  ).values(),
]

/** Applies the best of a turn's rules. */
function take(state: State, turn: readonly NamedRule[]): Verdict[] {
  const verdicts = turn.map((rule) => judge(state, rule))
  const offers = verdicts.filter((verdict): verdict is Offer => verdict.outcome === "applied")
  const [first, ...others] = offers
  if (!first) return verdicts
  const best = others.reduce((most, offer) => (offer.amount > most.amount ? offer : most), first)
  apply(state, best)
  return verdicts.map((verdict) =>
    verdict.outcome === "applied" && verdict !== best
      ? {
          rule: verdict.rule,
          outcome: "suppressed",
          suppression: { why: "group", by: best.rule },
        }
      : verdict,
  )
}

function apply(state: State, { rule, taken, amount }: Offer): void {
  if (classOf(rule) === "shipping") state.shipping.push({ rule, amount })
  for (const { sku, amount } of taken) state.lines.get(sku)?.applied.push({ rule, amount })
  if (rule.stacking.stops) state.stoppedBy = rule
}

/** What would become of a rule now, were it alone in its turn. Its conditions are met. */
function judge(state: State, rule: NamedRule): Verdict {
  if (state.stoppedBy)
    return { rule, outcome: "suppressed", suppression: { why: "stopped", by: state.stoppedBy } }
  return classOf(rule) === "shipping" ? judgeShipping(state, rule) : judgeLines(state, rule)
}

const sumOf = (parts: readonly { readonly amount: number }[]): number =>
  parts.reduce((sum, { amount }) => sum + amount, 0)

function judgeShipping({ cart, shipping }: State, rule: NamedRule): Verdict {
  if (shipping.length === MOST_DISCOUNTS) return { rule, outcome: "suppressed", suppression: { why: "full" } }
  const amount = (cart.shipping?.amount ?? 0) - sumOf(shipping)
  if (amount === 0) return { rule, outcome: "not-met", unmet: { condition: "effect" } }
  return { rule, outcome: "applied", taken: [], amount, withheld: [] }
}

function judgeLines({ cart, skus, lines }: State, rule: NamedRule): Verdict {
  const { effect } = rule
  const scope = effect.kind === "buy-x-get-y" && effect.of ? effect.of : rule.scope
  const open: OpenLine[] = []
  const withheld: { sku: string; by: NamedRule }[] = []
  let isFull = false
  for (const sku of skus) {
    const entry = lines.get(sku)
    if (!entry || !isInScope(scope, entry.line)) continue
    const { line, price, applied } = entry
    const rival = classOf(rule) === "product" ? rivalOf(rule, applied) : undefined
    if (rival) withheld.push({ sku, by: rival })
    else if (applied.length === MOST_DISCOUNTS) isFull = true
    else
      open.push({
        sku,
        quantity: line.quantity,
        unitPrice: line.unitPrice.amount,
        left: price - sumOf(applied),
      })
  }
  const taken = takenBy(effect, open, unitsBought(cart.lines, rule))
  if (taken.length > 0) return { rule, outcome: "applied", taken, amount: sumOf(taken), withheld }
  const [first] = withheld
  if (first) return { rule, outcome: "suppressed", suppression: { why: "line", by: first.by } }
  if (isFull) return { rule, outcome: "suppressed", suppression: { why: "full" } }
  return { rule, outcome: "not-met", unmet: { condition: "effect" } }
}

/** The product discount of a line that a rule does not combine with. */
const rivalOf = (rule: NamedRule, applied: readonly Applied[]): NamedRule | undefined =>
  applied.find(
    ({ rule: other }) => classOf(other) === "product" && !(other.stacking.combines && rule.stacking.combines),
  )?.rule
