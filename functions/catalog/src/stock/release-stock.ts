import { useCase } from "@eshop/building-blocks/use-case"
import { releaseChanges } from "@eshop/domain/catalog/stock"
import { OrderCancelled } from "@eshop/domain/events/ordering-events"
import type { Stock } from "./ports.ts"

/** Gives back what was set aside for an order that was cancelled. */
export const releaseStock = ({ stock }: { stock: Stock }) =>
  useCase("catalog.release-stock", OrderCancelled.data, ({ orderId }, call) =>
    call.transact(async (tx) => {
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
  )
