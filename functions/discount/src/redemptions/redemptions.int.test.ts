import { TableClient } from "@azure/data-tables"
import type { Caller, CommandCall } from "@eshop/building-blocks/app/call"
import { appUnderTest, type Reply, type Send } from "@eshop/building-blocks/app/testing/app-under-test"
import { DependencyUnavailableError } from "@eshop/building-blocks/failure"
import { newId } from "@eshop/building-blocks/ids"
import type { Redemption } from "@eshop/domain/contracts/redemptions"
import type { Coupon } from "@eshop/domain/discount/coupon"
import type { Cloud } from "@eshop/local-cloud/cloud"
import fc from "fast-check"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { atOnce } from "../../../../tests/fixtures/calls.ts"
import { codeOf } from "../../../../tests/fixtures/http.ts"
import { startParts } from "../../../../tests/fixtures/local-parts.ts"
import { tableCoupons } from "../adapters/table-coupons.ts"
import { tableCouponUses, tableRedemptions } from "../adapters/table-redemptions.ts"
import { tableStorage } from "../adapters/table-storage.ts"
import { discount } from "../app.ts"
import { reserveRedemption } from "./reserve-redemption.ts"

let cloud: Cloud
let ports: ReturnType<typeof portsOn>
let send: Send
/** What is stored, past the app. */
let table: TableClient

const portsOn = (connection: string) => {
  const tables = tableStorage({ DISCOUNT_TABLES: connection })
  return {
    coupons: tableCoupons(tables),
    uses: tableCouponUses(tables),
    redemptions: tableRedemptions(tables),
  }
}
const caller: Caller = {
  kind: "service",
  id: "test",
  roles: ["discount.redeem", "discount.write", "operations"],
}

beforeAll(async () => {
  cloud = await startParts(["storage"])
  ports = portsOn(cloud.connections.storage)
  send = appUnderTest(discount, { ports }).as(caller)
  table = TableClient.fromConnectionString(cloud.connections.storage, "coupons", {
    allowInsecureConnection: true,
  })
})
afterAll(() => cloud?.stop())

const reserve = (orderId: string, couponCode: string) => send("PUT", `redemptions/${orderId}`, { couponCode })
const confirm = (orderId: string, couponCode?: string) =>
  send("POST", `redemptions/${orderId}/confirm`, { couponCode })
const release = (orderId: string, couponCode: string) =>
  send("DELETE", `redemptions/${orderId}?couponCode=${couponCode}`)
const reconcile = async (redemptions: Redemption[]) =>
  (await send("POST", "operations/redemptions/reconcile", { redemptions })).body
const taken = async (code: string) => (await send("GET", `coupons/${code}/usage`)).body.taken
const statusOf = ({ body }: Reply) => body.status

let coupons = 0
async function addCoupon(more: Partial<Coupon> = {}): Promise<string> {
  const code = `TEST-${++coupons}`
  await ports.coupons.addMissing([
    { code, description: "test", reward: { kind: "percent", percent: 10 }, ...more },
  ])
  return code
}

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
      reserveRedemption.handle(ports)(
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

describe("reconciled with what Ordering knows", () => {
  const known = (status: Redemption["status"], couponCode: string, orderId = newId()): Redemption => ({
    orderId,
    couponCode,
    status,
  })

  test("redemptions that were lost are back, beyond the limit too, and once more changes nothing", async () => {
    const code = await addCoupon({ maxRedemptions: 2 })
    const list = [
      known("reserved", code),
      known("confirmed", code),
      known("confirmed", code),
      known("released", code),
    ]
    expect(await reconcile(list)).toEqual({ changed: 4, unchanged: 0, refused: 0 })
    expect(await reconcile(list)).toEqual({ changed: 0, unchanged: 4, refused: 0 })
    expect(await taken(code)).toBe(3)
    expect(codeOf(await reserve(newId(), code))).toBe("coupon.exhausted")
    const [reserved, confirmed, , released] = list.map(({ orderId }) => orderId) as [
      string,
      string,
      string,
      string,
    ]
    expect(statusOf(await reserve(reserved, code))).toBe("reserved")
    expect(statusOf(await reserve(confirmed, code))).toBe("confirmed")
    expect(codeOf(await reserve(released, code))).toBe("redemption.released")
  })

  test("nothing is taken back: what has come further, or is not named, stays", async () => {
    const code = await addCoupon({ maxRedemptions: 10 })
    const [confirmed, released, unnamed] = [newId(), newId(), newId()]
    for (const orderId of [confirmed, released, unnamed]) await reserve(orderId, code)
    await confirm(confirmed)
    await release(released, code)
    expect(await reconcile([known("reserved", code, confirmed), known("confirmed", code, released)])).toEqual(
      {
        changed: 0,
        unchanged: 2,
        refused: 0,
      },
    )
    expect(statusOf(await reserve(confirmed, code))).toBe("confirmed")
    expect(codeOf(await reserve(released, code))).toBe("redemption.released")
    expect(await taken(code)).toBe(2)
  })

  test("an order of another or an unknown coupon is refused; what there never was is given back already", async () => {
    const [code, other] = [await addCoupon(), await addCoupon()]
    const orderId = newId()
    await reserve(orderId, code)
    expect(
      await reconcile([
        known("confirmed", other, orderId),
        known("confirmed", "NO-SUCH"),
        known("released", "NO-SUCH"),
      ]),
    ).toEqual({ changed: 0, unchanged: 1, refused: 2 })
    expect([await taken(code), await taken(other)]).toEqual([1, 0])
  })

  test("a count that does not agree with the redemptions is mended", async () => {
    const code = await addCoupon({ maxRedemptions: 2 })
    const orderId = newId()
    await reserve(orderId, code)
    await table.updateEntity({ partitionKey: code, rowKey: "use", taken: 2 }, "Replace")
    expect(codeOf(await reserve(newId(), code))).toBe("coupon.exhausted")
    expect(await reconcile([known("reserved", code, orderId)])).toEqual({
      changed: 0,
      unchanged: 1,
      refused: 0,
    })
    expect(await taken(code)).toBe(1)
    await table.deleteEntity(code, "use")
    await reconcile([known("reserved", code, orderId)])
    expect(await taken(code)).toBe(1)
  })

  test("after the emulator was killed every order has its use again, and no other gets one", async () => {
    const limited = {
      code: "KILLED",
      description: "test",
      reward: { kind: "percent" as const, percent: 10 },
      maxRedemptions: 12,
    }
    const orders = Array.from({ length: 12 }, () => known("confirmed", limited.code))
    await ports.coupons.addMissing([limited])
    const answers = await Promise.all(orders.map(({ orderId }) => reserve(orderId, limited.code)))
    expect(answers.map(statusOf)).toEqual(Array(12).fill("reserved"))
    cloud.part("storage").kill("SIGKILL")
    await cloud.part("storage").whenReady()
    // The coupon may be lost as well, and the table itself.
    const seeded = () => ports.coupons.addMissing([limited]).then(() => ports.coupons.find(limited.code))
    await expect.poll(() => seeded().catch(() => undefined), { timeout: 10_000 }).toEqual(limited)
    expect(await reconcile(orders)).toEqual({ changed: 12, unchanged: 0, refused: 0 })
    expect(await taken(limited.code)).toBe(12)
    expect(codeOf(await reserve(newId(), limited.code))).toBe("coupon.exhausted")
    expect(await reconcile(orders)).toEqual({ changed: 0, unchanged: 12, refused: 0 })
  })

  test("whatever orders do at the same time, the count is what is reserved", async () => {
    const action = fc.constantFrom("reserve", "confirm", "release", "reserved", "confirmed", "released")
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(3), action), { maxLength: 16 }), async (steps) => {
        const code = await addCoupon({ maxRedemptions: 100 })
        const orders = Array.from({ length: 4 }, newId)
        await Promise.all(
          steps.map(([index, action]) => {
            const orderId = orders[index] as string
            if (action === "reserve") return reserve(orderId, code)
            if (action === "confirm") return confirm(orderId, code)
            if (action === "release") return release(orderId, code)
            return reconcile([known(action as Redemption["status"], code, orderId)])
          }),
        )
        const states = await Promise.all(
          orders.map(async (orderId) => {
            const { existing } = await ports.redemptions.read(
              { code, description: "", reward: { kind: "percent", percent: 10 } },
              orderId,
            )
            return existing?.status
          }),
        )
        expect(await taken(code)).toBe(states.filter((s) => s === "reserved" || s === "confirmed").length)
        for (const [index, action] of steps)
          if (action === "release" || action === "released") expect(states[index]).toBe("released")
      }),
      { numRuns: 15 },
    )
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

test("storage that is not there is a dependency that is out", async () => {
  const { coupons } = portsOn(cloud.connections.storage.replace(/127\.0\.0\.1:\d+/, "127.0.0.1:1"))
  await expect(coupons.find("ANY")).rejects.toThrow(DependencyUnavailableError)
})

test("a table that is missing is an error, not an unknown coupon, and is made anew", async () => {
  await table.deleteTable()
  await expect(ports.coupons.find("ANY")).rejects.toThrow(DependencyUnavailableError)
  expect(await ports.coupons.find("ANY")).toBeUndefined()
  await table.deleteTable()
  await expect(
    ports.coupons.addMissing([{ code: "ANY", description: "", reward: { kind: "percent", percent: 1 } }]),
  ).rejects.toThrow(DependencyUnavailableError)
  expect(statusOf(await reserve(newId(), await addCoupon()))).toBe("reserved")
})
