import * as z from "zod"

/** ISO 4217 code. One shop, one currency for now; amounts of different currencies never meet. */
export const Currency = z.enum(["USD"])
export type Currency = z.infer<typeof Currency>

/** An amount in minor units (cents): an integer, never a fraction. */
export const Money = z.object({ amount: z.int().min(0), currency: Currency })
export type Money = z.infer<typeof Money>

export const usd = (amount: number): Money => ({ amount, currency: "USD" })

export const sameMoney = (a: Money, b: Money): boolean => a.amount === b.amount && a.currency === b.currency

/** unit price × quantity; throws on an amount beyond what a JSON number holds exactly. */
export function times(unit: Money, quantity: number): Money {
  const amount = unit.amount * quantity
  if (!Number.isSafeInteger(amount)) throw new RangeError("amount is out of range")
  return { amount, currency: unit.currency }
}

/** Sum of amounts of one currency. */
export function sum(currency: Currency, amounts: readonly Money[]): Money {
  let amount = 0
  for (const money of amounts) {
    if (money.currency !== currency) throw new RangeError(`cannot add ${money.currency} to ${currency}`)
    amount += money.amount
  }
  if (!Number.isSafeInteger(amount)) throw new RangeError("amount is out of range")
  return { amount, currency }
}

/** Whether the total of these lines, before any discount, is an integer that a JSON number holds exactly. */
export const isCountable = (lines: readonly { unitPrice: Money; quantity: number }[]): boolean =>
  lines.reduce((total, line) => total + BigInt(line.unitPrice.amount) * BigInt(line.quantity), 0n) <=
  BigInt(Number.MAX_SAFE_INTEGER)

/**
 * The part numerator / denominator of an amount, rounded half to even: what lies exactly between two cents goes to the
 * even one, so that rounding many lines favours nobody. Exact whatever the amounts.
 */
export function partOf({ amount, currency }: Money, numerator: number, denominator: number): Money {
  const product = BigInt(amount) * BigInt(numerator)
  const divisor = BigInt(denominator)
  const floor = product / divisor
  const twice = (product % divisor) * 2n
  const up = twice > divisor || (twice === divisor && floor % 2n === 1n)
  return { amount: Number(up ? floor + 1n : floor), currency }
}

/** a − b, never below zero: a discount cannot make a price negative. */
export const minusToZero = (a: Money, b: Money): Money => ({
  amount: Math.max(0, a.amount - b.amount),
  currency: a.currency,
})
