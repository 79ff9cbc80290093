import { command } from "@eshop/building-blocks/app/use-case"
import type { Sagas } from "@eshop/building-blocks/durable/saga-client"
import { DependencyUnavailableError } from "@eshop/building-blocks/failure"
import { alarm } from "@eshop/building-blocks/telemetry/observe"
import { StockRejected, StockReleased, StockReserved } from "@eshop/domain/contracts/catalog-events"
import { stockInsufficient } from "@eshop/domain/contracts/stock-holds"
import { cancelOrder } from "@eshop/domain/ordering/cancel-order"
import { reasonOf } from "@eshop/domain/ordering/cancel-reasons"
import { confirmStock } from "@eshop/domain/ordering/confirm-stock"
import { isPaid, isSent, type Order } from "@eshop/domain/ordering/order"
import * as z from "zod"
import { changeOrder, type OrderPorts } from "../orders/change-order.ts"
import { STOCK_EXPIRED, STOCK_REJECTED, STOCK_RESERVED } from "./checkout-saga.ts"
import { isUnderWay } from "./order-steps.ts"

type Ports = OrderPorts & { readonly sagas: Sagas }

/**
 * Hands Catalog's answer to the order's saga. While the order is under way and there is no such saga, the saga is not
 * there yet, or another host has it: the answer waits.
 */
async function raiseAnswer({ orders, sagas }: Ports, orderId: string, event: string, answer: unknown) {
  if (await sagas.raise(orderId, event, answer)) return
  const stored = await orders.find(orderId)
  if (stored && isUnderWay(stored.order)) throw new DependencyUnavailableError(`the saga of order ${orderId}`)
}

/** Catalog has set the stock aside: the order awaits its payment, and its saga goes on. */
export const stockReserved = command("ordering.stock-reserved", {
  input: StockReserved.data,
  result: z.void(),
  handle:
    (ports: Ports) =>
    async ({ orderId, expiresAt }, call) => {
      const confirmed = await call.commit(async (tx) => {
        // An order that has ended, or that there is not, has no use for it.
        await changeOrder(
          ports,
          tx,
          orderId,
          (order) => confirmStock(order, { reservedUntil: expiresAt }, call.now),
          call,
        )
      })
      await raiseAnswer(ports, orderId, STOCK_RESERVED, { expiresAt })
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
        await raiseAnswer(ports, orderId, STOCK_REJECTED, { shortages })
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
