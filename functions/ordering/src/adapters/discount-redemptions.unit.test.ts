import { DependencyUnavailableError } from "@eshop/building-blocks/failure"
import type { ServiceRequest } from "@eshop/building-blocks/http/service-client"
import { Redemption, reserveRedemption } from "@eshop/domain/contracts/redemptions"
import { expect, test } from "vitest"
import { discountRedemptions } from "./discount-redemptions.ts"

const { input, answer: reserved } = reserveRedemption.example
const customersUse = { ...input, customerId: "58c49479-ec65-4de2-86e7-033c546291aa" }
const use = { orderId: input.orderId, couponCode: input.couponCode }
const problem = (code: string) => ({ type: `urn:eshop:problem:${code}`, detail: "no" })

/** Discount, with one answer to everything. */
function discountThat(status: number, body: unknown) {
  const requests: ServiceRequest[] = []
  const redemptions = discountRedemptions({
    async send(request) {
      requests.push(request)
      return { status, headers: new Headers(), text: JSON.stringify(body) }
    },
  })
  return { redemptions, requests }
}

test("a coupon is reserved, confirmed and released by the contract's routes", async () => {
  const { redemptions, requests } = discountThat(200, Redemption.parse(reserved))
  expect(await redemptions.reserve(customersUse)).toBeUndefined()
  expect(await redemptions.confirm(use)).toBeUndefined()
  await redemptions.release(use)
  const path = `/redemptions/${use.orderId}`
  expect(requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
    `PUT ${path}`,
    `POST ${path}/confirm`,
    `DELETE ${path}?couponCode=${use.couponCode}`,
  ])
  expect(JSON.parse(String(requests[0]?.body))).toEqual({
    couponCode: use.couponCode,
    customerId: customersUse.customerId,
  })
  expect(requests[1]?.headers).toEqual({ "idempotency-key": `${use.orderId}-confirm` })
})

test.each([
  [422, "coupon.exhausted"],
  [404, "coupon.unknown"],
  [409, "redemption.released"],
])("a refusal (%i) keeps its code: %s", async (status, code) => {
  const { redemptions } = discountThat(status, problem(code))
  expect(await redemptions.reserve(customersUse)).toMatchObject({ refused: true, code })
  expect(await redemptions.confirm(use)).toMatchObject({ refused: true, code })
  await expect(redemptions.release(use)).rejects.toThrow(code)
})

test.each([401, 403, 404, 429, 503])("an answer %i that is no rule's is tried again", async (status) => {
  const { redemptions } = discountThat(status, {})
  for (const call of [redemptions.reserve, redemptions.confirm, redemptions.release])
    await expect(call(customersUse)).rejects.toThrow(DependencyUnavailableError)
})

test("a refusal that nobody here knows is a fault", async () => {
  const { redemptions } = discountThat(422, problem("coupon.of-tomorrow"))
  await expect(redemptions.reserve(customersUse)).rejects.toThrow("coupon.of-tomorrow")
})
