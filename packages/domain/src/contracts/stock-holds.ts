import * as z from "zod"
import { CustomerId, HoldId, Sku } from "../kernel/ids.ts"
import { defineRefusal } from "../kernel/refusal.ts"
import { Shortage } from "./catalog-events.ts"
import { defineRoute } from "./route.ts"
import { StockLine, StockLines } from "./stock-lines.ts"

/** Catalog's stock holds: units set aside for a cart until `expiresAt`; an order takes its hold over (OrderCreated.holdId). */
export const StockHold = z.object({
  holdId: HoldId,
  /** taken: an order's now. Released, expired and taken holds have ended. */
  status: z.enum(["held", "taken", "released", "expired"]),
  lines: StockLines,
  expiresAt: z.iso.datetime(),
})
export type StockHold = z.infer<typeof StockHold>

const hold: StockHold = {
  holdId: "018f0000-0000-7000-8000-000000000002",
  status: "held",
  lines: [{ sku: "IPHONE-X-BLACK", quantity: 2 }],
  expiresAt: "2026-11-01T10:15:00.000Z",
}

export const stockInsufficient = defineRefusal(
  "stock.insufficient",
  "conflict",
  "Not enough stock.",
  z.object({ shortages: z.array(Shortage) }),
)
export const holdUnknown = defineRefusal("hold.unknown", "not-found", "There is no such stock hold.")
export const holdEnded = defineRefusal(
  "hold.ended",
  "conflict",
  ({ status }) => `The stock hold is ${status} already.`,
  z.object({ status: StockHold.shape.status }),
)

/** So many units are held for one customer at once, over all holds; of one variant where it names one. */
export const holdLimit = defineRefusal(
  "hold.limit",
  "conflict",
  "A customer cannot hold more than this at once.",
  z.object({ units: z.int(), held: z.int(), sku: Sku.optional() }),
)

/** Holds all lines or none; said again with other lines it changes the hold, and it lasts for longer (activity). */
export const putHold = defineRoute({
  method: "PUT",
  path: "holds/{holdId}",
  input: z.strictObject({
    holdId: HoldId,
    lines: z.array(z.strictObject(StockLine.shape)).min(1).max(100),
    customerId: CustomerId.optional().describe("Whom the units count for"),
  }),
  answer: StockHold,
  example: {
    input: {
      holdId: hold.holdId,
      lines: hold.lines,
      customerId: "58c49479-ec65-4de2-86e7-033c546291aa",
    },
    answer: hold,
  },
})

/** How the hold stands. It is forgotten a day after its end. */
export const getHold = defineRoute({
  method: "GET",
  path: "holds/{holdId}",
  input: z.strictObject({ holdId: HoldId }),
  answer: StockHold,
  example: { input: { holdId: hold.holdId }, answer: hold },
})

/** Keeps the hold for longer. Catalog bounds the time: what counts is the answer's. */
export const extendHold = defineRoute({
  method: "PATCH",
  path: "holds/{holdId}",
  input: z.strictObject({ holdId: HoldId, expiresAt: z.iso.datetime() }),
  answer: StockHold,
  example: {
    input: { holdId: hold.holdId, expiresAt: "2026-11-01T10:30:00.000Z" },
    answer: { ...hold, expiresAt: "2026-11-01T10:30:00.000Z" },
  },
})

/** Gives the units back; also of a hold that has ended, which changes nothing. */
export const releaseHold = defineRoute({
  method: "DELETE",
  path: "holds/{holdId}",
  input: z.strictObject({ holdId: HoldId }),
  answer: StockHold,
  example: { input: { holdId: hold.holdId }, answer: { ...hold, status: "released" } },
})
