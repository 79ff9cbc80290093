import type { Tx } from "@eshop/building-blocks/app/call"
import type { Cart } from "@eshop/domain/basket/cart"
import type { ProductPorts } from "../products/ports.ts"

/** What a change of a cart was, for its audit trail. */
export type CartChange =
  | { readonly type: "item-put"; readonly sku: string; readonly quantity: number }
  | { readonly type: "item-removed"; readonly sku: string }
  | { readonly type: "checked-out"; readonly checkoutId: string }

export type Carts = {
  /** The cart as it was committed last; an empty one of version 0 for a customer who has none. */
  find(customerId: string): Promise<Cart>
  /** The same, locked until the transaction ends. */
  lock(tx: Tx, customerId: string): Promise<Cart>
  /** Stores a cart that this transaction has locked, with the audit row of its change. */
  save(tx: Tx, cart: Cart, change: CartChange, at: Date): Promise<void>
}

/**
 * Copies of active carts. It never fails and never makes its caller wait for long: a cache that is out knows
 * nothing and keeps nothing.
 */
export type CartCache = {
  find(customerId: string): Promise<Cart | undefined>
  /** Keeps the cart unless a newer version is there. */
  put(cart: Cart): Promise<void>
  forget(customerId: string): Promise<void>
}

export type CartPorts = ProductPorts & {
  readonly carts: Carts
  /** Absent when the app has no cache. */
  readonly cache?: CartCache
}
