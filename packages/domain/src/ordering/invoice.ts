import { type Money, partOf, sum } from "../kernel/money.ts"
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

/** Money that went back, as a correction of the invoice. */
export type CreditNote = {
  readonly number: string
  /** When it went back, ISO 8601. */
  readonly at: string
  readonly reason: string
  readonly amount: Money
  readonly taxes: readonly TaxGroup[]
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
  readonly creditNotes: readonly CreditNote[]
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

/**
 * The invoice of an order that was paid. Money that went back corrects it by credit notes, which are a series of the
 * invoice's own, each with its part of the taxes: together they take back what the invoice charged, to the cent, when
 * everything went back.
 */
export function invoiceOf(order: PaidOrder): Invoice {
  const taxes = taxesOf(order)
  let left = taxes
  const creditNotes = order.payment.refunds.flatMap((refund, index): CreditNote[] => {
    if (refund.status !== "settled") return []
    const shares = divide(
      refund.amount,
      left.map(({ gross }) => gross),
    )
    const credited = left.map(({ rate, gross, tax }, position): Taxed => {
      const share = shares[position] as number
      return {
        rate,
        gross: share,
        tax: gross === 0 ? 0 : partOf({ ...refund.amount, amount: tax }, share, gross).amount,
      }
    })
    left = left.map(({ rate, gross, tax }, position) => {
      const back = credited[position] as Taxed
      return { rate, gross: gross - back.gross, tax: tax - back.tax }
    })
    return [
      {
        number: `CN-${order.payment.invoiceNumber}-${index + 1}`,
        at: refund.settledAt,
        reason: refund.reason,
        amount: refund.amount,
        taxes: credited.filter(({ gross }) => gross > 0).map((one) => groupOf(one, refund.amount)),
      },
    ]
  })
  return {
    number: invoiceNumberOf(order),
    orderNumber: orderNumberOf(order.id),
    taxes: taxes.map((one) => groupOf(one, order.total)),
    creditNotes,
  }
}

/** What of the invoice stands once the credit notes are counted. */
export const openAmount = (order: PaidOrder, { creditNotes }: Invoice): Money => ({
  ...order.total,
  amount:
    order.total.amount -
    sum(
      order.total.currency,
      creditNotes.map(({ amount }) => amount),
    ).amount,
})
