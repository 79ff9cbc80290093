import { RATE_UNIT } from "../../contracts/taxes.ts"
import { partOf, usd } from "../../kernel/money.ts"
import type { OpenLine } from "./cart.ts"
import type { Effect } from "./rule.ts"
import { share } from "./share.ts"

/** What an effect takes off a line, in minor units, and of how many of its units where it counts units. */
export type Taken = { readonly sku: string; readonly amount: number; readonly units?: number }

type BuyXGetY = Extract<Effect, { kind: "buy-x-get-y" }>

/**
 * What an effect takes off lines: never more than what is left of one.
 * @param lines those that it may touch, by SKU
 * @param bought how many units count as bought, for "buy X get Y"
 * @returns one entry for each line that something is taken off
 */
export function takenBy(effect: Effect, lines: readonly OpenLine[], bought: number): Taken[] {
  return takeEach(effect, lines, bought).filter(({ amount }) => amount > 0)
}

function takeEach(effect: Effect, lines: readonly OpenLine[], bought: number): Taken[] {
  switch (effect.kind) {
    case "percentage":
      return lines.map(({ sku, left }) => ({ sku, amount: partOf(usd(left), effect.rate, RATE_UNIT).amount }))
    case "amount": {
      const all = lines.reduce((sum, { left }) => sum + left, 0)
      const shares = share(
        Math.min(effect.amount.amount, all),
        lines.map(({ left }) => left),
      )
      return lines.map(({ sku }, index) => ({ sku, amount: shares[index] ?? 0 }))
    }
    case "amount-per-unit":
      return lines.map(({ sku, left, quantity }) => {
        // May be more than a number holds exactly; what is left of a line is not.
        const amount = BigInt(effect.amount.amount) * BigInt(quantity)
        return { sku, amount: amount > BigInt(left) ? left : Number(amount), units: quantity }
      })
    case "buy-x-get-y":
      return takeCheapest(effect, lines, bought)
    case "free-shipping":
      return []
  }
}

/** For each helping the cheapest units that may be got, of all helpings together. */
function takeCheapest({ buy, get, rate, of }: BuyXGetY, lines: readonly OpenLine[], bought: number): Taken[] {
  let units = get * Math.floor(bought / (of ? buy : buy + get))
  const cheapestFirst = lines.toSorted((a, b) => a.unitPrice - b.unitPrice)
  return cheapestFirst.map(({ sku, quantity, left }) => {
    const got = Math.min(units, quantity)
    units -= got
    return { sku, amount: partOf(usd(left), got * rate, quantity * RATE_UNIT).amount, units: got }
  })
}
