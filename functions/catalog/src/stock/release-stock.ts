import { command } from "@eshop/building-blocks/app/use-case"
import { OrderCancelled } from "@eshop/domain/contracts/ordering-events"
import * as z from "zod"
import { changeReservation } from "./change-reservation.ts"
import type { StockPorts } from "./ports.ts"

/** Gives back what an order that was cancelled still has, reserved or sold. */
export const releaseStock = command("catalog.release-stock", {
  input: OrderCancelled.data,
  result: z.void(),
  handle:
    (ports: StockPorts) =>
    ({ orderId }, call) =>
      changeReservation(ports, call, orderId, { type: "cancelled" }),
})
