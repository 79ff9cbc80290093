import { message, type Outbox } from "@eshop/building-blocks/messaging/outbox"
import { useCase } from "@eshop/building-blocks/use-case"
import { decideReservation, holdChanges, mergeLines } from "@eshop/domain/catalog/stock"
import { StockRejected, StockReserved } from "@eshop/domain/events/catalog-events"
import { OrderCreated } from "@eshop/domain/events/ordering-events"
import type { Stock } from "./ports.ts"

/** Sets stock aside for an order, all lines or none, and answers with StockReserved or StockRejected. */
export const reserveStock = ({ stock, outbox }: { stock: Stock; outbox: Outbox }) =>
  useCase("catalog.reserve-stock", OrderCreated.data, ({ orderId, lines }, call) =>
    call.transact(async (tx) => {
      // The cancellation may have overtaken the creation: then nobody waits for an answer.
      if (await stock.lockReservation(tx, orderId)) return
      const levels = await stock.lock(
        tx,
        mergeLines(lines).map(({ productId }) => productId),
      )
      const decision = decideReservation(levels, lines, call.now)
      if (decision.type === "rejected") {
        await stock.addReservation(tx, { orderId, status: "rejected", lines: [], expiresAt: call.now })
        await outbox.add(tx, [
          message(StockRejected, orderId, { orderId, shortages: [...decision.shortages] }, call),
        ])
        return
      }
      const { expiresAt } = decision
      await stock.addReservation(tx, { orderId, status: "held", lines: decision.lines, expiresAt })
      await stock.change(tx, holdChanges(decision.lines))
      await outbox.add(tx, [
        message(StockReserved, orderId, { orderId, expiresAt: expiresAt.toISOString() }, call),
      ])
    }),
  )
