import { newId } from "@eshop/building-blocks/ids"
import { getCustomerData } from "@eshop/domain/contracts/customer-data"
import { CustomerErased, OrderCancelled, OrderPaid } from "@eshop/domain/contracts/ordering-events"
import { requestOf } from "@eshop/domain/contracts/route"
import type { Cloud } from "@eshop/local-cloud/cloud"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { atOnce } from "../../../../tests/fixtures/calls.ts"
import { startParts } from "../../../../tests/fixtures/local-parts.ts"
import { customerKey } from "../adapters/table-redemptions.ts"
import { discountOn } from "../testing/discount.ts"

let cloud: Cloud
let shop: ReturnType<typeof discountOn>

beforeAll(async () => {
  cloud = await startParts(["storage"])
  shop = discountOn(cloud.connections.storage)
})
afterAll(() => cloud?.stop())

const ordering = { kind: "service", id: "ordering", roles: ["privacy.read"] } as const
const officer = { kind: "customer", id: "officer", roles: ["privacy.manage"] } as const
const paid = (orderId: string, customerId: string) =>
  shop.app.publish(OrderPaid, { ...OrderPaid.example, orderId, customerId })
const cancelled = (orderId: string, customerId: string) =>
  shop.app.publish(OrderCancelled, { ...OrderCancelled.example, orderId, customerId })
const erase = (customerId: string, until = new Date()) =>
  shop.app.publish(CustomerErased, { customerId, until: until.toISOString() })
const reserve = (orderId: string, couponCode: string, customerId: string) =>
  shop.send("PUT", `redemptions/${orderId}`, { couponCode, customerId })
const ordersOf = async (customerId: string) =>
  (await shop.app.as(ordering)("GET", requestOf(getCustomerData, { customerId }).path.slice(1))).body.kinds
    .orders

/** A paid order with a coupon, and a cancelled one with the same. */
async function customerWith(couponCode: string) {
  const customerId = newId()
  const [first, second] = [newId(), newId()]
  for (const orderId of [first, second])
    expect((await reserve(orderId, couponCode, customerId)).status).toBe(200)
  await paid(first, customerId)
  await cancelled(second, customerId)
  return { customerId, first, second }
}
/** The entities that name a customer, but for the list of the forgotten. */
async function traces(customerId: string): Promise<string[]> {
  const found: string[] = []
  for await (const entity of shop.table.listEntities()) {
    const text = JSON.stringify(entity)
    const isTrace = text.includes(customerId) || text.includes(customerKey(customerId))
    if (isTrace) found.push(`${entity.partitionKey} ${entity.rowKey}`)
  }
  return found
}

describe("a customer who was forgotten", () => {
  test("is named by nothing any more; what was used stays used", async () => {
    const code = await shop.addCoupon({ maxRedemptions: 5, maxRedemptionsPerCustomer: 3 })
    const { customerId, first, second } = await customerWith(code)
    const other = await customerWith(code)
    expect(await ordersOf(customerId)).toEqual([
      { orderId: first, counts: true, redemption: { orderId: first, couponCode: code, status: "reserved" } },
      {
        orderId: second,
        counts: false,
        redemption: { orderId: second, couponCode: code, status: "released" },
      },
    ])
    expect(await traces(customerId)).toHaveLength(5)
    const before = [await ordersOf(other.customerId), await traces(other.customerId)]

    // By two deliveries at once, and once more.
    await atOnce(2, () => erase(customerId))
    await erase(customerId)
    expect([await ordersOf(customerId), await traces(customerId)]).toEqual([[], []])
    expect(await shop.taken(code)).toBe(2)
    expect([await ordersOf(other.customerId), await traces(other.customerId)]).toEqual(before)
    // The use is still the order's: it can be given back, once.
    for (let said = 0; said < 2; said++)
      expect((await shop.send("DELETE", `redemptions/${first}?couponCode=${code}`)).status).toBe(200)
    expect([await shop.taken(code), await traces(customerId)]).toEqual([1, []])
    const { body } = await shop.app.as(officer)("GET", "operations/erasures")
    expect(body.items.map((item: { customerId: string }) => item.customerId)).toContain(customerId)
  })

  test("stays so when a cancellation comes behind", async () => {
    const code = await shop.addCoupon({ maxRedemptionsPerCustomer: 3 })
    const [customerId, orderId] = [newId(), newId()]
    await reserve(orderId, code, customerId)
    await erase(customerId)
    await cancelled(orderId, customerId)
    expect([await ordersOf(customerId), await traces(customerId)]).toEqual([[], []])
    expect(await shop.taken(code)).toBe(0)
  })

  test("who comes again has limits anew, and loses nothing by an erasure that is told late", async () => {
    const code = await shop.addCoupon({ maxRedemptionsPerCustomer: 1 })
    const customerId = newId()
    const order = newId()
    await reserve(order, code, customerId)
    await paid(order, customerId)
    expect((await reserve(newId(), code, customerId)).status).toBe(422)
    // As it was asked for an hour ago: this order is not meant.
    await erase(customerId, new Date(Date.now() - 3_600_000))
    expect(await ordersOf(customerId)).toHaveLength(1)
    await erase(customerId)
    expect((await reserve(newId(), code, customerId)).status).toBe(200)
    expect((await reserve(newId(), code, customerId)).status).toBe(422)
  })
})

test("what is kept of a customer is for the shop's services alone", async () => {
  const path = requestOf(getCustomerData, { customerId: "any" }).path.slice(1)
  for (const caller of [officer, { kind: "service", id: "basket", roles: [] } as const])
    expect((await shop.app.as(caller)("GET", path)).status).toBe(403)
  expect((await shop.app.as(ordering)("GET", "operations/erasures")).status).toBe(403)
})
