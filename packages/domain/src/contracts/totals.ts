import type { Money } from "../kernel/money.ts"

type Tax = { readonly amount: Money; readonly included: boolean }

type PricedLine = {
  readonly quantity: number
  readonly unitPrice: Money
  readonly discounts: readonly { readonly amount: Money }[]
  readonly tax?: Tax | undefined
  readonly total: Money
}

/** What a checkout and an order have in common. */
export type PricedOrder = {
  readonly lines: readonly PricedLine[]
  readonly subtotal: Money
  readonly discount: Money
  readonly shipping?: { readonly price: Money; readonly tax?: Tax | undefined } | undefined
  readonly tax?: Money | undefined
  readonly total: Money
}

export type Disagreement = { readonly path: (string | number)[]; readonly message: string }

const add = (amounts: readonly bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n)
const sumOf = (amounts: readonly Money[]): bigint => add(amounts.map(({ amount }) => BigInt(amount)))
const priceOf = (line: PricedLine): bigint => BigInt(line.unitPrice.amount) * BigInt(line.quantity)
const discountOf = (line: PricedLine): bigint => sumOf(line.discounts.map(({ amount }) => amount))

/**
 * Whether lines and totals agree:
 * line total = unit price × quantity − its discounts; subtotal = Σ unit price × quantity; discount = Σ discounts;
 * tax = Σ taxes of lines and shipping (absent is none); total = subtotal − discount + shipping + the taxes that are
 * not included in their price. All in one currency, and exact whatever the amounts.
 * @returns every place that does not agree; none when all do
 */
export function checkTotals(order: PricedOrder): Disagreement[] {
  const { lines, shipping, total } = order
  const taxes = [...lines, shipping].flatMap((part) => part?.tax ?? [])
  const added = sumOf(taxes.filter(({ included }) => !included).map(({ amount }) => amount))
  const subtotal = add(lines.map(priceOf))
  const discount = add(lines.map(discountOf))
  const sums: [path: Disagreement["path"], found: Money | undefined, expected: bigint][] = [
    ...lines.map((line, index): (typeof sums)[number] => [
      ["lines", index, "total"],
      line.total,
      priceOf(line) - discountOf(line),
    ]),
    [["subtotal"], order.subtotal, subtotal],
    [["discount"], order.discount, discount],
    [["tax"], order.tax, sumOf(taxes.map(({ amount }) => amount))],
    [["total"], total, subtotal - discount + BigInt(shipping?.price.amount ?? 0) + added],
  ]
  const disagreements = sums.flatMap(([path, found, expected]) =>
    BigInt(found?.amount ?? 0) === expected
      ? []
      : [{ path, message: `is ${found?.amount ?? "missing"}, its parts make ${expected}` }],
  )
  const all = [
    ...sums.map(([, found]) => found),
    ...lines.flatMap((line) => [line.unitPrice, ...line.discounts.map(({ amount }) => amount)]),
    ...taxes.map(({ amount }) => amount),
    shipping?.price,
  ]
  if (all.some((money) => money && money.currency !== total.currency))
    disagreements.push({ path: ["total"], message: "is not in the currency of its parts" })
  return disagreements
}
