import { command } from "@eshop/building-blocks/app/use-case"
import type { Sagas } from "@eshop/building-blocks/durable/saga-client"
import { DependencyUnavailableError } from "@eshop/building-blocks/failure"
import { alarm } from "@eshop/building-blocks/telemetry/observe"
import { StockRejected, StockReleased, StockReserved } from "@eshop/domain/contracts/catalog-events"
import { stockInsufficient } from "@eshop/domain/contracts/stock-holds"
import { isRefusal } from "@eshop/domain/kernel/refusal"
import { cancelOrder } from "@eshop/domain/ordering/cancel-order"
import { reasonOf } from "@eshop/domain/ordering/cancel-reasons"
import { confirmStock } from "@eshop/domain/ordering/confirm-stock"
import { isPaid, isSent, type Order } from "@eshop/domain/ordering/order"
import * as z from "zod"
import { changeOrder, type OrderPorts } from "../orders/change-order.ts"
import { STOCK_EXPIRED, STOCK_REJECTED, STOCK_RESERVED } from "./checkout-saga.ts"
import { checkoutFactsOf, isUnderWay } from "./order-steps.ts"
import type { CheckoutSettings } from "./ports.ts"

type Ports = OrderPorts & { readonly sagas: Sagas; readonly checkoutSettings: CheckoutSettings }

/**
 * Hands Catalog's answer to the saga of an order that is under way. While there is no such saga, it is not there yet, or
 * another host has it: the answer waits.
 */
async function raiseAnswer({ sagas }: Ports, order: Order | undefined, event: string, answer: unknown) {
  if (!order || !isUnderWay(order) || (await sagas.raise(order.id, event, answer))) return
  throw new DependencyUnavailableError(`the saga of order ${order.id}`)
}

/** Catalog has set the stock aside: the order awaits its payment, and its saga goes on. */
export const stockReserved = command("ordering.stock-reserved", {
  input: StockReserved.data,
  result: z.void(),
  handle:
    (ports: Ports) =>
    async ({ orderId, expiresAt }, call) => {
      const { orders, checkoutSettings } = ports
      const left: { order?: Order } = {}
      const confirmed = await call.commit(async (tx) => {
        const confirm = (order: Order | undefined) =>
          confirmStock(order, { reservedUntil: expiresAt }, call.now)
        const order = await changeOrder(ports, tx, orderId, confirm, call)
        // An order that has ended, or that there is not, has no use for it.
        if (!isRefusal(order)) left.order = order as Order
      })
      // A repetition reads how the order stands.
      const order = left.order ?? (await orders.find(orderId))?.order
      await raiseAnswer(ports, order, STOCK_RESERVED, order && checkoutFactsOf(order, checkoutSettings))
      return confirmed
    },
})

/**
 * Catalog cannot serve the order. One that is paid by then (its stock was free for others before Catalog heard of the
 * payment) is ended, and its money goes back.
 */
export const stockRejected = command("ordering.stock-rejected", {
  input: StockRejected.data,
  result: z.void(),
  handle:
    (ports: Ports) =>
    async ({ orderId, shortages }, call) => {
      const stored = await ports.orders.find(orderId)
      if (!stored || !isPaid(stored.order)) {
        await raiseAnswer(ports, stored?.order, STOCK_REJECTED, { shortages })
        return await call.commit(async () => undefined)
      }
      const reason = reasonOf(stockInsufficient({ shortages }))
      return await call.commit(async (tx) => {
        // One that has ended, or has left, stays as it is.
        const end = (order: Order | undefined) => {
          if (order && isSent(order))
            alarm("stock-gone", "an order has left without stock in Catalog", { orderId })
          return cancelOrder(order, { reason }, call.now)
        }
        await changeOrder(ports, tx, orderId, end, call)
      })
    },
})

/** The units of an order are free again; where that is because its time ran out, its saga turns back. */
export const stockReleased = command("ordering.stock-released", {
  input: StockReleased.data,
  result: z.void(),
  handle:
    ({ sagas }: Ports) =>
    async ({ orderId, reason }, call) => {
      // A saga that is not there yet reads until when its stock was reserved.
      if (reason === "reservation.expired") await sagas.raise(orderId, STOCK_EXPIRED, {})
      return await call.commit(async () => undefined)
    },
})
