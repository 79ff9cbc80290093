import type { Tx } from "@eshop/building-blocks/app/call"
import type { Audit } from "@eshop/building-blocks/audit/audit"
import type { Cart } from "@eshop/domain/basket/cart"
import type { PricingPorts } from "../pricing/ports.ts"
import type { StockHints } from "../products/ports.ts"

/** What a change of a cart was, for its audit trail: its action, and the rest as its change. */
export type CartChange =
  | { readonly action: "item.added" | "item.set"; readonly sku: string; readonly quantity: number }
  | { readonly action: "item.removed"; readonly sku: string }
  | { readonly action: "coupon.set"; readonly couponCode: string }
  | { readonly action: "coupon.removed" | "settled" | "expired" }
  | { readonly action: "delivery.set"; readonly country?: string; readonly shippingMethod?: string }
  | { readonly action: "hold.taken" | "hold.released"; readonly holdId?: string }
  | { readonly action: "merged-from" | "merged-into"; readonly customerId: string }
  | { readonly action: "checked-out" | "order.returned" | "ordered-again"; readonly orderId: string }

/** When carts are given up that nobody has changed since. */
export type AbandonedBefore = { readonly guests: Date; readonly customers: Date }

export type Carts = {
  /** The cart to be shown, or to begin with: a copy of it may lag behind. An empty one where there is none. */
  find(customerId: string): Promise<Cart>
  /** The cart to decide on: as it was committed last. */
  current(customerId: string): Promise<Cart>
  /** The cart as it was committed last, locked until the transaction ends. */
  lock(tx: Tx, customerId: string): Promise<Cart>
  /** Stores a cart that this transaction has locked. */
  save(tx: Tx, cart: Cart, at: Date): Promise<void>
  /** Removes a customer's cart, unless it was changed since then. */
  remove(tx: Tx, customerId: string, until: Date): Promise<void>
  /** Removes carts that nobody has changed for long and that nobody has locked. @param limit how many at the most */
  removeAbandoned(
    tx: Tx,
    before: AbandonedBefore,
    limit: number,
  ): Promise<readonly { readonly cart: Cart; readonly touchedAt: Date }[]>
}

export type CartPorts = PricingPorts & {
  readonly carts: Carts
  readonly audit: Audit
  readonly stockHints: StockHints
}
