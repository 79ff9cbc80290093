import { startOfDay } from "../../../parts/local-time.ts"
import { textsIn } from "../searches.ts"

export const statuses = [
  ...(["Submitted", "AwaitingStock", "AwaitingPayment", "Paid", "PartiallyShipped"] as const),
  ...(["Shipped", "Delivered", "Closed", "Cancelled"] as const),
] as const
export type OrderStatus = (typeof statuses)[number]

/** What the address of the list says: which orders, and from where on. Days are those of here. */
export type OrderSearch = {
  status?: OrderStatus
  from?: string
  /** The last day. */
  to?: string
  sku?: string
  number?: string
  customerId?: string
  attention?: "true"
  cursor?: string
}

const isStatus = (value: unknown): value is OrderStatus => statuses.some((status) => status === value)
const DAY = /^\d{4}-\d{2}-\d{2}$/

/** Reads the address of the list; what makes no sense in it is left out. */
export function orderSearch(search: Record<string, unknown>): OrderSearch {
  const { from, to, ...texts } = textsIn(search, ["from", "to", "sku", "number", "customerId", "cursor"])
  return {
    ...texts,
    ...(isStatus(search.status) && { status: search.status }),
    ...(from !== undefined && DAY.test(from) && { from }),
    ...(to !== undefined && DAY.test(to) && { to }),
    ...(String(search.attention) === "true" && { attention: "true" as const }),
  }
}

/** The same as the API is asked. */
export function queryOf({ from, to, attention, ...rest }: OrderSearch) {
  const first = from === undefined ? undefined : startOfDay(from)
  const end = to === undefined ? undefined : startOfDay(to, 1)
  return {
    ...rest,
    ...(first !== undefined && { from: first }),
    ...(end !== undefined && { before: end }),
    ...(attention && { needsAttention: attention }),
    limit: 25,
  }
}

/** What somebody means who types a text to find an order by. */
export type Wanted =
  | { readonly by: "id"; readonly id: string }
  | { readonly by: "number"; readonly number: string }
  | { readonly by: "email"; readonly email: string }

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** An order's id, an e-mail address, or else its number; undefined for nothing. */
export function wantedBy(typed: string): Wanted | undefined {
  const text = typed.trim()
  if (text === "") return undefined
  if (UUID.test(text)) return { by: "id", id: text.toLowerCase() }
  return text.includes("@") ? { by: "email", email: text } : { by: "number", number: text }
}
