import type { CommandCall } from "@eshop/building-blocks/app/call"
import { command } from "@eshop/building-blocks/app/use-case"
import type { Sagas } from "@eshop/building-blocks/durable/saga-client"
import { DependencyUnavailableError } from "@eshop/building-blocks/failure"
import { StockRejected, StockReserved } from "@eshop/domain/contracts/catalog-events"
import * as z from "zod"
import type { Orders } from "../orders/ports.ts"
import { STOCK_REJECTED, STOCK_RESERVED } from "./checkout-saga.ts"

type Ports = { readonly orders: Orders; readonly sagas: Sagas }

/**
 * Hands Catalog's answer to the order's saga. While the order awaits its stock and there is no such saga, the saga is
 * not there yet, or another host has it: the answer waits.
 */
async function raiseAnswer(
  { orders, sagas }: Ports,
  orderId: string,
  event: string,
  answer: unknown,
  call: CommandCall,
) {
  if (!(await sagas.raise(orderId, event, answer))) {
    const stored = await orders.find(orderId)
    if (stored?.order.status === "AwaitingStock" || stored?.order.status === "Submitted")
      throw new DependencyUnavailableError(`the saga of order ${orderId}`)
  }
  return await call.commit(async () => undefined)
}

/** Catalog has set the stock aside. */
export const stockReserved = command("ordering.stock-reserved", {
  input: StockReserved.data,
  result: z.void(),
  handle:
    (ports: Ports) =>
    ({ orderId, expiresAt }, call) =>
      raiseAnswer(ports, orderId, STOCK_RESERVED, { expiresAt }, call),
})

/** Catalog cannot serve the order. */
export const stockRejected = command("ordering.stock-rejected", {
  input: StockRejected.data,
  result: z.void(),
  handle:
    (ports: Ports) =>
    ({ orderId, shortages }, call) =>
      raiseAnswer(ports, orderId, STOCK_REJECTED, { shortages }, call),
})
