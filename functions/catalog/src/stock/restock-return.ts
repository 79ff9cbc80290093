import { command } from "@eshop/building-blocks/app/use-case"
import { OrderReturned } from "@eshop/domain/contracts/ordering-events"
import * as z from "zod"
import { changeReservation } from "./change-reservation.ts"
import type { StockPorts } from "./ports.ts"

/** Puts accepted goods of a return back into the stock, each return once. */
export const restockReturn = command("catalog.restock-return", {
  input: OrderReturned.data,
  result: z.void(),
  handle:
    (ports: StockPorts) =>
    ({ orderId, returnId, lines }, call) =>
      changeReservation(ports, call, orderId, { type: "givenBack", lines, returnId }),
})
