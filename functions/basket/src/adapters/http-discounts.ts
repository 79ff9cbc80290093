import { remoteRefusal, UnknownRefusalError } from "@eshop/building-blocks/http/remote-refusal"
import type { ServiceClient } from "@eshop/building-blocks/http/service-client"
import { warn } from "@eshop/building-blocks/telemetry/observe"
import { getQuote } from "@eshop/domain/contracts/quotes"
import { requestOf } from "@eshop/domain/contracts/route"
import { couponRefusals, type Discounts } from "../checkout/ports.ts"

/** Discount's API. When it cannot be asked the customer pays the full price, and is told so. */
export const httpDiscounts = (client: ServiceClient): Discounts => ({
  async quote(couponCode, lines) {
    try {
      const response = await client.send({
        ...requestOf(getQuote, {
          couponCodes: [couponCode],
          lines: lines.map(({ sku, productId, quantity, unitPrice }) => ({
            sku,
            productId,
            quantity,
            unitPrice,
          })),
        }),
        // A quote changes nothing: the key only tells the client that it may ask again.
        headers: { "idempotency-key": "quote" },
      })
      if (response.status === 200)
        return { lines: getQuote.answer.parse(JSON.parse(response.text)).lines, unavailable: false }
      const refusal = remoteRefusal(response, couponRefusals)
      if (refusal) return refusal
      throw new Error(`discount answered ${response.status}`)
    } catch (error) {
      if (error instanceof UnknownRefusalError) throw error
      warn(`the coupon ${couponCode} could not be asked for: ${(error as Error).message}`)
      return { lines: [], unavailable: true }
    }
  },
})
