import * as z from "zod"
import { OrderStatus } from "../contracts/ordering-events.ts"
import { Sku } from "../kernel/ids.ts"
import { defineRefusal } from "../kernel/refusal.ts"

export const orderUnknown = defineRefusal("order.unknown", "not-found", "There is no such order.")

export const checkoutUnknown = defineRefusal(
  "checkout.unknown",
  "not-found",
  "Basket knows no such checkout.",
)

export const orderWrongState = defineRefusal(
  "order.wrong-state",
  "conflict",
  ({ status, step }) => `An order that is ${status} cannot take the step '${step}'.`,
  z.object({ status: OrderStatus, step: z.string() }),
)

/** Lines of which more is asked for than is left. */
export const Exceeding = z.object({
  lines: z.array(z.object({ sku: Sku, requested: z.int().min(1), left: z.int().min(0) })),
})
