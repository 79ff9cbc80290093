import { command } from "@eshop/building-blocks/app/use-case"
import { OrderLinesCancelled } from "@eshop/domain/contracts/ordering-events"
import * as z from "zod"
import { changeReservation } from "./change-reservation.ts"
import type { StockPorts } from "./ports.ts"

/** Gives back lines that an order will not get; the rest of the order keeps its stock. */
export const releaseLines = command("catalog.release-lines", {
  input: OrderLinesCancelled.data,
  result: z.void(),
  handle:
    (ports: StockPorts) =>
    ({ orderId, lines }, call) =>
      changeReservation(ports, call, orderId, { type: "givenBack", lines }),
})
