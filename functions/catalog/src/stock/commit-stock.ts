import { command } from "@eshop/building-blocks/app/use-case"
import { stockGone } from "@eshop/domain/catalog/reservation"
import { OrderPaid } from "@eshop/domain/contracts/ordering-events"
import * as z from "zod"
import { changeReservation } from "./change-reservation.ts"
import type { StockPorts } from "./ports.ts"

/**
 * Turns an order's reserved stock into sold stock. One that has none any more takes free units; where there are too few it
 * is rejected, and Ordering gives the money back. One that was never announced is refused then: a person must see it.
 */
export const commitStock = command("catalog.commit-stock", {
  input: OrderPaid.data,
  result: z.void(),
  refusals: [stockGone],
  handle:
    (ports: StockPorts) =>
    ({ orderId, lines }, call) =>
      changeReservation(ports, call, orderId, { type: "paid", lines }),
})
