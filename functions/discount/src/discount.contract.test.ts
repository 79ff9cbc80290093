import type { Call } from "@eshop/building-blocks/app/call"
import { newId } from "@eshop/building-blocks/ids"
import { getQuote } from "@eshop/domain/contracts/quotes"
import * as redemptions from "@eshop/domain/contracts/redemptions"
import { type RouteDefinition, requestOf } from "@eshop/domain/contracts/route"
import { seedCoupons, seedPromotions } from "@eshop/domain/discount/seed"
import { usd } from "@eshop/domain/kernel/money"
import type { Cloud } from "@eshop/local-cloud/cloud"
import { afterAll, beforeAll, expect, test } from "vitest"
import { startParts } from "../../../tests/fixtures/local-parts.ts"
import { create } from "./promotions/create-promotion.ts"
import { discountOn, terms } from "./testing/discount.ts"

let cloud: Cloud
let shop: ReturnType<typeof discountOn>

// What the examples are about.
beforeAll(async () => {
  cloud = await startParts(["storage"])
  shop = discountOn(cloud.connections.storage)
  const call: Call = {
    now: new Date(),
    newId,
    caller: { kind: "system", id: "test" },
    transact: () => Promise.reject(new Error("nothing to transact")),
  }
  const { id, version: _, ...offIphones } = seedPromotions[0] as (typeof seedPromotions)[number]
  await create(shop.ports, offIphones, call, id)
  const freeShipping = terms({
    name: "Free shipping from 100",
    effect: { kind: "free-shipping" },
    conditions: { minimumOrderValue: usd(100_00) },
  })
  await create(shop.ports, freeShipping, call, "018f0000-0000-7000-8000-0000000000d2")
  for (const { version: _version, ...coupon } of seedCoupons)
    await shop.addCoupon(
      coupon.code === "WELCOME10" ? { ...coupon, validUntil: "2026-01-01T00:00:00.000Z" } : coupon,
    )
})
afterAll(() => cloud?.stop())

// In the order of an order's life; the examples are about one order.
test.each<[string, RouteDefinition]>([
  ["a quote", getQuote],
  ["a reservation", redemptions.reserveRedemption],
  ["its reconciliation", redemptions.reconcileRedemptions],
  ["its confirmation", redemptions.confirmRedemption],
  ["its release", redemptions.releaseRedemption],
])("%s is asked and answered as its contract's example", async (_, route) => {
  const { method, path, body } = requestOf(route, route.example.input)
  const reply = await shop.send(method, path, body)
  expect([reply.status, route.answer.parse(reply.body)]).toEqual([200, route.example.answer])
})
