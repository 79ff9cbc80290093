import { useCase } from "@eshop/building-blocks/use-case"
import { commitChanges, decideReservation, holdChanges } from "@eshop/domain/catalog/stock"
import { OrderPaid } from "@eshop/domain/events/ordering-events"
import type { Stock } from "./ports.ts"

/**
 * Turns an order's reserved stock into sold stock.
 * @throws when the order has no stock to sell: the message ends in the dead-letter queue, where a person sees it
 */
export const commitStock = ({ stock }: { stock: Stock }) =>
  useCase("catalog.commit-stock", OrderPaid.data, ({ orderId }, call) =>
    call.transact(async (tx) => {
      const reservation = await stock.lockReservation(tx, orderId)
      if (reservation?.status === "committed") return
      if (reservation?.status === "expired") {
        // Paid after its time: the units may still be free.
        const levels = await stock.levels(
          tx,
          reservation.lines.map(({ productId }) => productId),
        )
        if (decideReservation(levels, reservation.lines, call.now).type === "rejected")
          throw new Error(
            `order ${orderId} was paid after its reservation had expired, and the stock is gone`,
          )
        await stock.change(tx, holdChanges(reservation.lines))
      } else if (reservation?.status !== "held") {
        throw new Error(`order ${orderId} is paid but its reservation is ${reservation?.status ?? "missing"}`)
      }
      await stock.setStatus(tx, orderId, "committed")
      await stock.change(tx, commitChanges(reservation.lines))
    }),
  )
