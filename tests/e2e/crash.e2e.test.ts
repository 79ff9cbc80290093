import { usd } from "@eshop/domain/kernel/money"
import { someAddress } from "@eshop/local-cloud/shop/shop-client"
import { expect } from "vitest"
import { eventually, products, type RunningShop } from "./running-shop.ts"
import { it } from "./shared-shop.ts"

let running: RunningShop

it.beforeAll(({ shop }) => {
  running = shop
})

it("kill -9 of the ordering app in the middle of 20 sagas: all 20 end right", async () => {
  const before = await running.shop.stock(products.htc)
  const buyers = await Promise.all(
    Array.from({ length: 20 }, (_, index) => running.shop.signIn(`survivor-${index}`)),
  )
  await Promise.all(buyers.map((buyer) => buyer.putItem(products.htc, 1)))
  // Every fourth pays with a card that is declined: compensation has to survive the crash as well.
  const methodOf = (index: number) => (index % 4 === 0 ? "pm_card_chargeDeclined" : "pm_card_visa")

  const accepted = await Promise.all(
    buyers.map((buyer, index) =>
      buyer.checkout({
        shippingAddress: someAddress,
        paymentMethod: methodOf(index),
        expectedTotal: usd(380_00),
      }),
    ),
  )
  expect(accepted.map(({ status }) => status)).toEqual(Array(20).fill(202))
  // In the middle: some orders exist, none or few have ended.
  await eventually(
    () =>
      running.sql("ordering", "SELECT id FROM orders WHERE id = ANY ($1) AND status <> 'Paid'", [
        accepted.map(({ body }) => body.orderId),
      ]),
    (orders) => orders.length > 0,
  )
  running.cloud.part("ordering").kill("SIGKILL")
  await eventually(
    async () => running.cloud.part("ordering").state,
    (state) => state !== "ready",
  )
  await running.cloud.part("ordering").whenReady()

  const orders = await Promise.all(
    buyers.map((buyer, index) => buyer.ended(accepted[index]?.body.orderId ?? "", 90_000)),
  )

  expect(orders.map(({ status }) => status)).toEqual(
    buyers.map((_, index) => (index % 4 === 0 ? "Cancelled" : "Paid")),
  )
  const captured = await Promise.all(orders.map(({ id }) => running.paymentsOf(id)))
  expect(captured.map((intents) => intents.reduce((sum, intent) => sum + intent.amount_received, 0))).toEqual(
    buyers.map((_, index) => (index % 4 === 0 ? 0 : 380_00)),
  )
  const level = await eventually(
    () => running.shop.stock(products.htc),
    ({ onHand, reserved }) => onHand === before.onHand - 15 && reserved === 0,
    90_000,
  )
  expect(level).toMatchObject({ onHand: before.onHand - 15, reserved: 0 })
})
