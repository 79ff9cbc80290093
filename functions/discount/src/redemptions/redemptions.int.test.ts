import type { CommandCall } from "@eshop/building-blocks/app/call"
import type { Reply, Send } from "@eshop/building-blocks/app/testing/app-under-test"
import { newId } from "@eshop/building-blocks/ids"
import type { Cloud } from "@eshop/local-cloud/cloud"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { atOnce } from "../../../../tests/fixtures/calls.ts"
import { codeOf } from "../../../../tests/fixtures/http.ts"
import { startParts } from "../../../../tests/fixtures/local-parts.ts"
import { discountOn } from "../testing/discount.ts"
import { reserveRedemption } from "./reserve-redemption.ts"

let cloud: Cloud
let shop: ReturnType<typeof discountOn>
let send: Send

beforeAll(async () => {
  cloud = await startParts(["storage"])
  shop = discountOn(cloud.connections.storage)
  send = shop.send
})
afterAll(() => cloud?.stop())

const reserve = (orderId: string, couponCode: string, customerId?: string) =>
  send("PUT", `redemptions/${orderId}`, { couponCode, customerId })
const confirm = (orderId: string, couponCode?: string) =>
  send("POST", `redemptions/${orderId}/confirm`, { couponCode })
const release = (orderId: string, couponCode: string) =>
  send("DELETE", `redemptions/${orderId}?couponCode=${couponCode}`)
const addCoupon: (typeof shop)["addCoupon"] = (more) => shop.addCoupon(more)
const taken = (code: string) => shop.taken(code)
const statusOf = ({ body }: Reply) => body.status

describe("a coupon with a limit", () => {
  test("40 orders at once take exactly its 10 uses", async () => {
    const code = await addCoupon({ maxRedemptions: 10 })
    const answers = await atOnce(40, () => reserve(newId(), code))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(10)
    expect(answers.filter(({ status }) => status !== 200).map(codeOf)).toEqual(
      Array(30).fill("coupon.exhausted"),
    )
    expect(await taken(code)).toBe(10)
  })

  test("20 reservations of one order at once take one use", async () => {
    const code = await addCoupon({ maxRedemptions: 10 })
    const orderId = newId()
    const answers = await atOnce(20, () => reserve(orderId, code))
    expect(answers.map(({ body }) => body)).toEqual(
      Array(20).fill({ orderId, couponCode: code, status: "reserved" }),
    )
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

describe("a coupon with a limit per customer", () => {
  test("50 orders of one customer at once take one use, and others have theirs", async () => {
    const code = await addCoupon({ maxRedemptionsPerCustomer: 1 })
    const answers = await atOnce(50, () => reserve(newId(), code, "customer-1"))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(answers.filter(({ status }) => status !== 200).map(codeOf)).toEqual(
      Array(49).fill("coupon.customer-exhausted"),
    )
    expect(await taken(code)).toBe(1)
    // Any visible text may be an id, also what no key of an entity may hold.
    for (const other of ["customer-2", "a/b#c?d\\e", "CUSTOMER-1"])
      expect(statusOf(await reserve(newId(), code, other))).toBe("reserved")
    expect(await taken(code)).toBe(4)
  })

  test("needs to know whose order it is, and gives a use back to its customer", async () => {
    const code = await addCoupon({ maxRedemptionsPerCustomer: 1 })
    const orderId = newId()
    expect(codeOf(await reserve(orderId, code))).toBe("coupon.needs-customer")
    expect(await taken(code)).toBe(0)
    expect(statusOf(await reserve(orderId, code, "customer-1"))).toBe("reserved")
    await release(orderId, code)
    await release(orderId, code)
    expect(statusOf(await reserve(newId(), code, "customer-1"))).toBe("reserved")
    expect(codeOf(await reserve(newId(), code, "customer-1"))).toBe("coupon.customer-exhausted")
    expect(await taken(code)).toBe(1)
  })

  test("that it gets later counts what was used before", async () => {
    const code = await addCoupon()
    await reserve(newId(), code, "customer-1")
    const { version, ...coupon } = (await send("GET", `coupons/${code}`)).body
    const { code: _, ...terms } = { ...coupon, maxRedemptionsPerCustomer: 1 }
    expect((await send("PUT", `coupons/${code}`, terms, { "if-match": `"${version}"` })).status).toBe(200)
    expect(codeOf(await reserve(newId(), code, "customer-1"))).toBe("coupon.customer-exhausted")
  })
})

describe("a coupon that was taken away or switched off", () => {
  test("is not reserved, but what orders have reserved is confirmed and given back", async () => {
    const code = await addCoupon({ maxRedemptions: 3 })
    const [first, second] = [newId(), newId()]
    for (const orderId of [first, second]) await reserve(orderId, code)
    expect((await send("DELETE", `coupons/${code}`)).status).toBe(204)
    expect(codeOf(await reserve(newId(), code))).toBe("coupon.unknown")
    expect(statusOf(await reserve(first, code))).toBe("reserved")
    expect(statusOf(await confirm(first, code))).toBe("confirmed")
    expect(statusOf(await release(second, code))).toBe("released")
    expect(codeOf(await reserve(second, code))).toBe("redemption.released")
    const use = await shop.table.getEntity<{ taken: number }>(code, "use")
    expect(use.taken).toBe(1)
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
    const reserveAt = (order: string, now: string) =>
      reserveRedemption.handle(shop.ports)(
        { orderId: order, couponCode: code } as never,
        { now: new Date(now) } as CommandCall,
      )
    const reserved = { orderId, couponCode: code, status: "reserved" }
    expect(await reserveAt(orderId, "2025-12-31T23:59:59.999Z")).toEqual(reserved)
    expect(await reserveAt(orderId, "2026-01-01T00:00:00.000Z")).toEqual(reserved)
    expect(await reserveAt(newId(), "2026-01-01T00:00:00.000Z")).toMatchObject({ code: "coupon.expired" })
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
