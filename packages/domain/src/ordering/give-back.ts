import { mergeLines, type StockLine } from "../contracts/stock-lines.ts"
import { type Money, minusToZero, sum } from "../kernel/money.ts"
import type { Order, PaidOrder, Payment } from "./order.ts"
import { type OrderEventOf, orderEvent } from "./order-events.ts"
import { givenUp, minusLines, paidBackLines } from "./order-lines.ts"

type Priced = Pick<Order, "lines" | "shipping" | "total">
type Lines = readonly StockLine[]

/**
 * What of a payment may still go back: what was captured without what went back or is to, and without what a bank took
 * back or may take in a dispute.
 */
export const leftOf = ({ captured, refunds, disputes }: Payment): Money =>
  minusToZero(
    captured,
    sum(captured.currency, [
      ...refunds.filter(({ status }) => status !== "failed").map(({ amount }) => amount),
      ...disputes.filter(({ status }) => status !== "won").map(({ amount }) => amount),
    ]),
  )

/** A tax that is not in the price. */
const added = (tax: { readonly amount: Money; readonly included: boolean } | undefined): number =>
  tax && !tax.included ? tax.amount.amount : 0

/** What the first units of a SKU cost: the cents that do not divide evenly lie on the first units of a line. */
function costOfFirst(lines: Priced["lines"], sku: string, units: number): number {
  let left = units
  let cost = 0
  for (const line of lines.filter((one) => one.sku === sku)) {
    const taken = Math.min(left, line.quantity)
    const paid = line.total.amount + added(line.tax)
    const rest = paid % line.quantity
    cost += taken * ((paid - rest) / line.quantity) + Math.min(taken, rest)
    left -= taken
  }
  return cost
}

/**
 * What units of an order were paid for, discounts and taxes included. Whatever the parts in which a line goes back, they
 * make its total exactly.
 * @param before what was paid back for already
 */
export function costOf(order: Priced, before: Lines, lines: Lines): Money {
  const earlier = new Map(mergeLines(before).map(({ sku, quantity }) => [sku, quantity]))
  const costs = mergeLines(lines).map(({ sku, quantity }) => {
    const first = earlier.get(sku) ?? 0
    return costOfFirst(order.lines, sku, first + quantity) - costOfFirst(order.lines, sku, first)
  })
  return { amount: costs.reduce((total, cost) => total + cost, 0), currency: order.total.currency }
}

/** What goes back for lines that the customer gives up, or gives back for another reason. */
export type GivingBack = {
  readonly lines: Lines
  /** Whether they are given up: cancelled or withdrawn. The shipping goes back when everything is. */
  readonly isGivenUp: boolean
}

/** What the shipping cost, once everything is given up; nothing before. */
const shippingOf = ({ lines, shipping }: Priced, isGivenUp: Lines): number =>
  shipping && minusLines(lines, isGivenUp).length === 0 ? shipping.price.amount + added(shipping.tax) : 0

/** What goes back for lines: what they cost, and no more than is left of the payment. */
export function refundFor(order: PaidOrder, { lines, isGivenUp }: GivingBack): Money {
  const cost = costOf(order, paidBackLines(order), lines)
  const shipping = isGivenUp ? shippingOf(order, [...givenUp(order), ...lines]) : 0
  const left = leftOf(order.payment)
  return { ...left, amount: Math.min(cost.amount + shipping, left.amount) }
}

/**
 * What should have gone back for what was cancelled or came back, and did not: a bank held it while a dispute was open, and
 * left it with the shop.
 */
export function owedOf(order: PaidOrder): Money {
  const { captured, refunds } = order.payment
  const due =
    order.status === "Cancelled"
      ? captured.amount
      : costOf(order, [], paidBackLines(order)).amount + shippingOf(order, givenUp(order))
  const asked = refunds.filter(({ status }) => status !== "failed").map(({ amount }) => amount)
  const left = leftOf(order.payment)
  const owed = due - sum(captured.currency, asked).amount
  return { ...left, amount: Math.max(0, Math.min(owed, left.amount)) }
}

/** The request for a refund; none for nothing. */
export const refundRequested = (
  now: Date,
  data: OrderEventOf<"RefundRequested">["data"],
): OrderEventOf<"RefundRequested">[] =>
  data.amount.amount > 0 ? [orderEvent("RefundRequested", now, data)] : []
