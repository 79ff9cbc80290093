import { mergeLines, type StockLine } from "../contracts/stock-lines.ts"

type Lines = readonly StockLine[]
type Part = { readonly lines: Lines }
type Parcel = Part & { readonly deliveredAt?: string }
type Return = Part & { readonly status: "requested" | "accepted" | "rejected"; readonly withdrawal: boolean }

/** What an order has that its units are counted by; nothing of it before it was paid. */
export type Counted = Part & {
  readonly cancellations?: readonly Part[]
  readonly shipments?: readonly Parcel[]
  readonly returns?: readonly Return[]
}

const linesOf = (parts: readonly Part[] = []): Lines => parts.flatMap(({ lines }) => lines)

/** What is left of lines when others are taken away, one line per SKU; never less than nothing. */
export function minusLines(lines: Lines, taken: Lines): StockLine[] {
  const bySku = new Map(mergeLines(taken).map(({ sku, quantity }) => [sku, quantity]))
  return mergeLines(lines).flatMap(({ sku, quantity }) => {
    const left = quantity - (bySku.get(sku) ?? 0)
    return left > 0 ? [{ sku, quantity: left }] : []
  })
}

/** The lines of which more is asked for than is left. */
export function exceeding(asked: Lines, left: Lines): { sku: string; requested: number; left: number }[] {
  const bySku = new Map(mergeLines(left).map(({ sku, quantity }) => [sku, quantity]))
  return mergeLines(asked).flatMap(({ sku, quantity }) => {
    const has = bySku.get(sku) ?? 0
    return quantity > has ? [{ sku, requested: quantity, left: has }] : []
  })
}

export const cancelledLines = ({ cancellations }: Counted): Lines => linesOf(cancellations)

/** What of the order is neither cancelled nor in a parcel. */
export const unshipped = (order: Counted): StockLine[] =>
  minusLines(order.lines, [...cancelledLines(order), ...linesOf(order.shipments)])

/** What is in a parcel, or has arrived in one, and is not on its way back. */
const kept = ({ returns = [] }: Counted, shipments: readonly Parcel[]): StockLine[] =>
  minusLines(linesOf(shipments), linesOf(returns.filter(({ status }) => status !== "rejected")))

/** What was shipped and is in no return. */
export const keptAfterShipment = (order: Counted): StockLine[] => kept(order, order.shipments ?? [])

/** What was delivered and is in no return. */
export const keptAfterDelivery = (order: Counted): StockLine[] =>
  kept(
    order,
    (order.shipments ?? []).filter(({ deliveredAt }) => deliveredAt),
  )

/** What the customer gave up: cancelled, or back in the house after a withdrawal. */
export const givenUp = (order: Counted): Lines => [
  ...cancelledLines(order),
  ...linesOf(order.returns?.filter((one) => one.status === "accepted" && one.withdrawal)),
]

/** What was paid back for: cancelled, or back in the house for whatever reason. */
export const paidBackLines = (order: Counted): Lines => [
  ...cancelledLines(order),
  ...linesOf(order.returns?.filter(({ status }) => status === "accepted")),
]
