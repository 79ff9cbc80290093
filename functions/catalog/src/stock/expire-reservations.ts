import type { Call } from "@eshop/building-blocks/app/call"
import { useCase } from "@eshop/building-blocks/app/use-case"
import { releaseChanges } from "@eshop/domain/catalog/stock"
import * as z from "zod"
import type { Stock } from "./ports.ts"

const BATCH = 100

/** Frees the stock of orders whose time is over; an order paid or cancelled meanwhile keeps its state. */
export const expireReservations = useCase("catalog.expire-reservations", {
  input: z.strictObject({}),
  result: z.strictObject({ expired: z.int() }),
  handle:
    ({ stock }: { stock: Stock }) =>
    async (_, call) => {
      let expired = 0
      for (;;) {
        const overdue = await stock.overdue(call.now, BATCH)
        for (const orderId of overdue) if (await expire(stock, orderId, call)) expired++
        if (overdue.length < BATCH) return { expired }
      }
    },
})

/** @returns whether the reservation was still held */
const expire = (stock: Stock, orderId: string, call: Call): Promise<boolean> =>
  call.transact(async (tx) => {
    const reservation = await stock.lockReservation(tx, orderId)
    if (reservation?.status !== "held" || reservation.expiresAt > call.now) return false
    await stock.setStatus(tx, orderId, "expired")
    await stock.change(tx, releaseChanges(reservation.lines))
    return true
  })
