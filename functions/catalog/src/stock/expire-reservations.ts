import { useCase } from "@eshop/building-blocks/app/use-case"
import * as z from "zod"
import { endOverdue } from "./end-overdue.ts"
import type { StockPorts } from "./ports.ts"

/** What has become of a hold can be asked for so long after its end. */
const REMEMBERED_HOURS = 24

/**
 * Gives back the stock of orders and carts whose time is over. Nobody waits for it: a decision that needs overdue units
 * gives them back itself.
 */
export const expireReservations = useCase("catalog.expire-reservations", {
  input: z.strictObject({}),
  result: z.strictObject({ expired: z.int(), againInMs: z.int().optional() }),
  handle: (ports: StockPorts) => async (_, call) => {
    const expired = await endOverdue(ports, call)
    await ports.stock.holds.forget(new Date(call.now.getTime() - REMEMBERED_HOURS * 3_600_000))
    const next = await ports.stock.nextEnd(call.now)
    return { expired, ...(next && { againInMs: next.getTime() - call.now.getTime() }) }
  },
})
