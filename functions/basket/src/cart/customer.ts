import { type CallContext, customerOf } from "@eshop/building-blocks/use-case"
import { CustomerId } from "@eshop/domain/ids"
import { type Refusal, refuse } from "@eshop/domain/refusal"

/** The signed-in customer's id; a service that signed in as itself has no cart. */
export function cartOwner(call: CallContext): string | Refusal {
  const id = CustomerId.safeParse(customerOf(call))
  if (id.success) return id.data
  return refuse("forbidden", "auth.not-a-customer", "Only a customer has a cart.")
}
