import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Money } from "@eshop/domain/kernel/money"
import { seedProducts } from "@eshop/domain/seed"
import { type Cloud, startCloud } from "@eshop/local-cloud/cloud"
import { type CartAnswer, type Customer, shopClient, someAddress } from "@eshop/local-cloud/shop/shop-client"
import pg from "pg"
import { asInProduction, measure, printFigures } from "./measure.ts"
import { orderWatcher } from "./order-watcher.ts"
import { storeOrders, type Template } from "./stored-orders.ts"

const WARM_UP = 300
const CALLS: readonly (readonly [concurrency: number, count: number])[] = [
  [1, 100],
  [16, 1_000],
  [64, 1_000],
]

type Buyer = { readonly customer: Customer; readonly product: (typeof seedProducts)[number] }
type FilledCart = { readonly customer: Customer; readonly total: Money }

/** What buyers do with a running shop. */
export function buyersOf(cloud: Cloud, watcher: ReturnType<typeof orderWatcher>) {
  const shop = shopClient(cloud.connections)
  let buyers = 0

  /** Customers who are signed in, the seed products in turn. */
  async function signIn(count: number): Promise<Buyer[]> {
    const signedIn: Buyer[] = []
    await measure(16, count, async () => {
      const number = buyers++
      const product = seedProducts[number % seedProducts.length] as Buyer["product"]
      signedIn.push({ customer: await shop.signIn(`bench-${number}`), product })
    })
    return signedIn
  }

  async function fill({ customer, product }: Buyer): Promise<FilledCart> {
    const { total } = await customer.putItem(product.variants[0]?.sku ?? "", 1)
    return { customer, total }
  }

  async function checkOut({ customer, total }: FilledCart): Promise<string> {
    const body = { expectedTotal: total, shippingAddress: someAddress, paymentMethod: "pm_card_visa" }
    let answer = await customer.checkout(body)
    // A cart that was priced while Discount was too slow costs something else by now.
    if (answer.status === 409) answer = await customer.checkout({ ...body, expectedTotal: answer.body.total })
    return shop.expect(answer, 202).orderId
  }

  async function untilPaid(cart: FilledCart): Promise<string> {
    const orderId = await checkOut(cart)
    const status = await watcher.ended(orderId)
    if (status !== "Paid") throw new Error(`an order ended ${status}`)
    return orderId
  }

  /** The eight requests of a browser: list, product, into the cart, cart, shipping, delivery, hold, checkout. */
  async function completeCheckout(buyer: Buyer): Promise<string> {
    const { customer, product } = buyer
    const read = async (path: string) => shop.expect(await customer.send("GET", path), 200)
    await read("/catalog/products")
    await read(`/catalog/products/${product.id}`)
    const { total } = await fill(buyer)
    await read("/basket/cart")
    await read("/basket/shipping-methods")
    const delivery = { country: someAddress.country, shippingMethod: "standard" }
    const { body } = await customer.send<CartAnswer>("PUT", "/basket/cart/delivery", { body: delivery })
    shop.expect(await customer.send("POST", "/basket/cart/hold", { body: {} }), 200)
    return await checkOut({ customer, total: body.total ?? total })
  }
  return { signIn, fill, untilPaid, completeCheckout, ended: watcher.ended }
}

/** Measures both at every concurrency. */
async function measureAll({ signIn, fill, untilPaid, completeCheckout, ended }: ReturnType<typeof buyersOf>) {
  for (const [concurrency, count] of CALLS) {
    const buyers = await signIn(count)
    const orders: Promise<string>[] = []
    const figures = await measure(concurrency, count, async (index) => {
      orders.push(ended(await completeCheckout(buyers[index] as Buyer)))
    })
    printFigures("complete checkout, 8 requests", concurrency, figures)
    // What was accepted is paid before anything else is measured.
    const statuses = new Set(await Promise.all(orders))
    if (statuses.size > 1 || !statuses.has("Paid"))
      throw new Error(`orders ended ${[...statuses].join(", ")}`)
  }
  for (const [concurrency, count] of CALLS) {
    const carts: FilledCart[] = []
    const buyers = await signIn(count)
    await measure(16, count, async (index) => void carts.push(await fill(buyers[index] as Buyer)))
    const figures = await measure(
      concurrency,
      count,
      async (index) => void (await untilPaid(carts[index] as FilledCart)),
    )
    printFigures("checkout to Paid", concurrency, figures)
  }
}

/**
 * The complete checkout, which ends at its 202, and the way from the checkout to Paid, through the gateway: the whole
 * shop as `npm start` runs it, waiting for the disk at commits.
 * @param stored how many orders lie in the stores; measured once for each, in ascending order
 */
export async function benchCheckout(stored: readonly number[]): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), "eshop-bench-"))
  const cloud = await startCloud({ dataDir, ports: "free", env: asInProduction })
  const pools = [cloud.connections.postgres.ordering, cloud.connections.postgres.catalog].map(
    (connectionString) => new pg.Pool({ connectionString, max: 1 }),
  )
  const [ordering, catalog] = pools as [pg.Pool, pg.Pool]
  const watcher = orderWatcher(ordering)
  try {
    await cloud.waitUntilReady()
    await catalog.query("UPDATE stock SET on_hand = 100000000")
    const buyers = buyersOf(cloud, watcher)
    const first = await buyers.signIn(WARM_UP)
    let template: Template | undefined
    await measure(16, WARM_UP, async (index) => {
      const buyer = first[index] as Buyer
      const orderId = await buyers.untilPaid(await buyers.fill(buyer))
      template ??= { orderId, customerId: buyer.customer.customerId }
    })
    let last = 0
    for (const count of stored) {
      if (count > last) await storeOrders(cloud.connections, template as Template, last + 1, count)
      last = Math.max(count, last)
      console.log(`${last} stored orders`)
      await measureAll(buyers)
    }
  } finally {
    await watcher.stop()
    for (const pool of pools) await pool.end()
    await cloud.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}
