import { DependencyUnavailableError } from "@eshop/building-blocks/failure"
import type {
  ServiceClient,
  ServiceRequest,
  ServiceResponse,
} from "@eshop/building-blocks/http/service-client"
import type { AuthorisationOutcome, CaptureOutcome } from "@eshop/domain/payment/payment"
import * as z from "zod"
import type { PaymentRequest, Payments } from "../checkout/ports.ts"

/** The part of Stripe's payment intent that we read (https://docs.stripe.com/api/payment_intents/object). */
const Intent = z.object({
  id: z.string(),
  status: z.string(),
  next_action: z.object({ redirect_to_url: z.object({ url: z.url() }).nullish() }).nullish(),
  last_payment_error: z
    .object({ code: z.string().optional(), decline_code: z.string().optional() })
    .nullish(),
})
type Intent = z.infer<typeof Intent>

const Failure = z.object({
  error: z.object({
    type: z.string(),
    code: z.string().optional(),
    /** Why a card's issuer refused, where it says so. */
    decline_code: z.string().optional(),
    payment_intent: Intent.optional(),
  }),
})

const failureOf = ({ text }: ServiceResponse) => Failure.safeParse(JSON.parse(text)).data?.error

const unexpected = (response: ServiceResponse): Error =>
  new Error(`the payment provider answered ${response.status}: ${response.text.slice(0, 300)}`)

function outcomeOf(intent: Intent): AuthorisationOutcome {
  if (intent.status === "requires_capture" || intent.status === "succeeded")
    return { type: "authorised", paymentId: intent.id }
  if (intent.status === "processing") return { type: "processing", paymentId: intent.id }
  if (intent.status === "requires_action")
    return {
      type: "action-required",
      paymentId: intent.id,
      ...(intent.next_action?.redirect_to_url && { redirectUrl: intent.next_action.redirect_to_url.url }),
    }
  const error = intent.last_payment_error
  return { type: "declined", paymentId: intent.id, code: error?.decline_code ?? error?.code ?? intent.status }
}

/** Payments by Stripe's API shape; idempotency keys are made of the order id and the step. */
export function stripePayments(client: ServiceClient): Payments {
  const pathOf = (paymentId: string) => `/v1/payment_intents/${encodeURIComponent(paymentId)}`

  /** The provider wants to be asked again when a key is in use (409) and after too many requests (429). */
  async function send(request: ServiceRequest): Promise<ServiceResponse> {
    const response = await client.send(request)
    if (response.status === 409 || response.status === 429)
      throw new DependencyUnavailableError("payments", unexpected(response))
    return response
  }

  const post = (path: string, key: string, form: Record<string, string>) =>
    send({
      method: "POST",
      path,
      headers: { "idempotency-key": key },
      body: new URLSearchParams(form),
    })

  async function retrieve(paymentId: string): Promise<Intent> {
    const response = await send({ method: "GET", path: pathOf(paymentId) })
    if (response.status !== 200) throw unexpected(response)
    return Intent.parse(JSON.parse(response.text))
  }

  /** Said again with the same key it is answered with the payment that it made the first time. */
  async function authorise({
    orderId,
    amount,
    paymentMethod,
  }: PaymentRequest): Promise<AuthorisationOutcome> {
    const response = await post("/v1/payment_intents", `${orderId}-authorise`, {
      amount: String(amount.amount),
      currency: amount.currency.toLowerCase(),
      payment_method: paymentMethod,
      "payment_method_types[]": "card",
      capture_method: "manual",
      confirm: "true",
      "metadata[order_id]": orderId,
    })
    if (response.status === 200) return outcomeOf(Intent.parse(JSON.parse(response.text)))
    if (response.status !== 402 && response.status !== 400) throw unexpected(response)
    const error = failureOf(response)
    if (!error) throw unexpected(response)
    // 400 is a request that no repetition mends, e.g. an unknown payment method.
    return {
      type: "declined",
      ...(error.payment_intent && { paymentId: error.payment_intent.id }),
      code: error.decline_code ?? error.code ?? error.type,
    }
  }

  return {
    authorise,

    async check(paymentId) {
      return outcomeOf(await retrieve(paymentId))
    },

    async capture({ orderId, paymentId }): Promise<CaptureOutcome> {
      const captured = await post(`${pathOf(paymentId)}/capture`, `${orderId}-capture`, {}).catch(
        (error: Error) => error,
      )
      if (!(captured instanceof Error) && captured.status === 200) return { type: "captured", paymentId }
      // No answer does not mean not done: the payment itself tells.
      const { status } = await retrieve(paymentId)
      if (status === "succeeded") return { type: "captured", paymentId }
      if (captured instanceof Error) throw captured
      return { type: "refused", paymentId, code: status }
    },

    async undo(payment, known) {
      // The provider's search is not read-after-write: the request's own key tells what came of it.
      const paymentId = known ?? (await authorise(payment)).paymentId
      if (paymentId === undefined) return
      const { status } = await retrieve(paymentId)
      if (status === "canceled") return
      const response =
        status === "succeeded"
          ? await post("/v1/refunds", `${payment.orderId}-refund`, { payment_intent: paymentId })
          : await post(`${pathOf(paymentId)}/cancel`, `${payment.orderId}-cancel`, {})
      if (response.status !== 200 && failureOf(response)?.code !== "charge_already_refunded")
        throw unexpected(response)
    },
  }
}
