import type { getQuote } from "@eshop/domain/contracts/quotes"
import type { Cart, NamedRule } from "@eshop/domain/discount/engine/cart"
import type { z } from "zod"
import type { CustomerOrders } from "../coupons/ports.ts"

/** A cart as it is asked about. */
export type CartInput = Pick<
  z.output<typeof getQuote.input>,
  "lines" | "customerId" | "customerGroups" | "shipping"
>

/** Whether one of the rules is for customers alone who have not ordered yet. */
export const asksWhetherOrdered = (rules: readonly NamedRule[]): boolean =>
  rules.some(({ conditions }) => conditions?.firstOrderOnly)

/** The cart for the engine. Whether its customer has ordered is looked up only where a rule asks for it. */
export async function cartFor(
  customerOrders: CustomerOrders,
  { lines, customerId, customerGroups = [], shipping }: CartInput,
  rules: readonly NamedRule[],
  at: Date,
): Promise<Cart> {
  const isAsked = customerId !== undefined && asksWhetherOrdered(rules)
  const hasOrdered = isAsked ? await customerOrders.hasOrdered(customerId) : false
  return { lines, customerGroups, hasOrdered, at, ...(shipping && { shipping }) }
}
