import type { Order } from "@eshop/domain/ordering/order"

/** A place among the unfinished orders. */
export type WatchPosition = { readonly changedAt: string; readonly orderId: string }

/** How far the watch has come. */
export type WatchProgress = {
  /** Undefined at the beginning of a round. */
  readonly position: WatchPosition | undefined
  readonly roundBeganAt: string
}

/** Orders that are paid and not finished: to be shipped, to be closed, or with a refund that is not settled. */
export type UnfinishedOrders = {
  /** Those behind the position that have not changed since the moment, in the order of their last change. */
  after(position: WatchPosition | undefined, unchangedSince: Date, limit: number): Promise<readonly Order[]>
  /** Undefined before the first round. */
  progress(): Promise<WatchProgress | undefined>
  moveTo(progress: WatchProgress): Promise<void>
}
