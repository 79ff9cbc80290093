import { TableClient } from "@azure/data-tables"
import type { Caller } from "@eshop/building-blocks/app/call"
import { appUnderTest } from "@eshop/building-blocks/app/testing/app-under-test"
import type { RedisCache } from "@eshop/building-blocks/cache/redis"
import { newId } from "@eshop/building-blocks/ids"
import { deadLetterPorts } from "@eshop/building-blocks/messaging/dead-letters"
import type { OutboxMessage } from "@eshop/building-blocks/messaging/outbox"
import { tableStore } from "@eshop/building-blocks/store/tables/table-store"
import type { Coupon, CouponTerms } from "@eshop/domain/discount/coupon"
import type { PromotionTerms } from "@eshop/domain/discount/promotion"
import { discountTable, tablePorts } from "../adapters/table-ports.ts"
import { discount } from "../app.ts"

export const merchant: Caller = { kind: "customer", id: "merchant-1", roles: ["discount.write"] }
export const service: Caller = {
  kind: "service",
  id: "test",
  roles: ["discount.quote", "discount.redeem", "discount.write", "operations"],
}

/** Sort orders of a test's rules: each another one. */
let sortOrders = 1_000
export const nextSortOrder = () => ++sortOrders

/** 10 % off, alone in its place. */
export const terms = (more: Partial<PromotionTerms> = {}): PromotionTerms => ({
  name: "test",
  enabled: true,
  effect: { kind: "percentage", rate: 10_000 },
  ...more,
  stacking: { sortOrder: nextSortOrder(), combines: false, stops: false, ...more.stacking },
})

/** Discount on a storage account, in this process; what a redrive sends is kept. */
export function discountOn(connection: string, redis?: RedisCache) {
  const tables = discountTable({ DISCOUNT_TABLES: connection })
  const sent: OutboxMessage[] = []
  const broker = {
    publish: async (_: string, messages: readonly OutboxMessage[]) => void sent.push(...messages),
    close: async () => {},
  }
  const store = tableStore(tables, broker)
  const noQueue = () => ({ peek: async () => [], counts: async () => ({}), redrive: async () => 0 })
  const ports = {
    ...tablePorts(tables, redis),
    logLevels: store.logLevels,
    ...deadLetterPorts(discount, store, noQueue),
  }
  const app = appUnderTest(discount, { ports, store })
  const send = app.as(service)

  /** Makes a coupon, its code a new one unless it is given. */
  async function addCoupon(more: Partial<CouponTerms> & { code?: string } = {}): Promise<string> {
    const coupon: Omit<Coupon, "version"> = {
      ...terms(more as Partial<PromotionTerms>),
      code: `TEST-${newId().slice(-12)}`.toUpperCase(),
      uniqueCodes: false,
      ...more,
    }
    const reply = await send("POST", "coupons", coupon, { "idempotency-key": newId() })
    if (reply.status !== 201) throw new Error(JSON.stringify(reply.body))
    return coupon.code
  }

  return {
    app,
    send,
    ports,
    sent,
    addCoupon,
    /** What is stored, past the app. */
    table: TableClient.fromConnectionString(connection, "discount", { allowInsecureConnection: true }),
    taken: async (code: string): Promise<number> => (await send("GET", `coupons/${code}/usage`)).body.taken,
  }
}
