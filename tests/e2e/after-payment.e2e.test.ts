import { randomUUID } from "node:crypto"
import { usd } from "@eshop/domain/kernel/money"
import { type Customer, someAddress } from "@eshop/local-cloud/shop/shop-client"
import { describe, expect } from "vitest"
import { eventually, products, type RunningShop } from "./running-shop.ts"
import { it } from "./shared-shop.ts"

let running: RunningShop
it.beforeAll(({ shop }) => {
  running = shop
})

type Sent = {
  id: string
  status: string
  refunds: { amount: object; status: string }[]
  returns: { returnId: string; status: string }[]
}

/** Two phones, paid. */
async function paid(name: string, couponCode?: string) {
  const customer = await running.shop.signIn(name)
  const cart = await customer.putItem(products.xiaomi, 2)
  const { total } = couponCode === undefined ? cart : await customer.putCoupon(couponCode)
  const { body } = await customer.checkout({
    shippingAddress: someAddress,
    paymentMethod: "pm_card_visa",
    expectedTotal: total,
  })
  expect(await customer.ended(body.orderId)).toMatchObject({ status: "Paid" })
  return { customer, id: body.orderId, total }
}

/** Everything that was to be shipped has left the stock, and nothing is promised any more. */
const settledAt = (onHand: number) =>
  eventually(
    () => running.shop.stock(products.xiaomi),
    (level) => level.onHand === onHand && level.reserved === 0,
  )

const orderOf = async (customer: Customer, id: string) =>
  (await customer.send<Sent>("GET", `/ordering/orders/${id}`)).body

/** The order once its refunds have settled, which their sagas see to. */
const refunded = (customer: Customer, id: string) =>
  eventually(
    () => orderOf(customer, id),
    ({ refunds }) => refunds.length > 0 && refunds.every(({ status }) => status === "settled"),
  )

const withKey = (body: object = {}) => ({ headers: { "idempotency-key": randomUUID() }, body })

async function operator(path: string, body: object = {}): Promise<{ shipmentId: string }> {
  const role = path.includes("/shipments") ? "orders.fulfil" : "orders.manage"
  const answer = await running.shop.send<{ shipmentId: string }>(
    await running.shop.roleToken(role),
    "POST",
    `/ordering/operations/orders/${path}`,
    withKey(body),
  )
  expect(answer.status).toBeLessThan(300)
  return answer.body
}

const uses = async (code: string) =>
  running.shop.expect(
    await running.shop.send<{ taken: number }>(
      await running.shop.roleToken("discount.write"),
      "GET",
      `/discount/coupons/${code}/usage`,
    ),
    200,
  ).taken

describe("after the payment", () => {
  it("a cancelled order gives its stock, its coupon and its money back", async () => {
    const { onHand } = await running.shop.stock(products.xiaomi)
    const before = await uses("WELCOME10")
    const { customer, id, total } = await paid("canceller", "WELCOME10")
    await settledAt(onHand - 2)
    expect(await uses("WELCOME10")).toBe(before + 1)

    const answer = await customer.send("POST", `/ordering/orders/${id}/cancellation`, withKey())
    expect(answer.status).toBe(202)
    expect(await settledAt(onHand)).toMatchObject({ onHand, reserved: 0 })
    expect(
      await eventually(
        () => uses("WELCOME10"),
        (taken) => taken === before,
      ),
    ).toBe(before)
    expect(await refunded(customer, id)).toMatchObject({
      status: "Cancelled",
      refunds: [{ amount: total, status: "settled" }],
    })
  })

  it("a line that is cancelled and one that comes back are in the stock again, and paid back", async () => {
    const { onHand } = await running.shop.stock(products.xiaomi)
    const { customer, id, total } = await paid("returner")
    const line = [{ sku: products.xiaomi, quantity: 1 }]
    await settledAt(onHand - 2)
    const { shipmentId } = await operator(`${id}/shipments`, { lines: line })
    await operator(`${id}/cancellation`, { lines: line, reason: "stock.damaged" })
    expect(await settledAt(onHand - 1)).toMatchObject({ onHand: onHand - 1, reserved: 0 })
    await operator(`${id}/shipments/${shipmentId}/delivery`)
    expect((await orderOf(customer, id)).status).toBe("Delivered")

    const asked = await customer.send<{ returnId: string }>(
      "POST",
      `/ordering/orders/${id}/returns`,
      withKey({ lines: line, reason: "goods.damaged" }),
    )
    expect(asked.status).toBe(201)
    await operator(`${id}/returns/${asked.body.returnId}/acceptance`)
    expect(await settledAt(onHand)).toMatchObject({ onHand, reserved: 0 })
    const half = usd(total.amount / 2)
    expect(await refunded(customer, id)).toMatchObject({
      returns: [{ status: "accepted" }],
      refunds: [
        { amount: half, status: "settled" },
        { amount: half, status: "settled" },
      ],
    })
  })

  it("a withdrawal in two steps cancels what is not shipped, and its receipt can be kept", async () => {
    const { customer, id } = await paid("withdrawer")
    const at = `/ordering/orders/${id}/withdrawals`
    const shown = await customer.send<{ withdrawalId: string }>("POST", at, { body: {} })
    expect(shown.status).toBe(200)
    const { withdrawalId } = shown.body
    const done = await customer.send("POST", `${at}/${withdrawalId}/confirmation`, withKey())
    expect(done.status).toBe(200)
    const receipt = await fetch(`${running.cloud.connections.gateway}${done.headers.get("location")}`, {
      headers: { authorization: `Bearer ${customer.token}` },
    })
    expect(await receipt.text()).toContain(withdrawalId)
    expect(await refunded(customer, id)).toMatchObject({ status: "Cancelled" })
  })
})
