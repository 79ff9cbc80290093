import { message, type Outbox } from "@eshop/building-blocks/messaging/outbox"
import { useCase } from "@eshop/building-blocks/use-case"
import { decideReservation, holdChanges, mergeLines } from "@eshop/domain/catalog/stock"
import { StockRejected, StockReserved } from "@eshop/domain/events/catalog-events"
import { OrderCreated } from "@eshop/domain/events/ordering-events"
import { type Stock, StockOvertakenError } from "./ports.ts"

/** After so many decisions in vain the message goes back to the broker, which delivers it again. */
const ATTEMPTS = 20

/** Sets stock aside for an order, all lines or none, and answers with StockReserved or StockRejected. */
export const reserveStock = ({ stock, outbox }: { stock: Stock; outbox: Outbox }) =>
  useCase("catalog.reserve-stock", OrderCreated.data, ({ orderId, lines }, call) =>
    unlessOvertaken(() =>
      call.transact(async (tx) => {
        // The cancellation may have overtaken the creation: then nobody waits for an answer.
        if (await stock.lockReservation(tx, orderId)) return
        const productIds = mergeLines(lines).map(({ productId }) => productId)
        const decision = decideReservation(await stock.levels(tx, productIds), lines, call.now)
        if (decision.type === "rejected") {
          const shortages = [...decision.shortages]
          await stock.addReservation(tx, { orderId, status: "rejected", lines: [], expiresAt: call.now })
          await outbox.add(tx, [message(StockRejected, orderId, { orderId, shortages }, call)])
          return
        }
        const { expiresAt } = decision
        const reserved = { orderId, expiresAt: expiresAt.toISOString() }
        await stock.addReservation(tx, { orderId, status: "held", lines: decision.lines, expiresAt })
        await outbox.add(tx, [message(StockReserved, orderId, reserved, call)])
        await stock.change(tx, holdChanges(decision.lines))
      }),
    ),
  )

/** Decides anew when others took units between the decision and the change; each time somebody got on. */
async function unlessOvertaken(reserve: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await reserve()
    } catch (error) {
      if (!(error instanceof StockOvertakenError) || attempt === ATTEMPTS) throw error
    }
  }
}
