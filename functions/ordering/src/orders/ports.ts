import type { Tx } from "@eshop/building-blocks/app/call"
import type { OrderStatus } from "@eshop/domain/contracts/ordering-events"
import type { Order } from "@eshop/domain/ordering/order"
import type { OrderEvent } from "@eshop/domain/ordering/order-events"
import type { StoredLink, StreamHead } from "@eshop/domain/ordering/stream-chain"
import type { HeadLine } from "../evidence/ports.ts"
import type { OrderDetails, OrderView, ProjectedOrder } from "./order-views.ts"

export type StoredOrder = { readonly order: Order; readonly version: number }

/** An order with the end of its stream: what is appended next refers to it. */
export type LockedOrder = StoredOrder & { readonly head: StreamHead }

/** A stream as it lies in the store, with the order that it led to: what a verification reads. */
export type StoredStream = {
  readonly orderId: string
  /** Oldest first. */
  readonly links: readonly StoredLink[]
  /** The state and the stream's end beside it; undefined when only the stream is there. */
  readonly stored?: LockedOrder
}

/** The orders and their event streams. */
export type Orders = {
  find(id: string): Promise<StoredOrder | undefined>
  /** The order inside a transaction, locked until it ends. */
  lock(tx: Tx, id: string): Promise<LockedOrder | undefined>
  /**
   * Appends events behind the stream's end, each with the hash that chains it to the one before, stores the state that they lead to and marks it for every projection.
   * @param head the end of the stream as {@link lock} gave it; undefined for a new order
   * @throws when another writer was faster (the version is taken)
   */
  append(
    tx: Tx,
    id: string,
    head: StreamHead | undefined,
    events: readonly OrderEvent[],
    order: Order,
  ): Promise<void>
  /** Orders that an operator looks for, newest first. @param after where the page before ended */
  search(filter: OrderFilter, after: ViewCursor | undefined, limit: number): Promise<readonly StoredOrder[]>
  /** The order's stream, oldest event first. */
  events(id: string): Promise<readonly OrderEvent[]>
  /** Streams with their stored orders, by order id. @param after the last id of the page before */
  streams(after: string | undefined, limit: number): Promise<readonly StoredStream[]>
  /** Where the streams of orders end that changed last within these instants, by order id. */
  headsWithin(
    from: Date,
    before: Date,
    after: string | undefined,
    limit: number,
  ): Promise<readonly HeadLine[]>
  /** The hash of the event at this version of a stream; undefined where there is none. */
  hashAt(id: string, version: number): Promise<string | undefined>
  /** Ids of orders whose checkout is under way and that have not changed since then, oldest first. */
  underWaySince(before: Date, limit: number): Promise<readonly string[]>
  /** How many orders are led by a saga of checkout, and by one of fulfilment, in each state. */
  countInSagas(): Promise<readonly OrdersInSaga[]>
  /** Orders that use a coupon, by id. @param after the last id of the page before */
  withCoupons(after: string | undefined, limit: number): Promise<readonly Order[]>
}

/** So many orders of a state that a saga leads. */
export type OrdersInSaga = {
  readonly saga: "checkout" | "fulfilment"
  readonly status: OrderStatus
  readonly count: number
}

/** When an order was submitted: from the first instant on, before the second one. */
type SubmittedWithin = { readonly from?: string | undefined; readonly before?: string | undefined }

/** What an operator looks for; what is not said narrows nothing. */
export type OrderFilter = SubmittedWithin & {
  readonly status?: OrderStatus | undefined
  readonly customerId?: string | undefined
  /** As it is written. */
  readonly number?: string | undefined
  readonly sku?: string | undefined
  /** Those alone that wait for a person's decision. */
  readonly needsAttention?: boolean | undefined
}

/** What a customer looks for among their orders. */
export type ViewFilter = SubmittedWithin & { readonly status?: OrderStatus | undefined }

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
  put(orders: readonly ProjectedOrder[]): Promise<void>
  /** One of a customer's orders, without its address; undefined where the read model has none of that id for them. */
  find(customerId: string, id: string): Promise<OrderDetails | undefined>
  /** A customer's orders, newest first. @param after where the page before ended */
  list(
    customerId: string,
    filter: ViewFilter,
    after: ViewCursor | undefined,
    limit: number,
  ): Promise<readonly OrderView[]>
  /** Removes views of orders that there are not, and lets any version overwrite the others. */
  distrust(): Promise<void>
}
