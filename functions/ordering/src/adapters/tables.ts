import type { PortsOf } from "@eshop/building-blocks/app/app"
import type { OrderContacts } from "../access/ports.ts"
import type { ordering } from "../app.ts"

/** The ports of Ordering that its database is behind. */
export type Tables = Pick<
  PortsOf<typeof ordering>,
  | "orders"
  | "views"
  | "projection"
  | "invoiceSeries"
  | "proofs"
  | "personalData"
  | "archive"
  | "wrappedKeys"
  | "erased"
  | "erasureRequests"
  | "customerOrders"
  | "audit"
  | "attention"
  | "unfinished"
  | "lookups"
  | "paymentWatch"
  | "refundWatch"
  | "reportPosition"
  | "notices"
  | "deliveries"
  | "subscriptions"
> & { readonly contacts: OrderContacts }

/** What hears of commits. */
export type Heard = {
  ordersChanged(): void
  noticesAdded(): void
  deliveriesDue(): void
}
