import { DependencyUnavailableError } from "@eshop/building-blocks/failure"
import { remoteRefusal } from "@eshop/building-blocks/http/remote-refusal"
import type { ServiceClient, ServiceResponse } from "@eshop/building-blocks/http/service-client"
import { confirmRedemption, releaseRedemption, reserveRedemption } from "@eshop/domain/contracts/redemptions"
import { requestOf } from "@eshop/domain/contracts/route"
import type { RefusalOf } from "@eshop/domain/kernel/refusal"
import { type Redemptions, redemptionRefusals } from "../checkout/ports.ts"

/** A refusal of Discount's; anything else that is not a success is tried again. */
function refusalOf(response: ServiceResponse): RefusalOf<typeof redemptionRefusals> | undefined {
  if (response.status < 300) return undefined
  const refusal = remoteRefusal(response, redemptionRefusals)
  if (!refusal)
    throw new DependencyUnavailableError(
      "discount",
      new Error(`discount answered ${response.status}: ${response.text.slice(0, 300)}`),
    )
  return refusal
}

/** Redemptions through Discount's API. */
export const discountRedemptions = (client: ServiceClient): Redemptions => ({
  reserve: async (use) => refusalOf(await client.send(requestOf(reserveRedemption, use))),

  // Confirming twice is one confirmation, hence the key that lets the client repeat it.
  confirm: async (use) =>
    refusalOf(
      await client.send({
        ...requestOf(confirmRedemption, use),
        headers: { "idempotency-key": `${use.orderId}-confirm` },
      }),
    ),

  async release(use) {
    const refusal = refusalOf(await client.send(requestOf(releaseRedemption, use)))
    if (refusal) throw new Error(`discount would not take the coupon back: ${refusal.code}`)
  },
})
