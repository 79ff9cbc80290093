import { command } from "@eshop/building-blocks/app/use-case"
import { releaseChanges } from "@eshop/domain/catalog/stock"
import { OrderCancelled } from "@eshop/domain/contracts/ordering-events"
import * as z from "zod"
import type { Stock } from "./ports.ts"

/** Gives back what was set aside for an order that was cancelled. */
export const releaseStock = command("catalog.release-stock", {
  input: OrderCancelled.data,
  result: z.void(),
  handle:
    ({ stock }: { stock: Stock }) =>
    ({ orderId }, call) =>
      call.commit(async (tx) => {
        const reservation = await stock.lockReservation(tx, orderId)
        if (!reservation) {
          // Remembered, so that an order-created message that comes later reserves nothing.
          await stock.addReservation(tx, { orderId, status: "released", lines: [], expiresAt: call.now })
          return
        }
        if (reservation.status !== "held") return
        await stock.setStatus(tx, orderId, "released")
        await stock.change(tx, releaseChanges(reservation.lines))
      }),
})
