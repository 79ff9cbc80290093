import { setTimeout as sleep } from "node:timers/promises"
import { type Redemption, reconcileRedemptions } from "@eshop/domain/contracts/redemptions"
import { requestOf } from "@eshop/domain/contracts/route"
import { operator } from "./operator.ts"

/** The apps by their own ports: operations are no business of the gateway. */
export type OperationsUrls = {
  readonly identity: string
  readonly ordering: string
  readonly discount: string
}

/** What became of the payments, counted. */
type Reconciled = Record<
  "right" | "waiting" | "voided" | "refunded" | "noted" | "reported" | "alarms",
  number
> & { readonly settledUntil: string }
type CouponUses = { readonly items: readonly Redemption[]; readonly nextCursor: string | null }

/** What a page of coupon uses holds at the most; Discount takes as many at once. */
const PAGE = 100
const POLL_MS = 250

/** What an operator does to orders, with a token of the local identity provider. */
export function orderOperations(urls: OperationsUrls) {
  const call = operator(urls.identity)
  const projection = "/operations/projections/orders"

  return {
    /**
     * Rebuilds the customers' read model from the orders' streams.
     * @param onProgress hears how many orders are left whenever that has changed; the last time 0
     * @returns how many orders there are
     */
    async rebuild(onProgress: (pending: number) => void): Promise<number> {
      const rebuild = { method: "POST", path: `${projection}/rebuild`, body: "{}" }
      const { orders } = await call<{ orders: number }>(urls.ordering, rebuild)
      for (let told = -1; ; await sleep(POLL_MS)) {
        const progress = { method: "GET", path: projection }
        const { pending } = await call<{ pending: number }>(urls.ordering, progress)
        if (pending !== told) onProgress(pending)
        if (pending === 0) return orders
        told = pending
      }
    },

    /** Settles at the payment provider what was left open. May be run at any time, any number of times. */
    reconcilePayments: (): Promise<Reconciled> =>
      call(urls.ordering, { method: "POST", path: "/operations/payments/reconciliation", body: "{}" }),

    /**
     * Brings Discount's redemptions to what Ordering knows of its orders' coupons. May be run at any time, any number
     * of times.
     * @returns what became of the redemptions, counted
     */
    async reconcileCoupons(): Promise<{ changed: number; unchanged: number; refused: number }> {
      const counts = { changed: 0, unchanged: 0, refused: 0 }
      for (let cursor = ""; ; ) {
        const path = `/operations/orders/coupons?limit=${PAGE}${cursor}`
        const { items, nextCursor } = await call<CouponUses>(urls.ordering, { method: "GET", path })
        if (items.length > 0) {
          const request = requestOf(reconcileRedemptions, { redemptions: [...items] })
          const { changed, unchanged, refused } = await call<typeof counts>(urls.discount, request)
          counts.changed += changed
          counts.unchanged += unchanged
          counts.refused += refused
        }
        if (nextCursor === null) return counts
        cursor = `&cursor=${nextCursor}`
      }
    },
  }
}
