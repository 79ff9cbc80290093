import type { Send } from "@eshop/building-blocks/app/testing/app-under-test"
import { newId } from "@eshop/building-blocks/ids"
import { usd } from "@eshop/domain/kernel/money"
import type { Cloud } from "@eshop/local-cloud/cloud"
import { afterAll, beforeAll, expect, test } from "vitest"
import { atOnce } from "../../../../tests/fixtures/calls.ts"
import { codeOf } from "../../../../tests/fixtures/http.ts"
import { startParts } from "../../../../tests/fixtures/local-parts.ts"
import { discountOn } from "../testing/discount.ts"
import { makeCodes } from "./make-codes.ts"

let cloud: Cloud
let shop: ReturnType<typeof discountOn>
let send: Send

beforeAll(async () => {
  cloud = await startParts(["storage"])
  shop = discountOn(cloud.connections.storage)
  send = shop.send
})
afterAll(() => cloud?.stop())

/** One run of the follow-up. */
const tick = (on = shop) => makeCodes.handle(on.ports)({} as never, {} as never)

async function exported(code: string): Promise<{ code: string; batchId: string; usedBy: string | null }[]> {
  const all = []
  for (let path: string | undefined = `coupons/${code}/codes?limit=1000`; path; ) {
    const { body } = await send("GET", path)
    all.push(...body.items)
    path = body.nextCursor ? `coupons/${code}/codes?limit=1000&cursor=${body.nextCursor}` : undefined
  }
  return all
}

async function series(count: number, more = {}) {
  const code = await shop.addCoupon({
    code: `S${newId().slice(-8)}`.toUpperCase(),
    uniqueCodes: true,
    ...more,
  })
  const batchId = newId()
  const asked = await send("PUT", `coupons/${code}/batches/${batchId}`, { count })
  expect([asked.status, asked.body.made]).toEqual([202, 0])
  return { code, batchId }
}

test("10,000 codes are made by two processes at once, each once, and exported page by page", async () => {
  const { code, batchId } = await series(10_000)
  await Promise.all([tick(), tick(discountOn(cloud.connections.storage))])
  const batch = await send("GET", `coupons/${code}/batches/${batchId}`)
  expect(batch.body).toMatchObject({ code, count: 10_000, made: 10_000 })
  const codes = await exported(code)
  expect(codes).toHaveLength(10_000)
  expect(new Set(codes.map((one) => one.code)).size).toBe(10_000)
  for (const one of codes) {
    expect(one.code).toMatch(new RegExp(`^${code}-[2-9A-HJKMNP-TW-Z]{10}$`))
    expect([one.batchId, one.usedBy]).toEqual([batchId, null])
  }
  // The batch is done: nobody looks at it again, and asking for it again makes no more.
  expect(await shop.ports.codes.waiting(10)).toEqual([])
  expect((await send("PUT", `coupons/${code}/batches/${batchId}`, { count: 10_000 })).body.made).toBe(10_000)
  await tick()
  expect(await exported(code)).toHaveLength(10_000)
}, 180_000)

test("a code is good for one of twenty orders at once, and for another one after it was given back", async () => {
  const { code } = await series(3)
  await tick()
  const [one, other] = await exported(code)
  const reserve = (orderId: string, couponCode = one?.code) =>
    send("PUT", `redemptions/${orderId}`, { couponCode })
  const orders = Array.from({ length: 20 }, newId)
  const answers = await atOnce(20, (index) => reserve(orders[index] as string))
  const won = answers.findIndex(({ status }) => status === 200)
  expect(answers.filter(({ status }) => status === 422).map(codeOf)).toEqual(
    Array(19).fill("coupon.code-used"),
  )
  const usedBy = async () => (await exported(code)).map((each) => each.usedBy).filter((by) => by !== null)
  expect(await usedBy()).toEqual([orders[won]])
  expect((await reserve(newId(), other?.code)).status).toBe(200)
  expect(await shop.taken(code)).toBe(2)

  await send("DELETE", `redemptions/${orders[won]}?couponCode=${one?.code}`)
  expect((await reserve(newId())).status).toBe(200)
  expect(await shop.taken(code)).toBe(2)
})

test("in a quote a code counts as its coupon, and one that is used, or that nobody made, is refused", async () => {
  const { code } = await series(2)
  await tick()
  const [used, free] = (await exported(code)).map((one) => one.code)
  await send("PUT", `redemptions/${newId()}`, { couponCode: used })
  const line = { sku: "PHONE-RED", productId: newId(), quantity: 1, unitPrice: usd(100_00) }
  const quoted = async (couponCode: string) =>
    (await send("POST", "quotes", { couponCodes: [couponCode], lines: [line] })).body
  expect((await quoted(free?.toLowerCase() as string)).lines).toMatchObject([
    { couponCode: free, amount: usd(10_00) },
  ])
  for (const [wrong, why] of [
    [used as string, "coupon.code-used"],
    [`${code}-2222222222`, "coupon.unknown"],
    [code, "coupon.unknown"],
  ] as const) {
    const { discount, refusedCoupons } = await quoted(wrong)
    expect([discount.amount, refusedCoupons[0].refusal.code]).toEqual([0, why])
  }
  const guess = await send("PUT", `redemptions/${newId()}`, { couponCode: `${code}-2222222222` })
  expect([guess.status, codeOf(guess)]).toEqual([404, "coupon.unknown"])
  expect(await shop.taken(code)).toBe(1)
})

test("a coupon's batches are listed page by page with how far each is, and none of another", async () => {
  const { code, batchId } = await series(3)
  await tick()
  await series(1)
  const other = newId()
  await send("PUT", `coupons/${code}/batches/${other}`, { count: 5 })
  const first = (await send("GET", `coupons/${code}/batches?limit=1`)).body
  expect(first.items).toMatchObject([{ batchId, code, count: 3, made: 3 }])
  const rest = (await send("GET", `coupons/${code}/batches?limit=1&cursor=${first.nextCursor}`)).body
  expect(rest).toMatchObject({ items: [{ batchId: other, count: 5, made: 0 }], nextCursor: null })
  expect(codeOf(await send("GET", "coupons/NOBODYS/batches"))).toBe("coupon.unknown")
  await tick()
})

test("a batch that a dying process has left half made is made to its end, and no code too many", async () => {
  const { code, batchId } = await series(250)
  const batch = await shop.ports.codes.findBatch(batchId)
  if (!batch) throw new Error("no batch")
  const chunk = Array.from({ length: 99 }, (_, index) => `AAAAAAAA${Math.floor(index / 10)}${index % 10}`)
  expect(await shop.ports.codes.add(batch, 0, chunk)).toBe(true)
  // Whoever was overtaken, or draws a code that is there, adds nothing.
  expect(await shop.ports.codes.add(batch, 0, ["BBBBBBBBBB"])).toBe(false)
  expect(await shop.ports.codes.add(batch, 99, ["CCCCCCCCCC", chunk[0] as string])).toBe(false)
  expect(await tick()).toEqual({ made: 151 })
  expect(await exported(code)).toHaveLength(250)
})

test("codes are made for a coupon that has them, and a batch's id names one batch", async () => {
  const plain = await shop.addCoupon()
  const { code, batchId } = await series(1)
  const ask = (of: string, id: string, count: number) =>
    send("PUT", `coupons/${of}/batches/${id}`, { count }).then(codeOf)
  expect(await ask(plain, newId(), 1)).toBe("coupon.no-unique-codes")
  expect(await ask("NO-SUCH", newId(), 1)).toBe("coupon.unknown")
  expect(await ask(code, batchId, 2)).toBe("batch.exists")
  expect((await send("PUT", `coupons/${code}/batches/${newId()}`, { count: 100_001 })).status).toBe(400)
  expect(codeOf(await send("GET", `coupons/${plain}/batches/${batchId}`))).toBe("batch.unknown")
})
