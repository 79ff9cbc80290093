import { DependencyUnavailableError } from "@eshop/building-blocks/failure"
import type { ServiceClient, ServiceResponse } from "@eshop/building-blocks/http/service-client"
import type { AuthorisationOutcome, CaptureOutcome } from "@eshop/domain/payment/payment"
import { z } from "zod"
import type { Payments } from "../checkout/ports.ts"

/** The part of Stripe's payment intent that we read (https://docs.stripe.com/api/payment_intents/object). */
const Intent = z.object({
  id: z.string(),
  status: z.string(),
  last_payment_error: z
    .object({ code: z.string().optional(), decline_code: z.string().optional() })
    .nullish(),
})
type Intent = z.infer<typeof Intent>

const Failure = z.object({
  error: z.object({
    type: z.string(),
    code: z.string().optional(),
    message: z.string().optional(),
    payment_intent: Intent.optional(),
  }),
})

const Found = z.object({ data: z.array(Intent) })

const unexpected = (response: ServiceResponse): Error =>
  new Error(`the payment provider answered ${response.status}: ${response.text.slice(0, 300)}`)

function outcomeOf(intent: Intent): AuthorisationOutcome {
  if (intent.status === "requires_capture" || intent.status === "succeeded")
    return { type: "authorised", paymentId: intent.id }
  if (intent.status === "processing") return { type: "processing", paymentId: intent.id }
  const error = intent.last_payment_error
  return { type: "declined", paymentId: intent.id, code: error?.decline_code ?? error?.code ?? intent.status }
}

/** Payments by Stripe's API shape; idempotency keys are made of the order id and the step. */
export function stripePayments(client: ServiceClient): Payments {
  const post = (path: string, key: string, form: Record<string, string>, traceparent: string | undefined) =>
    client.send({
      method: "POST",
      path,
      headers: { "idempotency-key": key },
      body: new URLSearchParams(form),
      ...(traceparent && { traceparent }),
    })

  async function retrieve(paymentId: string, traceparent: string | undefined): Promise<Intent> {
    const response = await client.send({
      method: "GET",
      path: `/v1/payment_intents/${encodeURIComponent(paymentId)}`,
      ...(traceparent && { traceparent }),
    })
    if (response.status !== 200) throw unexpected(response)
    return Intent.parse(JSON.parse(response.text))
  }

  async function ofOrder(orderId: string, traceparent: string | undefined): Promise<readonly Intent[]> {
    const query = new URLSearchParams({ query: `metadata['order_id']:'${orderId}'`, limit: "100" })
    const response = await client.send({
      method: "GET",
      path: `/v1/payment_intents/search?${query}`,
      ...(traceparent && { traceparent }),
    })
    if (response.status !== 200) throw unexpected(response)
    return Found.parse(JSON.parse(response.text)).data
  }

  return {
    async authorise({ orderId, amount, paymentMethod }, { traceparent }) {
      const response = await post(
        "/v1/payment_intents",
        `${orderId}-authorise`,
        {
          amount: String(amount.amount),
          currency: amount.currency.toLowerCase(),
          payment_method: paymentMethod,
          capture_method: "manual",
          confirm: "true",
          "metadata[order_id]": orderId,
        },
        traceparent,
      )
      if (response.status === 200) return outcomeOf(Intent.parse(JSON.parse(response.text)))
      if (response.status !== 402 && response.status !== 400) throw unexpected(response)
      const { error } = Failure.parse(JSON.parse(response.text))
      // 400 is a request that no repetition mends, e.g. an unknown payment method.
      return {
        type: "declined",
        ...(error.payment_intent && { paymentId: error.payment_intent.id }),
        code: error.code ?? error.type,
      }
    },

    async check(paymentId, { traceparent }) {
      return outcomeOf(await retrieve(paymentId, traceparent))
    },

    async capture({ orderId, paymentId }, { traceparent }): Promise<CaptureOutcome> {
      let response: ServiceResponse | undefined
      try {
        const path = `/v1/payment_intents/${encodeURIComponent(paymentId)}/capture`
        response = await post(path, `${orderId}-capture`, {}, traceparent)
      } catch (error) {
        // No answer does not mean not done: the intent itself tells.
        if (!(error instanceof DependencyUnavailableError)) throw error
      }
      const intent =
        response?.status === 200
          ? Intent.parse(JSON.parse(response.text))
          : await retrieve(paymentId, traceparent)
      if (intent.status === "succeeded") return { type: "captured", paymentId }
      if (response === undefined || response.status === 409) throw new DependencyUnavailableError("payments")
      return { type: "refused", paymentId, code: intent.status }
    },

    async undo(orderId, { traceparent }) {
      for (const intent of await ofOrder(orderId, traceparent)) {
        if (intent.status === "canceled") continue
        const captured = intent.status === "succeeded"
        const response = captured
          ? await post("/v1/refunds", `${orderId}-refund`, { payment_intent: intent.id }, traceparent)
          : await post(
              `/v1/payment_intents/${encodeURIComponent(intent.id)}/cancel`,
              `${orderId}-cancel`,
              {},
              traceparent,
            )
        if (response.status !== 200) throw unexpected(response)
      }
    },
  }
}
