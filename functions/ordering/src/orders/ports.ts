import type { Tx } from "@eshop/building-blocks/use-case"
import type { Order, OrderEvent, OrderStatus } from "@eshop/domain/ordering/order"

export type StoredOrder = { readonly order: Order; readonly version: number }

/** The orders and their event streams. */
export type Orders = {
  find(id: string): Promise<StoredOrder | undefined>
  /** The order inside a transaction, locked until it ends. */
  lock(tx: Tx, id: string): Promise<StoredOrder | undefined>
  /**
   * Appends events behind `expectedVersion` and stores the state that they lead to.
   * @throws when another writer was faster (the version is taken)
   */
  append(
    tx: Tx,
    id: string,
    expectedVersion: number,
    events: readonly OrderEvent[],
    order: Order,
  ): Promise<void>
  /** The order's stream, oldest event first. */
  events(id: string): Promise<readonly OrderEvent[]>
}

/** How far the read model has followed the orders. */
export type Projection = {
  /** Orders whose read model lags behind, at most `limit`. */
  lagging(limit: number): Promise<readonly StoredOrder[]>
  /** The read model has caught up with these versions. */
  caughtUp(orders: readonly { id: string; version: number }[]): Promise<void>
}

/** An order as its customer sees it in a list. */
export type OrderView = {
  readonly id: string
  readonly customerId: string
  readonly status: OrderStatus
  readonly total: { amount: number; currency: string }
  readonly lineCount: number
  readonly submittedAt: string
  readonly changedAt: string
}

export type ViewCursor = { readonly submittedAt: string; readonly id: string }

/** The customers' read model. It lags behind the orders by moments and can be rebuilt from them. */
export type OrderViews = {
  /** Stores views; an older version never overwrites a newer one. */
  put(views: readonly { view: OrderView; version: number }[]): Promise<void>
  /** A customer's orders, newest first. */
  list(customerId: string, after: ViewCursor | undefined, limit: number): Promise<readonly OrderView[]>
}
