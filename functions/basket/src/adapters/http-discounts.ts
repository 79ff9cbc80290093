import { DependencyUnavailableError } from "@eshop/building-blocks/failure"
import type { ServiceClient, ServiceResponse } from "@eshop/building-blocks/http/service-client"
import { Money, usd } from "@eshop/domain/money"
import { type Refusal, refuse } from "@eshop/domain/refusal"
import { z } from "zod"
import type { Discounts } from "../checkout/ports.ts"

const Quote = z.object({ discount: Money })
const Problem = z.looseObject({ type: z.string(), detail: z.string().default("") })
const PROBLEM_TYPE = "urn:eshop:problem:"

/** Discount's refusal under its own code and with its own facts. */
function refusalOf(response: ServiceResponse): Refusal {
  const {
    type,
    detail,
    title: _,
    status: __,
    instance: ___,
    traceId: ____,
    ...facts
  } = Problem.parse(JSON.parse(response.text))
  return refuse("rule", type.replace(PROBLEM_TYPE, ""), detail, facts)
}

/** Discount's API. When it cannot be asked the customer pays the full price, and is told so. */
export const httpDiscounts = (client: ServiceClient): Discounts => ({
  async quote(couponCode, lines, { traceparent }) {
    try {
      const response = await client.send({
        method: "POST",
        path: "/quotes",
        // A quote changes nothing: the key only tells the client that it may ask again.
        headers: { "idempotency-key": "quote" },
        body: JSON.stringify({ couponCode, lines }),
        ...(traceparent && { traceparent }),
      })
      if (response.status === 200)
        return { discount: Quote.parse(JSON.parse(response.text)).discount, unavailable: false }
      if (response.status === 404 || response.status === 422) return refusalOf(response)
      throw new DependencyUnavailableError("discount", new Error(`discount answered ${response.status}`))
    } catch (error) {
      console.warn(`the coupon ${couponCode} could not be asked for: ${(error as Error).message}`)
      return { discount: usd(0), unavailable: true }
    }
  },
})
