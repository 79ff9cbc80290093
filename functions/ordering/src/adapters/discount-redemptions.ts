import type { ServiceClient, ServiceResponse } from "@eshop/building-blocks/http/service-client"
import { type Refusal, refuse } from "@eshop/domain/refusal"
import { z } from "zod"
import type { Redemptions } from "../checkout/ports.ts"

const Problem = z.object({ type: z.string(), detail: z.string().default("") })

/** A refusal of Discount's, with its code; anything else that is not a success is an error and is tried again. */
function refusalOf(response: ServiceResponse): Refusal | undefined {
  if (response.status < 300) return undefined
  if (response.status !== 404 && response.status !== 409 && response.status !== 422)
    throw new Error(`discount answered ${response.status}: ${response.text.slice(0, 300)}`)
  const problem = Problem.parse(JSON.parse(response.text))
  return refuse("rule", problem.type.replace("urn:eshop:problem:", ""), problem.detail)
}

/** Redemptions through Discount's API. */
export function discountRedemptions(client: ServiceClient): Redemptions {
  const path = (orderId: string) => `/redemptions/${orderId}`
  return {
    async reserve({ orderId, couponCode }, { traceparent }) {
      const body = JSON.stringify({ couponCode })
      return refusalOf(
        await client.send({ method: "PUT", path: path(orderId), body, ...(traceparent && { traceparent }) }),
      )
    },
    async confirm({ orderId, couponCode }, { traceparent }) {
      const body = JSON.stringify({ couponCode })
      // Confirming twice is one confirmation, hence the key that lets the client repeat it.
      const headers = { "idempotency-key": `${orderId}-confirm` }
      return refusalOf(
        await client.send({
          method: "POST",
          path: `${path(orderId)}/confirm`,
          body,
          headers,
          ...(traceparent && { traceparent }),
        }),
      )
    },
    async release({ orderId, couponCode }, { traceparent }) {
      const query = new URLSearchParams({ couponCode })
      const refusal = refusalOf(
        await client.send({
          method: "DELETE",
          path: `${path(orderId)}?${query}`,
          ...(traceparent && { traceparent }),
        }),
      )
      if (refusal) throw new Error(`discount would not take the coupon back: ${refusal.code}`)
    },
  }
}
