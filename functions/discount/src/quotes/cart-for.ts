import type { getQuote } from "@eshop/domain/contracts/quotes"
import type { Cart, NamedRule } from "@eshop/domain/discount/engine/cart"
import type { z } from "zod"
import type { CustomerOrders } from "../coupons/ports.ts"

/** A cart as it is asked about. */
export type CartInput = Pick<
  z.output<typeof getQuote.input>,
  "lines" | "customerId" | "customerGroups" | "shipping"
>

/** The cart for the engine. Whether its customer has ordered is looked up only where a rule asks for it. */
export async function cartFor(
  customerOrders: CustomerOrders,
  { lines, customerId, customerGroups = [], shipping }: CartInput,
  rules: readonly NamedRule[],
  at: Date,
): Promise<Cart> {
  const isAsked = rules.some(({ conditions }) => conditions?.firstOrderOnly)
  const hasOrdered = isAsked && customerId !== undefined ? await customerOrders.hasOrdered(customerId) : false
  return { lines, customerGroups, hasOrdered, at, ...(shipping && { shipping }) }
}
