import { command } from "@eshop/building-blocks/app/use-case"
import { OrderCreated } from "@eshop/domain/contracts/ordering-events"
import * as z from "zod"
import { changeReservation } from "./change-reservation.ts"
import type { StockPorts } from "./ports.ts"

/**
 * Sets stock aside for an order, all lines or none, and answers with StockReserved or StockRejected. The hold that the
 * order names becomes its reservation, if it is the customer's and has not ended.
 */
export const reserveStock = command("catalog.reserve-stock", {
  input: OrderCreated.data,
  result: z.void(),
  handle:
    (ports: StockPorts) =>
    ({ orderId, customerId, lines, holdId }, call) =>
      changeReservation(ports, call, orderId, { type: "created", customerId, lines }, holdId),
})
