import { useCase } from "@eshop/building-blocks/use-case"
import { releaseChanges } from "@eshop/domain/catalog/stock"
import { OrderId } from "@eshop/domain/ids"
import { z } from "zod"
import type { Stock } from "./ports.ts"

/** Frees one order's stock when its time is over; an order paid or cancelled meanwhile keeps its state. */
export const expireReservation = ({ stock }: { stock: Stock }) =>
  useCase("catalog.expire-reservation", z.strictObject({ orderId: OrderId }), ({ orderId }, call) =>
    call.transact(async (tx) => {
      const reservation = await stock.lockReservation(tx, orderId)
      if (reservation?.status !== "held" || reservation.expiresAt > call.now) return { expired: false }
      await stock.setStatus(tx, orderId, "expired")
      await stock.change(tx, releaseChanges(reservation.lines))
      return { expired: true }
    }),
  )
