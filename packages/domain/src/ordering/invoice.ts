import { type Money, partOf } from "../kernel/money.ts"
import type { PaidOrder } from "./order.ts"
import { orderNumberOf } from "./order-number.ts"

/** What was charged at one rate of tax. Net and tax make the gross amount. */
export type TaxGroup = {
  /** Thousandths of a percent; undefined where no tax is said. */
  readonly rate?: number
  readonly net: Money
  readonly tax: Money
  readonly gross: Money
}

/** What corrects an invoice: money that went back, or that the bank sent back after all. */
export type InvoiceCorrection = {
  readonly number: string
  /** When it was made, ISO 8601. */
  readonly at: string
  readonly reason: string
  readonly amount: Money
  readonly taxes: readonly TaxGroup[]
  /** The number of the credit note that it cancels; absent for a credit note. */
  readonly cancels?: string
}

/** Where an invoice stands in its year's series: `2026-000017`. */
export const placeInSeries = (year: number, number: number): string =>
  `${year}-${String(number).padStart(6, "0")}`

/** The number of a paid order's invoice: `INV-2026-000017`. */
export const invoiceNumberOf = ({ payment }: Pick<PaidOrder, "payment">): string =>
  `INV-${payment.invoiceNumber}`

export type Invoice = {
  readonly number: string
  readonly orderNumber: string
  readonly taxes: readonly TaxGroup[]
  readonly corrections: readonly InvoiceCorrection[]
}

type Taxed = {
  readonly rate?: number | undefined
  readonly gross: number
  readonly tax: number
}

/** What was paid for a part of the order: its tax is in the price already, or comes on top. */
const taxed = (
  price: Money,
  tax: { readonly rate: number; readonly amount: Money; readonly included: boolean } | undefined,
): Taxed => ({
  rate: tax?.rate,
  gross: price.amount + (tax && !tax.included ? tax.amount.amount : 0),
  tax: tax?.amount.amount ?? 0,
})

const groupOf = ({ rate, gross, tax }: Taxed, { currency }: Money): TaxGroup => ({
  ...(rate !== undefined && { rate }),
  net: { amount: gross - tax, currency },
  tax: { amount: tax, currency },
  gross: { amount: gross, currency },
})

/** Everything that was charged, by rate of tax; the highest first. */
function taxesOf({ lines, shipping }: PaidOrder): Taxed[] {
  const parts = [
    ...lines.map(({ total, tax }) => taxed(total, tax)),
    ...(shipping ? [taxed(shipping.price, shipping.tax)] : []),
  ]
  return [...Map.groupBy(parts, ({ rate }) => rate)]
    .map(([rate, group]) => ({
      rate,
      gross: group.reduce((total, part) => total + part.gross, 0),
      tax: group.reduce((total, part) => total + part.tax, 0),
    }))
    .sort((a, b) => (b.rate ?? -1) - (a.rate ?? -1))
}

/**
 * Divides an amount among weights: in proportion, in whole cents, and none of more than its weight.
 * @param amount no more than the weights make together
 */
function divide(amount: Money, weights: readonly number[]): number[] {
  const total = weights.reduce((all, weight) => all + weight, 0)
  const upTo = (weight: number) => (total === 0 ? 0 : partOf(amount, weight, total).amount)
  let before = 0
  return weights.map((weight) => {
    const share = upTo(before + weight) - upTo(before)
    before += weight
    return share
  })
}

/** What goes back at each rate of what is left, for an amount of which nobody says what it is for. */
function creditedOf(left: readonly Taxed[], amount: Money): Taxed[] {
  const shares = divide(
    amount,
    left.map(({ gross }) => gross),
  )
  return left.map(({ rate, gross, tax }, position) => {
    const share = shares[position] as number
    return {
      rate,
      gross: share,
      tax: gross === 0 ? 0 : partOf({ ...amount, amount: tax }, share, gross).amount,
    }
  })
}

const plus = (left: readonly Taxed[], parts: readonly Taxed[], sign: 1 | -1): Taxed[] =>
  left.map(({ rate, gross, tax }, position) => {
    const part = parts[position] as Taxed
    return { rate, gross: gross + sign * part.gross, tax: tax + sign * part.tax }
  })

/**
 * The invoice of an order that was paid. What corrects it is a series of its own, numbered as it was made: a credit note
 * for each refund that has succeeded, and for one that the bank sent back later a cancellation of its note. So the numbers
 * have no gap, and neither a number nor what a document says changes by what comes after it. Each states its part of the
 * taxes: together they take back what the invoice charged, to the cent, when everything went back.
 */
export function invoiceOf(order: PaidOrder): Invoice {
  const taxes = taxesOf(order)
  const { invoiceNumber, corrections } = order.payment
  const notes = new Map<string, { readonly number: string; readonly parts: readonly Taxed[] }>()
  let left = taxes
  return {
    number: invoiceNumberOf(order),
    orderNumber: orderNumberOf(order.id),
    taxes: taxes.map((one) => groupOf(one, order.total)),
    corrections: corrections.map(({ type, refundId, amount, reason, madeAt }, index): InvoiceCorrection => {
      const number = `CN-${invoiceNumber}-${index + 1}`
      const note = type === "cancellation" ? notes.get(refundId) : undefined
      const parts = note?.parts ?? creditedOf(left, amount)
      left = plus(left, parts, note ? 1 : -1)
      notes.set(refundId, { number, parts })
      return {
        ...{ number, at: madeAt, reason, amount },
        taxes: parts.filter(({ gross }) => gross > 0).map((one) => groupOf(one, amount)),
        ...(note && { cancels: note.number }),
      }
    }),
  }
}

/** What of the invoice stands once its corrections are counted. */
export const openAmount = ({ total }: PaidOrder, { corrections }: Invoice): Money => ({
  ...total,
  amount: corrections.reduce(
    (open, { amount, cancels }) => open + (cancels === undefined ? -amount.amount : amount.amount),
    total.amount,
  ),
})
