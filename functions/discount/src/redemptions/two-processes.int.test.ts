import { newId } from "@eshop/building-blocks/ids"
import type { Cloud } from "@eshop/local-cloud/cloud"
import { afterAll, beforeAll, expect, test } from "vitest"
import { atOnce } from "../../../../tests/fixtures/calls.ts"
import { clientOf, codeOf, type Send, tokenFor } from "../../../../tests/fixtures/http.ts"
import { startParts } from "../../../../tests/fixtures/local-parts.ts"
import { startSecondProcess } from "../../../../tests/fixtures/second-process.ts"
import { discountOn } from "../testing/discount.ts"

let cloud: Cloud
let shop: ReturnType<typeof discountOn>
let second: Awaited<ReturnType<typeof startSecondProcess>>
/** Ordering, as each process hears it. */
let processes: readonly [Send, Send]

beforeAll(async () => {
  cloud = await startParts(["identity", "discount"])
  shop = discountOn(cloud.connections.storage)
  second = await startSecondProcess("discount", cloud)
  const token = await tokenFor(cloud.connections.identity, "role=discount.redeem")
  processes = [clientOf(cloud.connections.apps.discount, token), clientOf(second.url, token)]
}, 120_000)
afterAll(async () => {
  await second?.stop()
  await cloud?.stop()
})

const reserve = (index: number, couponCode: string, customerId = newId()) =>
  (processes[index % 2] as Send)("PUT", `redemptions/${newId()}`, { couponCode, customerId })

test("1,000 uses at once of a coupon limited to 100, in two processes: exactly 100", async () => {
  const code = await shop.addCoupon({ maxRedemptions: 100, maxRedemptionsPerCustomer: 1 })
  const answers = await atOnce(1_000, (index) => reserve(index, code))
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(100)
  expect(answers.filter(({ status }) => status !== 200).map(codeOf)).toEqual(
    Array(900).fill("coupon.exhausted"),
  )
  expect(await shop.taken(code)).toBe(100)
}, 120_000)

test("50 orders at once of a customer who may use it once, in two processes: exactly 1", async () => {
  const code = await shop.addCoupon({ maxRedemptionsPerCustomer: 1 })
  const customer = newId()
  const answers = await atOnce(50, (index) => reserve(index, code, customer))
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  expect(answers.filter(({ status }) => status !== 200).map(codeOf)).toEqual(
    Array(49).fill("coupon.customer-exhausted"),
  )
  expect(await shop.taken(code)).toBe(1)
}, 60_000)
