import { appUnderTest, type Send } from "@eshop/building-blocks/app/testing/app-under-test"
import { getQuote } from "@eshop/domain/contracts/quotes"
import * as redemptions from "@eshop/domain/contracts/redemptions"
import { type RouteDefinition, requestOf } from "@eshop/domain/contracts/route"
import { seedCoupons } from "@eshop/domain/seed"
import type { Cloud } from "@eshop/local-cloud/cloud"
import { afterAll, beforeAll, expect, test } from "vitest"
import { startParts } from "../../../tests/fixtures/local-parts.ts"
import { tableCoupons } from "./adapters/table-coupons.ts"
import { tableCouponUses, tableRedemptions } from "./adapters/table-redemptions.ts"
import { tableStorage } from "./adapters/table-storage.ts"
import { discount } from "./app.ts"

let cloud: Cloud
let send: Send

beforeAll(async () => {
  cloud = await startParts(["storage"])
  const tables = tableStorage({ DISCOUNT_TABLES: cloud.connections.storage })
  const ports = {
    coupons: tableCoupons(tables),
    uses: tableCouponUses(tables),
    redemptions: tableRedemptions(tables),
  }
  await ports.coupons.addMissing(seedCoupons)
  send = appUnderTest(discount, { ports }).as({
    kind: "service",
    id: "test",
    roles: ["discount.quote", "discount.redeem", "operations"],
  })
})
afterAll(() => cloud?.stop())

// In the order of an order's life; the examples are about one order and a seed coupon.
test.each<[string, RouteDefinition]>([
  ["a quote", getQuote],
  ["a reservation", redemptions.reserveRedemption],
  ["its reconciliation", redemptions.reconcileRedemptions],
  ["its confirmation", redemptions.confirmRedemption],
  ["its release", redemptions.releaseRedemption],
])("%s is asked and answered as its contract's example", async (_, route) => {
  const { method, path, body } = requestOf(route, route.example.input)
  const reply = await send(method, path, body)
  expect([reply.status, route.answer.parse(reply.body)]).toEqual([200, route.example.answer])
})
