import { type CustomerData, FormerGuest } from "@eshop/domain/contracts/customer-data"
import * as z from "zod"
import type { ErasurePorts } from "./ports.ts"

/** Everything that one person is to the shop. */
export type Person = {
  /** The customer who asks first, then the guests that they were before they signed in. */
  readonly ids: readonly [string, ...string[]]
  /** Checkouts of theirs that Basket knows and that have not become orders yet. */
  readonly onTheirWay: readonly string[]
}

/**
 * The guests that a customer has been: those whose token they have shown beside their own. Basket keeps that, in the
 * transaction that merges the carts. A name or an e-mail address that somebody typed proves nothing.
 */
export const formerGuests = ({ kinds }: CustomerData): string[] =>
  z
    .array(FormerGuest)
    .parse(kinds.guests ?? [])
    .map(({ guestId }) => guestId)

const checkoutsIn = ({ kinds }: CustomerData): string[] =>
  z
    .array(z.object({ checkoutId: z.uuid() }))
    .parse(kinds.checkouts ?? [])
    .map(({ checkoutId }) => checkoutId)

/**
 * Who is meant by a customer's request, as Basket knows it now. A guest's request means the guest alone: their token
 * proves nothing about the account.
 * @throws DependencyUnavailableError when Basket cannot say
 */
export async function personOf(
  { otherContexts, customerOrders }: Pick<ErasurePorts, "otherContexts" | "customerOrders">,
  customerId: string,
): Promise<Person> {
  const account = await otherContexts.basket(customerId)
  const guests = formerGuests(account)
  const kept = [account]
  for (const guestId of guests) kept.push(await otherContexts.basket(guestId))
  const checkouts = kept.flatMap(checkoutsIn)
  const known = new Set(await customerOrders.known(checkouts))
  return { ids: [customerId, ...guests], onTheirWay: checkouts.filter((id) => !known.has(id)) }
}
