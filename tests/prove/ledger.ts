/** The books: each is closed in itself, and its accounts sum to 0 for every unit at every moment. */
export type Account =
  /** Money at the provider, per order. */
  | "customer"
  | "authorised"
  | "captured"
  | "refunded"
  /** Stock in Catalog, per SKU. */
  | "supply"
  | "on-hand"
  | "sold"
  | "returned"
  /** What levels say is set aside, and whose it is. */
  | "reserved"
  | "claimed"
export type Book = "money" | "stock" | "reservations"

/** One side of a booking; the sides come from different records of the same fact. */
export type Entry = {
  readonly book: Book
  /** The order whose money it is, or the SKU. */
  readonly unit: string
  readonly account: Account
  /** Minor units of money, or pieces. */
  readonly amount: number
}

/** What the provider knows of one payment. */
export type Payment = {
  readonly orderId: string
  readonly status: string
  readonly amount: number
  readonly received: number
  readonly refunded: number
  /** What its refunds come to, one by one. */
  readonly refunds: number
}

type Units = readonly { readonly sku: string; readonly quantity: number }[]
/** What an order has of the stock. */
export type Claim = {
  readonly orderId: string
  readonly status: string
  readonly wanted: Units
  readonly givenBack: Units
  readonly allocations: Units
}
/** All locations of a SKU together. */
export type Level = { readonly sku: string; readonly onHand: number; readonly reserved: number }

/** Money that a customer gave is set aside, taken or given back: nothing else can have become of it. */
export const moneyEntries = (payments: readonly Payment[]): Entry[] =>
  payments.flatMap(({ orderId, status, amount, received, refunded, refunds }) => {
    const entry = (account: Account, sum: number): Entry => ({
      book: "money",
      unit: orderId,
      account,
      amount: sum,
    })
    const isHeld = status === "requires_capture"
    const isTaken = status === "succeeded"
    return [
      entry("customer", isHeld || isTaken ? -amount : 0),
      entry("authorised", isHeld ? amount : 0),
      entry("captured", received - refunded),
      entry("refunded", refunds),
    ]
  })

const sumOf = (units: Units, sku: string): number =>
  units.reduce((sum, unit) => (unit.sku === sku ? sum + unit.quantity : sum), 0)

/**
 * Every piece that was there at the beginning is on hand, sold or came back; every piece that is set aside is
 * somebody's.
 * @param supply pieces on hand at the beginning, by SKU
 * @param holds what shoppers hold while they check out
 */
export const stockEntries = (
  supply: ReadonlyMap<string, number>,
  levels: readonly Level[],
  claims: readonly Claim[],
  holds: Units,
): Entry[] =>
  levels.flatMap(({ sku, onHand, reserved }) => {
    const entry = (book: Book, account: Account, amount: number): Entry => ({
      book,
      unit: sku,
      account,
      amount,
    })
    const sold = claims.filter(({ status }) => status === "committed")
    const held = claims.filter(({ status }) => status === "held")
    const total = (chosen: readonly Claim[], part: "wanted" | "givenBack" | "allocations") =>
      chosen.reduce((sum, claim) => sum + sumOf(claim[part], sku), 0)
    return [
      entry("stock", "supply", -(supply.get(sku) ?? 0)),
      entry("stock", "on-hand", onHand),
      entry("stock", "sold", total(sold, "wanted")),
      entry("stock", "returned", -total(sold, "givenBack")),
      entry("reservations", "reserved", reserved),
      entry("reservations", "claimed", -total(held, "allocations") - sumOf(holds, sku)),
    ]
  })

/** Units whose entries do not sum to 0. */
export function imbalances(entries: readonly Entry[]): string[] {
  const sums = Map.groupBy(entries, ({ book, unit }) => `${book} of ${unit}`)
  return [...sums].flatMap(([name, sides]) => {
    const sum = sides.reduce((total, { amount }) => total + amount, 0)
    return sum === 0
      ? []
      : [`${name} is ${sum}: ${sides.map(({ account, amount }) => `${account} ${amount}`).join(", ")}`]
  })
}

/** What each account holds. */
export function totals(entries: readonly Entry[]): ReadonlyMap<Account, number> {
  const sums = new Map<Account, number>()
  for (const { account, amount } of entries) sums.set(account, (sums.get(account) ?? 0) + amount)
  return sums
}
