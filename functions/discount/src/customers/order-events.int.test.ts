import type { Send } from "@eshop/building-blocks/app/testing/app-under-test"
import { newId } from "@eshop/building-blocks/ids"
import { defineEvent } from "@eshop/domain/contracts/event"
import { OrderCancelled, OrderPaid } from "@eshop/domain/contracts/ordering-events"
import { usd } from "@eshop/domain/kernel/money"
import type { Cloud } from "@eshop/local-cloud/cloud"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import * as z from "zod"
import { atOnce } from "../../../../tests/fixtures/calls.ts"
import { codeOf } from "../../../../tests/fixtures/http.ts"
import { startParts } from "../../../../tests/fixtures/local-parts.ts"
import { discountOn } from "../testing/discount.ts"

let cloud: Cloud
let shop: ReturnType<typeof discountOn>
let send: Send

beforeAll(async () => {
  cloud = await startParts(["storage"])
  shop = discountOn(cloud.connections.storage)
  send = shop.send
})
afterAll(() => cloud?.stop())

const first = { firstOrderOnly: true as const }
const lines = [{ sku: "PHONE-RED", quantity: 1 }]
const paid = (customerId: string, orderId: string, id?: string) =>
  shop.app.publish(OrderPaid, { orderId, customerId, total: usd(1), lines }, id)
const cancelled = (customerId: string, orderId: string, id?: string) =>
  shop.app.publish(OrderCancelled, { orderId, customerId, reason: "customer.asked" }, id)
const reserve = (orderId: string, couponCode: string, customerId: string) =>
  send("PUT", `redemptions/${orderId}`, { couponCode, customerId })
const quoted = async (code: string, customerId?: string) => {
  const line = { sku: "PHONE-RED", productId: newId(), quantity: 1, unitPrice: usd(100_00) }
  const { body } = await send("POST", "quotes", { couponCodes: [code], lines: [line], customerId })
  return body.refusedCoupons?.[0].refusal.code ?? body.discount.amount
}

describe("a coupon for a first order", () => {
  test("is for who has not paid an order, in the quote and again at the reservation", async () => {
    const code = await shop.addCoupon({ conditions: first })
    const customer = newId()
    expect([await quoted(code), await quoted(code, customer)]).toEqual([10_00, 10_00])
    await paid(customer, newId())
    expect([await quoted(code, customer), await quoted(code, newId())]).toEqual([
      "coupon.first-order-only",
      10_00,
    ])
    expect(codeOf(await reserve(newId(), code, customer))).toBe("coupon.first-order-only")
    expect(await shop.taken(code)).toBe(0)
  })

  test("is taken by one of ten first orders at once", async () => {
    const code = await shop.addCoupon({ conditions: first })
    const customer = newId()
    const answers = await atOnce(10, () => reserve(newId(), code, customer))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(await shop.taken(code)).toBe(1)
  })

  test("can be used again when that order was cancelled, in whatever order its events come", async () => {
    const code = await shop.addCoupon({ conditions: first })
    for (const order of [
      ["paid", "cancelled"],
      ["cancelled", "paid"],
      ["paid", "cancelled", "paid", "cancelled"],
    ]) {
      const [customer, orderId] = [newId(), newId()]
      await reserve(orderId, code, customer)
      await send("POST", `redemptions/${orderId}/confirm`)
      for (const event of order) await (event === "paid" ? paid : cancelled)(customer, orderId)
      expect(await quoted(code, customer)).toBe(10_00)
      expect((await reserve(newId(), code, customer)).status).toBe(200)
    }
    expect(await shop.taken(code)).toBe(3)
  })
})

test("a promotion for a first order, or for a group, applies to whom it is for", async () => {
  const sku = "FIRST-1"
  const line = { sku, productId: newId(), quantity: 1, unitPrice: usd(100_00) }
  const { body } = await send(
    "POST",
    "promotions",
    {
      name: "Welcome to the trade",
      enabled: true,
      scope: { skus: [sku] },
      conditions: { ...first, customerGroups: ["trade"] },
      effect: { kind: "percentage", rate: 50_000 },
      stacking: { sortOrder: 9, combines: false, stops: false },
    },
    { "idempotency-key": newId() },
  )
  const customerId = newId()
  const off = async (customerGroups?: string[]) =>
    (await send("POST", "quotes", { couponCodes: [], lines: [line], customerId, customerGroups })).body
      .discount.amount
  expect([await off(), await off(["retail"]), await off(["retail", "trade"])]).toEqual([0, 0, 50_00])
  await paid(customerId, newId())
  expect(await off(["trade"])).toBe(0)
  await send("DELETE", `promotions/${body.id}`)
})

describe("a cancelled order gives its use back", () => {
  test("also after the confirmation, and once, however often it is told", async () => {
    const code = await shop.addCoupon({ maxRedemptions: 2, maxRedemptionsPerCustomer: 1 })
    const [customer, orderId, event] = [newId(), newId(), newId()]
    await reserve(orderId, code, customer)
    await send("POST", `redemptions/${orderId}/confirm`)
    expect(await shop.taken(code)).toBe(1)
    for (const id of [event, event, newId()]) await cancelled(customer, orderId, id)
    expect(await shop.taken(code)).toBe(0)
    expect((await reserve(newId(), code, customer)).status).toBe(200)
    expect(codeOf(await reserve(orderId, code, customer))).toBe("redemption.released")
    expect(await shop.taken(code)).toBe(1)
  })

  test("at five deliveries at once as well", async () => {
    const code = await shop.addCoupon({ maxRedemptions: 2 })
    const [customer, orderId, event] = [newId(), newId(), newId()]
    await reserve(orderId, code, customer)
    await atOnce(5, () => cancelled(customer, orderId, event))
    expect(await shop.taken(code)).toBe(0)
  })

  test("before it has reserved, and keeps the late reservation out; the saga's release is content", async () => {
    const code = await shop.addCoupon({ maxRedemptions: 2 })
    const [customer, orderId] = [newId(), newId()]
    await cancelled(customer, orderId)
    expect(codeOf(await reserve(orderId, code, customer))).toBe("redemption.released")
    expect(codeOf(await send("POST", `redemptions/${orderId}/confirm`))).toBe("redemption.released")
    expect((await send("DELETE", `redemptions/${orderId}?couponCode=${code}`)).body.status).toBe("released")
    expect(await shop.taken(code)).toBe(0)
  })

  test("or while it reserves: in the end nothing is taken", async () => {
    const code = await shop.addCoupon({ maxRedemptions: 20 })
    await atOnce(10, async () => {
      const [customer, orderId] = [newId(), newId()]
      await Promise.all([reserve(orderId, code, customer), cancelled(customer, orderId)])
    })
    expect(await shop.taken(code)).toBe(0)
  })
})

test("an event that is broken is parked, told and redriven to this context alone", async () => {
  const Broken = defineEvent({ ...OrderCancelled, data: z.object({}), example: {} })
  const id = await shop.app.publish(Broken as unknown as typeof OrderCancelled, {} as never)
  const { letters, parked } = (await send("GET", "operations/dead-letters")).body
  expect(parked).toBe(1)
  expect(letters).toMatchObject([{ store: "parked", eventId: id, reason: "broken-schema" }])
  const redriven = await send("POST", "operations/dead-letters/redrive", { all: true })
  expect(redriven.body).toEqual({ parked: 1, broker: 0, left: 0 })
  expect(shop.sent).toMatchObject([{ topic: "ordering-events", redriveTo: "discount", event: { id } }])
  expect((await send("GET", "operations/dead-letters")).body.parked).toBe(0)
})
