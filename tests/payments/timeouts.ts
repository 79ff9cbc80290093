import { DependencyUnavailableError } from "@eshop/building-blocks/failure"
import type { Payments } from "../../functions/ordering/src/payments/ports.ts"
import { type ShopWithPayments, shopWithPayments, TOTAL } from "./shop.ts"

/** How a capture is lost: its answer alone, the request, or whatever the provider would say of it afterwards as well. */
const losses = ["answer", "request", "answer and all that follows"] as const

const AT_ONCE = 20

/** Payments whose capture never comes through, or is done and never heard of, as long as the saga goes forward. */
function losing(payments: Payments, loss: (typeof losses)[number]): Payments {
  if (loss === "answer") return payments
  let isCaptured = loss === "request"
  return {
    ...payments,
    async capture(payment) {
      if (!isCaptured) await payments.capture(payment)
      isCaptured = true
      throw new DependencyUnavailableError("payments")
    },
  }
}

/** How an order and its payments have ended, in one line. */
async function endOf(shop: ShopWithPayments, orderId: string): Promise<string> {
  const paid = shop.typesOf(orderId).filter((type) => type === "OrderPaid").length
  return [shop.orderOf(orderId)?.status, `paid ${paid} times`, ...(await shop.intentsOf(orderId))].join(", ")
}

/**
 * Plays checkouts whose capture times out, a third of them in each way.
 * @returns how many orders have ended in which way, and the provider's totals in units of one order's total
 */
export async function captureTimeouts(count: number) {
  const shop = await shopWithPayments({ timeoutMs: 1_000 })
  try {
    const ids = Array.from({ length: count }, () => shop.placeOrder("pm_card_timeoutAfterCapture"))
    for (let first = 0; first < count; first += AT_ONCE)
      await Promise.all(
        ids.slice(first, first + AT_ONCE).map((orderId, index) => {
          const loss = losses[(first + index) % losses.length] as (typeof losses)[number]
          return shop.play(orderId, { payments: losing(shop.connect(), loss) })
        }),
      )
    await shop.settled()
    const ends: Record<string, number> = {}
    for (const orderId of ids) {
      const end = await endOf(shop, orderId)
      ends[end] = (ends[end] ?? 0) + 1
    }
    const { intents, capturable, captured, refunded } = await shop.totals()
    const reconciled = await shop.reconcile(60)
    return {
      ends,
      totals: {
        intents,
        capturable: capturable / TOTAL.amount,
        captured: captured / TOTAL.amount,
        refunded: refunded / TOTAL.amount,
      },
      reconciled,
      watched: shop.watched.size,
    }
  } finally {
    await shop.close()
  }
}

/** What {@link captureTimeouts} comes to, where every order ends in one capture or one void. */
export function oneCaptureOrOneVoid(count: number) {
  const of = (loss: (typeof losses)[number]) =>
    Array.from({ length: count }, (_, index) => losses[index % losses.length]).filter((one) => one === loss)
      .length
  const [answer, request, all] = losses.map(of) as [number, number, number]
  return {
    ends: {
      [`Paid, paid 1 times, succeeded ${TOTAL.amount}`]: answer,
      "Cancelled, paid 0 times, canceled 0": request,
      [`Cancelled, paid 0 times, succeeded ${TOTAL.amount}`]: all,
    },
    totals: { intents: count, capturable: 0, captured: answer + all, refunded: all },
    watched: 0,
  }
}
