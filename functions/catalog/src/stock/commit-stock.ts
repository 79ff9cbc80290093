import { command } from "@eshop/building-blocks/app/use-case"
import {
  commitChanges,
  decideReservation,
  holdChanges,
  reservationMissing,
  stockGone,
} from "@eshop/domain/catalog/stock"
import { OrderPaid } from "@eshop/domain/contracts/ordering-events"
import * as z from "zod"
import type { Stock } from "./ports.ts"

/** Turns an order's reserved stock into sold stock. A paid order that has none is refused: a person must see it. */
export const commitStock = command("catalog.commit-stock", {
  input: OrderPaid.data,
  result: z.void(),
  refusals: [reservationMissing, stockGone],
  handle:
    ({ stock }: { stock: Stock }) =>
    ({ orderId }, call) =>
      call.commit(async (tx) => {
        const reservation = await stock.lockReservation(tx, orderId)
        if (reservation?.status === "committed") return
        if (reservation?.status === "expired") {
          // Paid after its time: the units may still be free.
          const skus = reservation.lines.map(({ sku }) => sku)
          const decision = decideReservation(await stock.levels(tx, skus), reservation.lines, call.now)
          if (decision.type === "rejected") return stockGone({ orderId })
          await stock.change(tx, holdChanges(reservation.lines))
        } else if (reservation?.status !== "held")
          return reservationMissing({ orderId, status: reservation?.status ?? "none" })
        await stock.setStatus(tx, orderId, "committed")
        await stock.change(tx, commitChanges(reservation.lines))
      }),
})
