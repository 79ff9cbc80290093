import type { Tx } from "@eshop/building-blocks/app/call"
import type { Order } from "@eshop/domain/ordering/order"
import type { OrderEvent } from "@eshop/domain/ordering/order-events"
import type { OrderView } from "./order-views.ts"

export type StoredOrder = { readonly order: Order; readonly version: number }

/** The orders and their event streams. */
export type Orders = {
  find(id: string): Promise<StoredOrder | undefined>
  /** The order inside a transaction, locked until it ends. */
  lock(tx: Tx, id: string): Promise<StoredOrder | undefined>
  /**
   * Appends events behind `expectedVersion`, stores the state that they lead to and marks it for every projection.
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
  /** Ids of orders whose checkout is under way and that have not changed since then, oldest first. */
  underWaySince(before: Date, limit: number): Promise<readonly string[]>
  /** Orders that use a coupon, by id. @param after the last id of the page before */
  withCoupons(after: string | undefined, limit: number): Promise<readonly Order[]>
}

/** The projections of orders, by name. */
export type ProjectionName = "order-list"

/** How far a projection has followed the orders. */
export type Projection = {
  /** Orders that the projection has still to follow, at most `limit`, as their streams tell of them. */
  pending(name: ProjectionName, limit: number): Promise<readonly StoredOrder[]>
  pendingCount(name: ProjectionName): Promise<number>
  /**
   * The projection has followed these versions; an order that has changed since, or that is being changed, stays
   * pending. @returns how many are pending no longer
   */
  followed(name: ProjectionName, orders: readonly { id: string; version: number }[]): Promise<number>
  /** Marks every order. @returns how many there are */
  markAll(name: ProjectionName): Promise<number>
}

export type ViewCursor = { readonly submittedAt: string; readonly id: string }

/** The customers' read model. It lags behind the orders by moments and can be rebuilt from them. */
export type OrderViews = {
  /** Stores views; an older version never overwrites a newer one. */
  put(views: readonly { view: OrderView; version: number }[]): Promise<void>
  /** A customer's orders, newest first. */
  list(customerId: string, after: ViewCursor | undefined, limit: number): Promise<readonly OrderView[]>
  /** Removes views of orders that there are not, and lets any version overwrite the others. */
  distrust(): Promise<void>
}
