import { usd } from "@eshop/domain/kernel/money"
import type { PartName } from "@eshop/local-cloud/settings"
import { orderOperations } from "@eshop/local-cloud/shop/order-operations"
import { someAddress } from "@eshop/local-cloud/shop/shop-client"
import pg from "pg"
import { expect } from "vitest"
import { buyersOf } from "./buyers.ts"
import { products, type RunningShop } from "./running-shop.ts"
import { it } from "./shared-shop.ts"

// `npm run ci:long` has every part, and outages of minutes.

let running: RunningShop
let buyers: Awaited<ReturnType<typeof buyersOf>>

it.beforeAll(async ({ shop }) => {
  running = shop
  buyers = await buyersOf(running, 40)
})

it.each<PartName>(["postgres", "servicebus"])(
  "%s is killed twice amid 40 orders: all end for their own reason",
  async (part) => {
    const orders = await buyers.checkOut()
    for (let kill = 0; kill < 2; kill++) {
      running.cloud.part(part).kill("SIGKILL")
      await running.cloud.part(part).whenReady()
    }
    await buyers.expectRightEnds(orders, 90_000)
  },
)

it("a PostgreSQL that stops in its own way and is back in a moment loses no order", async () => {
  const orders = await buyers.checkOut()
  await running.cloud.part("postgres").restart()
  await buyers.expectRightEnds(orders, 90_000)
})

it("a database that lets nobody in for a moment loses no order", async () => {
  const elsewhere = new URL(running.cloud.connections.postgres.ordering)
  elsewhere.pathname = "/postgres"
  const owner = new pg.Client({ connectionString: elsewhere.href })
  await owner.connect()
  await owner.query("ALTER DATABASE ordering WITH ALLOW_CONNECTIONS false")
  await owner.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'ordering'")
  const orders = await buyers.checkOut()
  await owner.query("ALTER DATABASE ordering WITH ALLOW_CONNECTIONS true")
  await owner.end()
  await buyers.expectRightEnds(orders, 90_000)
})

it("redemptions that a killed table storage has lost come back from Ordering's orders", async () => {
  const { connections } = running.cloud
  const operator = await running.shop.roleToken("discount.write")
  const uses = async () => {
    const usage = await running.shop.send<{ taken: number }>(
      operator,
      "GET",
      "/discount/coupons/WELCOME10/usage",
    )
    return running.shop.expect(usage, 200).taken
  }
  const before = await uses()
  const customers = await Promise.all(
    Array.from({ length: 20 }, (_, index) => running.shop.signIn(`coupon-${index}`)),
  )
  const orders = await Promise.all(
    customers.map(async (customer) => {
      await customer.putItem(products.htc, 1)
      await customer.putCoupon("WELCOME10")
      const { body } = await customer.checkout({
        shippingAddress: someAddress,
        paymentMethod: "pm_card_visa",
        expectedTotal: usd(342_00),
      })
      return customer.ended(body.orderId)
    }),
  )
  expect(orders.map(({ status }) => status)).toEqual(Array(20).fill("Paid"))
  expect(await uses()).toBe(before + 20)

  running.cloud.part("storage").kill("SIGKILL")
  await running.cloud.part("storage").whenReady()
  const operations = orderOperations({
    identity: connections.identity,
    ordering: connections.apps.ordering,
    discount: connections.apps.discount,
  })
  const { refused } = await operations.reconcileCoupons()

  expect(refused).toBe(0)
  expect(await uses()).toBe(before + 20)
  expect(await operations.reconcileCoupons()).toMatchObject({ changed: 0 })
})
