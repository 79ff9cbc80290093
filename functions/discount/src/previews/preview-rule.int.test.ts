import { newId } from "@eshop/building-blocks/ids"
import { usd } from "@eshop/domain/kernel/money"
import type { Cloud } from "@eshop/local-cloud/cloud"
import { afterAll, beforeAll, expect, test } from "vitest"
import { startParts } from "../../../../tests/fixtures/local-parts.ts"
import { discountOn, merchant, terms } from "../testing/discount.ts"

let cloud: Cloud
let shop: ReturnType<typeof discountOn>

beforeAll(async () => {
  cloud = await startParts(["storage"])
  shop = discountOn(cloud.connections.storage)
})
afterAll(() => cloud?.stop())

/** Each test has a product of its own, which no rule of another one is about. */
const lineOf = (sku: string) => ({ sku, productId: newId(), quantity: 2, unitPrice: usd(100_00) })
const send = (...[method, path, body, headers]: Parameters<typeof shop.send>) =>
  shop.app.as(merchant)(method, path, body, headers)
const create = async (promotion: object): Promise<string> =>
  (await send("POST", "promotions", promotion, { "idempotency-key": newId() })).body.id
const preview = async (body: object) => (await send("POST", "previews", body)).body

type Explained = { rule: string; outcome: string; reason: string }
const explained = (quote: { explanations: Explained[] }, rule: string) =>
  quote.explanations.find((one) => one.rule === rule)
const off = (answer: { before: Quoted; after: Quoted }) => [
  answer.before.discount.amount,
  answer.after.discount.amount,
]
type Quoted = { discount: { amount: number } }

test("a promotion is shown before it is saved, also at another time, and nothing is saved", async () => {
  const from = "2030-01-01T00:00:00.000Z"
  const promotion = terms({ name: "Next sale", scope: { skus: ["PREVIEW-1"] }, validFrom: from })
  const cart = { lines: [lineOf("PREVIEW-1")] }
  const now = await preview({ promotion, cart })
  expect(off(now)).toEqual([0, 0])
  expect(explained(now.after, now.rule)).toMatchObject({
    outcome: "not-met",
    reason: `Is valid from ${from} on`,
  })
  const then = await preview({ promotion, cart, at: from })
  expect(off(then)).toEqual([0, 20_00])
  expect(explained(then.after, then.rule)).toMatchObject({ outcome: "applied", reason: "10 % off PREVIEW-1" })
  expect((await send("GET", `promotions/${then.rule}`)).status).toBe(404)
})

test("another wording of a promotion counts once", async () => {
  const wanted = terms({ scope: { skus: ["PREVIEW-2"] } })
  const id = await create(wanted)
  const promotion = { ...wanted, effect: { kind: "percentage", rate: 20_000 } }
  const answer = await preview({ promotion, replaces: id, cart: { lines: [lineOf("PREVIEW-2")] } })
  expect([answer.rule, ...off(answer)]).toEqual([id, 20_00, 40_00])
})

test("beside a promotion a customer's coupon counts, and the one that gives way says to which", async () => {
  const scope = { skus: ["PREVIEW-3"] }
  const code = await shop.addCoupon({ scope })
  const first = terms({ scope, stacking: { sortOrder: 1, combines: false, stops: true } })
  const cart = { lines: [lineOf("PREVIEW-3")] }
  const answer = await preview({ promotion: { ...first, name: "First" }, couponCodes: [code], cart })
  expect(off(answer)).toEqual([20_00, 20_00])
  expect(explained(answer.before, code)?.outcome).toBe("applied")
  expect(explained(answer.after, code)).toMatchObject({
    outcome: "suppressed",
    reason: expect.stringContaining("First"),
  })
  const unknown = await preview({ promotion: first, couponCodes: ["NOBODYS"], cart })
  expect(unknown.after.refusedCoupons).toMatchObject([
    { code: "NOBODYS", refusal: { code: "coupon.unknown" } },
  ])
})

test("a coupon is shown as it is and as it is drafted, one of unique codes as well, and nothing is taken", async () => {
  const code = await shop.addCoupon({ scope: { skus: ["PREVIEW-4"] }, maxRedemptions: 1, uniqueCodes: true })
  const { version: _, ...stored } = (await send("GET", `coupons/${code}`)).body
  const cart = { lines: [lineOf("PREVIEW-4")] }
  const coupon = { ...stored, effect: { kind: "amount", amount: usd(50_00) } }
  expect(off(await preview({ coupon, cart }))).toEqual([20_00, 50_00])
  const fresh = await preview({ coupon: { ...coupon, code: "NEVER-SAVED", uniqueCodes: false }, cart })
  expect([fresh.rule, ...off(fresh)]).toEqual(["NEVER-SAVED", 0, 50_00])
  const disabled = await preview({ coupon: { ...coupon, enabled: false }, cart })
  expect(off(disabled)).toEqual([20_00, 0])
  expect(disabled.after.refusedCoupons).toMatchObject([{ code, refusal: { code: "coupon.disabled" } }])
  expect(await shop.taken(code)).toBe(0)
})

test("a first order is one where the merchant says so", async () => {
  const promotion = terms({ scope: { skus: ["PREVIEW-5"] }, conditions: { firstOrderOnly: true } })
  const lines = [lineOf("PREVIEW-5")]
  expect(off(await preview({ promotion, cart: { lines } }))).toEqual([0, 20_00])
  expect(off(await preview({ promotion, cart: { lines, hasOrdered: true } }))).toEqual([0, 0])
})

test("a draft is of a promotion or of a coupon, and a drafted coupon is the only one", async () => {
  const cart = { lines: [lineOf("PREVIEW-6")] }
  const coupon = { ...terms(), code: "DRAFT", uniqueCodes: false }
  for (const body of [
    { cart },
    { promotion: terms(), coupon, cart },
    { coupon, couponCodes: ["WELCOME10"], cart },
  ])
    expect((await send("POST", "previews", body)).status).toBe(400)
})
