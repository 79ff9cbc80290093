import { TableClient } from "@azure/data-tables"
import { DependencyUnavailableError } from "@eshop/building-blocks/failure"
import { newId } from "@eshop/building-blocks/ids"
import type { Coupon } from "@eshop/domain/discount/coupon"
import { isRefusal, type Refusal } from "@eshop/domain/refusal"
import type { Cloud } from "@eshop/local-cloud/cloud"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { tableCoupons, tableCouponUses } from "../../functions/discount/src/adapters/table-coupons.ts"
import { tableRedemptions } from "../../functions/discount/src/adapters/table-redemptions.ts"
import { tableClient } from "../../functions/discount/src/adapters/table-storage.ts"
import { getCouponUsage } from "../../functions/discount/src/coupons/get-coupon-usage.ts"
import { confirmRedemption } from "../../functions/discount/src/redemptions/confirm-redemption.ts"
import { releaseRedemption } from "../../functions/discount/src/redemptions/release-redemption.ts"
import { reserveRedemption } from "../../functions/discount/src/redemptions/reserve-redemption.ts"
import { atOnce, callBy, noTransactions } from "../fixtures/calls.ts"
import { startParts } from "../fixtures/local-parts.ts"

let cloud: Cloud
let table: TableClient
let ports: ReturnType<typeof portsOf>

const portsOf = (client: TableClient) => ({
  coupons: tableCoupons(client),
  uses: tableCouponUses(client),
  redemptions: tableRedemptions(client),
})
const call = callBy(newId(), noTransactions)
const reserve = (orderId: string, couponCode: string) =>
  reserveRedemption(ports).handle({ orderId, couponCode }, call)
const confirm = (orderId: string, couponCode?: string) =>
  confirmRedemption(ports).handle({ orderId, couponCode }, call)
const release = (orderId: string, couponCode: string) =>
  releaseRedemption(ports).handle({ orderId, couponCode }, call)
const taken = async (code: string) => {
  const usage = await getCouponUsage(ports).handle({ code }, call)
  if (isRefusal(usage)) throw new Error(usage.code)
  return usage.taken
}
const codeOf = (answer: unknown) => (answer as Refusal).code
const statusOf = (answer: unknown) => (answer as { status: string }).status

let coupons = 0
async function addCoupon(more: Partial<Coupon> = {}): Promise<string> {
  const code = `TEST-${++coupons}`
  await ports.coupons.addMissing([
    { code, description: "test", reward: { kind: "percent", percent: 10 }, ...more },
  ])
  return code
}

beforeAll(async () => {
  cloud = await startParts(["storage"])
  table = tableClient({ DISCOUNT_TABLES: cloud.connections.storage })
  await table.createTable()
  ports = portsOf(table)
})
afterAll(() => cloud?.stop())

describe("a coupon with a limit", () => {
  test("40 orders at once take exactly its 10 uses", async () => {
    const code = await addCoupon({ maxRedemptions: 10 })
    const answers = await atOnce(40, () => reserve(newId(), code))
    expect(answers.filter((answer) => !isRefusal(answer))).toHaveLength(10)
    expect(answers.filter(isRefusal).map(codeOf)).toEqual(Array(30).fill("coupon.exhausted"))
    expect(await taken(code)).toBe(10)
  })

  test("20 reservations of one order at once take one use", async () => {
    const code = await addCoupon({ maxRedemptions: 10 })
    const orderId = newId()
    const answers = await atOnce(20, () => reserve(orderId, code))
    expect(answers).toEqual(Array(20).fill({ orderId, couponCode: code, status: "reserved" }))
    expect(await taken(code)).toBe(1)
  })

  test("reservations and releases at once leave the count of what is reserved", async () => {
    const code = await addCoupon({ maxRedemptions: 100 })
    const orders = Array.from({ length: 12 }, newId)
    await Promise.all(orders.map((orderId) => reserve(orderId, code)))
    await Promise.all([
      ...orders.slice(0, 6).flatMap((orderId) => [release(orderId, code), release(orderId, code)]),
      ...orders.slice(6, 9).map((orderId) => confirm(orderId)),
      ...orders.slice(9).map((orderId) => reserve(orderId, code)),
    ])
    expect(await taken(code)).toBe(6)
  })

  test("a use that is given back can be taken by another order", async () => {
    const code = await addCoupon({ maxRedemptions: 1 })
    const [first, second] = [newId(), newId()]
    await reserve(first, code)
    expect(codeOf(await reserve(second, code))).toBe("coupon.exhausted")
    expect(statusOf(await release(first, code))).toBe("released")
    expect(statusOf(await reserve(second, code))).toBe("reserved")
    expect(await taken(code)).toBe(1)
  })
})

describe("a redemption", () => {
  test("is confirmed once, by its order's coupon or by the code that the caller names", async () => {
    const code = await addCoupon({ maxRedemptions: 5 })
    const orderId = newId()
    await reserve(orderId, code)
    expect(statusOf(await confirm(orderId))).toBe("confirmed")
    expect(statusOf(await confirm(orderId, code))).toBe("confirmed")
    expect(statusOf(await reserve(orderId, code))).toBe("confirmed")
    expect(await taken(code)).toBe(1)
  })

  test("that is given back before it was asked for keeps the late reservation out", async () => {
    const code = await addCoupon({ maxRedemptions: 5 })
    const orderId = newId()
    expect(statusOf(await release(orderId, code))).toBe("released")
    expect(statusOf(await release(orderId, code))).toBe("released")
    expect(codeOf(await reserve(orderId, code))).toBe("redemption.released")
    expect(codeOf(await confirm(orderId))).toBe("redemption.released")
    expect(await taken(code)).toBe(0)
  })

  test("is given back also after its confirmation: the order was cancelled before it was shipped", async () => {
    const code = await addCoupon({ maxRedemptions: 5 })
    const orderId = newId()
    await reserve(orderId, code)
    await confirm(orderId)
    expect(statusOf(await release(orderId, code))).toBe("released")
    expect(await taken(code)).toBe(0)
  })

  test("keeps its order from another coupon", async () => {
    const [code, other] = [await addCoupon(), await addCoupon({ maxRedemptions: 3 })]
    const orderId = newId()
    await reserve(orderId, code)
    expect(codeOf(await reserve(orderId, other))).toBe("redemption.other-coupon")
    expect(codeOf(await release(orderId, other))).toBe("redemption.other-coupon")
    expect([await taken(code), await taken(other)]).toEqual([1, 0])
  })

  test("of an unknown coupon is refused, and its release is done without a trace", async () => {
    const orderId = newId()
    expect(codeOf(await reserve(orderId, "NO-SUCH"))).toBe("coupon.unknown")
    expect(statusOf(await release(orderId, "NO-SUCH"))).toBe("released")
    expect(codeOf(await confirm(orderId))).toBe("redemption.unknown")
    const code = await addCoupon()
    expect(statusOf(await reserve(orderId, code))).toBe("reserved")
  })

  test("after the coupon's end is refused, but one from before stays what it is", async () => {
    const code = await addCoupon({ validUntil: "2026-01-01T00:00:00.000Z" })
    const orderId = newId()
    const at = (now: string) => ({ ...call, now: new Date(now) })
    const reserveAt = (order: string, now: string) =>
      reserveRedemption(ports).handle({ orderId: order, couponCode: code }, at(now))
    expect(statusOf(await reserveAt(orderId, "2025-12-31T23:59:59.999Z"))).toBe("reserved")
    expect(statusOf(await reserveAt(orderId, "2026-01-01T00:00:00.000Z"))).toBe("reserved")
    expect(codeOf(await reserveAt(newId(), "2026-01-01T00:00:00.000Z"))).toBe("coupon.expired")
    expect(await taken(code)).toBe(1)
  })
})

test("uses of a coupon without a limit are counted from its redemptions", async () => {
  const code = await addCoupon()
  const orders = Array.from({ length: 5 }, newId)
  await Promise.all(orders.map((orderId) => reserve(orderId, code)))
  await release(orders[0] as string, code)
  expect(await taken(code)).toBe(4)
})

test("seeding twice adds a coupon once and keeps its count", async () => {
  const coupon: Coupon = {
    code: "SEEDED",
    description: "test",
    reward: { kind: "percent", percent: 5 },
    maxRedemptions: 2,
  }
  expect(await ports.coupons.addMissing([coupon])).toBe(1)
  await reserve(newId(), "SEEDED")
  expect(await ports.coupons.addMissing([coupon])).toBe(0)
  expect(await taken("SEEDED")).toBe(1)
  expect(await ports.coupons.find("SEEDED")).toEqual(coupon)
})

test("storage that does not answer is a dependency that is out", async () => {
  const nobody = tableClient({
    DISCOUNT_TABLES: cloud.connections.storage.replace(/127\.0\.0\.1:\d+/, "127.0.0.1:1"),
  })
  await expect(tableCoupons(nobody).find("ANY")).rejects.toThrow(DependencyUnavailableError)
})

test("a table that is missing is an error, not an unknown coupon", async () => {
  const missing = TableClient.fromConnectionString(cloud.connections.storage, "elsewhere", {
    allowInsecureConnection: true,
  })
  await expect(tableCoupons(missing).find("ANY")).rejects.toMatchObject({ statusCode: 404 })
})
