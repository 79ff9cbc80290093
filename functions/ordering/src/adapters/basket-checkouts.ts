import { DependencyUnavailableError } from "@eshop/building-blocks/failure"
import type { ServiceClient } from "@eshop/building-blocks/http/service-client"
import { CheckoutDetails, getCheckout } from "@eshop/domain/contracts/checkouts"
import { requestOf } from "@eshop/domain/contracts/route"
import type { Checkouts } from "../checkout/ports.ts"

/** A reader of an order waits this long for Basket. */
const LOOK_UP_MS = 300

/** Checkouts through Basket's API. */
export function basketCheckouts(client: ServiceClient): Checkouts {
  async function find(checkoutId: string): Promise<CheckoutDetails | undefined> {
    const response = await client.send(requestOf(getCheckout, { checkoutId }))
    if (response.status === 404) return undefined
    // A token that is refused is a matter of configuration or of a moment: the message waits for it.
    if (response.status !== 200)
      throw new DependencyUnavailableError("basket", new Error(`basket answered ${response.status}`))
    return CheckoutDetails.parse(JSON.parse(response.text))
  }

  return {
    find,
    lookUp: (checkoutId) =>
      Promise.race([
        find(checkoutId).catch(() => undefined),
        new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), LOOK_UP_MS).unref()),
      ]),
  }
}
