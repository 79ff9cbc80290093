import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Money } from "@eshop/domain/kernel/money"
import { seedProducts } from "@eshop/domain/seed"
import { startCloud } from "@eshop/local-cloud/cloud"
import { type Customer, shopClient, someAddress } from "@eshop/local-cloud/shop/shop-client"
import pg from "pg"
import { measure, printFigures } from "./measure.ts"

const WATCH_MS = 10
const WARM_UP = 600

type FilledCart = { readonly customer: Customer; readonly total: Money }

/** Sees orders end by one query for all that are waited for, so that waiting costs next to nothing. */
function orderWatcher(pool: pg.Pool) {
  const waiting = new Map<string, (status: string) => void>()
  let stopped = false
  const look = async () => {
    while (!stopped) {
      if (waiting.size > 0) {
        const { rows } = await pool.query<{ id: string; status: string }>(
          "SELECT id, status FROM orders WHERE id = ANY ($1::uuid[]) AND status IN ('Paid', 'Cancelled')",
          [[...waiting.keys()]],
        )
        for (const { id, status } of rows) {
          waiting.get(id)?.(status)
          waiting.delete(id)
        }
      }
      await new Promise((resolve) => setTimeout(resolve, WATCH_MS))
    }
  }
  const running = look()
  return {
    ended: (id: string) => new Promise<string>((resolve) => waiting.set(id, resolve)),
    async stop() {
      stopped = true
      await running
    },
  }
}

/** Checkout to Paid through the gateway: the whole shop as `npm start` runs it, waiting for the disk at commits. */
export async function benchOrders(): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), "eshop-bench-"))
  const cloud = await startCloud({ dataDir, ports: "free" })
  await cloud.waitUntilReady().catch(async (error) => {
    await cloud.stop()
    throw error
  })
  const ordering = new pg.Pool({ connectionString: cloud.connections.postgres.ordering, max: 1 })
  const catalog = new pg.Pool({ connectionString: cloud.connections.postgres.catalog, max: 1 })
  const watcher = orderWatcher(ordering)
  try {
    await catalog.query("UPDATE stock SET on_hand = 1000000")
    const shop = shopClient(cloud.connections)
    let buyers = 0
    /** Carts with one product each, the seed products in turn. */
    const filledCarts = async (count: number): Promise<FilledCart[]> => {
      const carts: FilledCart[] = []
      await measure(16, count, async () => {
        const buyer = buyers++
        const customer = await shop.signIn(`bench-${buyer}`)
        const [variant] = seedProducts[buyer % seedProducts.length]?.variants ?? []
        const { total } = await customer.putItem(variant?.sku ?? "", 1)
        carts.push({ customer, total })
      })
      return carts
    }
    const buy = async (cart: FilledCart | undefined) => {
      if (!cart) throw new Error("there are fewer carts than orders")
      const answer = await cart.customer.checkout({
        expectedTotal: cart.total,
        shippingAddress: someAddress,
        paymentMethod: "pm_card_visa",
      })
      const status = await watcher.ended(shop.expect(answer, 202).orderId)
      if (status !== "Paid") throw new Error(`an order ended ${status}`)
    }

    const warmUp = await filledCarts(WARM_UP)
    await measure(16, warmUp.length, (index) => buy(warmUp[index]))
    for (const [concurrency, count] of [
      [1, 100],
      [16, 1_000],
    ] as const) {
      const carts = await filledCarts(count)
      printFigures(
        "checkout to Paid",
        concurrency,
        await measure(concurrency, count, (index) => buy(carts[index])),
      )
    }
  } finally {
    await watcher.stop()
    await ordering.end()
    await catalog.end()
    await cloud.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}
