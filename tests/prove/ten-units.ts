import { someAddress } from "@eshop/local-cloud/shop/shop-client"
import { startSecondProcess } from "../fixtures/second-process.ts"
import { inParallel } from "./in-parallel.ts"
import { fillCarts, type Purchase } from "./load.ts"
import { type Result, type Subject, untouched } from "./wave.ts"

const BUYERS = 40
const UNITS = 10
/** What nobody else of the proof buys. */
const SKU = "LG-G7-THINQ-BLACK"

/** Buyers who want one unit each of the few that there are, with two processes of Catalog: who gets one is open. */
export async function tenUnits(subject: Subject): Promise<Result> {
  const { cloud, sql, shop } = subject.running
  await sql("catalog", "UPDATE stock SET on_hand = $2 WHERE sku = $1", [SKU, UNITS])
  const second = await startSecondProcess("catalog", cloud)
  try {
    const wanted: Purchase = { sku: SKU, quantity: 1, paymentMethod: "pm_card_visa", end: "Paid" }
    const carts = await fillCarts(shop, Array<Purchase>(BUYERS).fill(wanted))
    const started = performance.now()
    const orders = await inParallel(BUYERS, carts, async ({ customer, total, key }) => {
      const { paymentMethod } = wanted
      const body = { shippingAddress: someAddress, paymentMethod, expectedTotal: total }
      const accepted = shop.expect(await customer.checkout(body, key), 202)
      return await customer.ended(accepted.orderId)
    })
    const seconds = (performance.now() - started) / 1_000
    const paid = orders.filter(({ status }) => status === "Paid").length
    const refused = orders.filter(({ cancelReason }) => cancelReason?.code === "stock.insufficient").length
    const reserved = second.lines.filter((line) => line.includes("catalog.reserve-stock")).length
    const isRight = paid === UNITS && refused === BUYERS - UNITS
    return {
      ...untouched,
      orders: BUYERS,
      ended: orders.length,
      seconds,
      done: `${paid} paid, ${refused} refused; ${reserved} of the reservations by the second process`,
      faults: [
        ...(isRight ? [] : [`${paid} were paid and ${refused} refused`]),
        ...(reserved > 0 ? [] : ["the second process did nothing"]),
      ],
    }
  } finally {
    await second.stop()
  }
}
