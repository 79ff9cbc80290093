import * as z from "zod"
import type { CancelReason } from "./order-events.ts"

const SENTENCES = {
  "customer.asked": "The customer asked for it.",
  "stock.damaged": "The goods are damaged.",
  "stock.missing": "The goods are not there.",
  "fraud.suspected": "The order looked like a fraud.",
  "merchant.decided": "The shop decided so.",
} as const

/** Why an operator cancels an order, or lines of it. */
export const OperatorReason = z.enum(
  Object.keys(SENTENCES) as [keyof typeof SENTENCES, ...(keyof typeof SENTENCES)[]],
)
export type OperatorReason = z.infer<typeof OperatorReason>

export const reasonOfOperator = (code: OperatorReason): CancelReason => ({ code, detail: SENTENCES[code] })
