import type { Tx } from "@eshop/building-blocks/app/call"
import type { Delivery, DeliveryState } from "./delivery.ts"
import type { AttemptRecord } from "./retry.ts"
import type { DisabledFor, Subscription } from "./subscription.ts"

/** A place in a list that is sorted by time and id. */
export type ListPosition = { readonly at: string; readonly id: string }

export type Subscriptions = {
  find(id: string): Promise<Subscription | undefined>
  /** The subscription inside a transaction, locked until it ends. */
  lock(tx: Tx, id: string): Promise<Subscription | undefined>
  /** By id, which is by age. @param after the last id of the page before */
  list(after: string | undefined, limit: number): Promise<readonly Subscription[]>
  count(tx: Tx): Promise<number>
  add(tx: Tx, subscription: Subscription): Promise<void>
  /** Stores what an operator may change, in place of what was there. */
  save(tx: Tx, subscription: Subscription): Promise<void>
  /** Its deliveries go with it. */
  remove(tx: Tx, id: string): Promise<void>
  /** Ids of those that are enabled and want to hear of this. */
  wanting(tx: Tx, type: string): Promise<readonly string[]>
  /** Those that are enabled, are not throttled and have something due; whoever waits longest first. */
  due(limit: number): Promise<readonly Subscription[]>
  /** Something was delivered. Kept to the minute. */
  succeeded(id: string): Promise<void>
  /** Nothing is sent for so long. */
  throttle(id: string, seconds: number): Promise<void>
  /** @returns false when it was disabled before */
  disable(id: string, reason: DisabledFor): Promise<boolean>
}

export type Deliveries = {
  /** They are due at once. */
  add(tx: Tx, deliveries: readonly Pick<Delivery, "id" | "subscriptionId" | "type" | "body">[]): Promise<void>
  /** Takes what is due of a subscription, oldest first; nobody else gets it within `leaseSeconds`. */
  claim(subscriptionId: string, limit: number, leaseSeconds: number): Promise<readonly Delivery[]>
  /** Records an attempt on a delivery as it was claimed; of one that was replayed meanwhile nothing is. */
  record(claimed: Delivery, record: AttemptRecord): Promise<void>
  /** Newest first. */
  list(
    subscriptionId: string,
    filter: { readonly state?: DeliveryState | undefined; readonly after?: ListPosition | undefined },
    limit: number,
  ): Promise<readonly Delivery[]>
  /** Begins anew with a delivery. @returns false when the subscription has none of this id */
  replay(tx: Tx, subscriptionId: string, id: string): Promise<boolean>
  /** Begins anew with deliveries of this state that were made from `from` to before `to`. @returns how many */
  replayRange(
    tx: Tx,
    subscriptionId: string,
    range: { readonly from: string; readonly to: string; readonly state: DeliveryState },
    limit: number,
  ): Promise<number>
  /** @returns how many were forgotten */
  forgetOlderThan(days: number, limit: number): Promise<number>
}
