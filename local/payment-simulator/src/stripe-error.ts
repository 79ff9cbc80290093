/** Error types of Stripe's API that the simulator uses (https://docs.stripe.com/api/errors). */
export type StripeErrorType = "invalid_request_error" | "card_error" | "idempotency_error" | "api_error"

/** A refusal in the shape of Stripe's API. */
export class StripeError extends Error {
  readonly status: number
  readonly type: StripeErrorType
  readonly code: string | undefined
  readonly param: string | undefined
  /** Further members of the error object, such as the payment intent of a declined card. */
  readonly members: Record<string, unknown>

  constructor(
    status: number,
    type: StripeErrorType,
    message: string,
    about: { code?: string; param?: string; members?: Record<string, unknown> } = {},
  ) {
    super(message)
    this.status = status
    this.type = type
    this.code = about.code
    this.param = about.param
    this.members = about.members ?? {}
  }

  toBody(): object {
    return {
      error: {
        type: this.type,
        ...(this.code === undefined ? {} : { code: this.code }),
        message: this.message,
        ...(this.param === undefined ? {} : { param: this.param }),
        ...this.members,
      },
    }
  }
}

/** A request that does not fit: 400 with the parameter at fault. */
export function invalid(message: string, param?: string, code?: string): StripeError {
  return new StripeError(400, "invalid_request_error", message, {
    ...(param === undefined ? {} : { param }),
    ...(code === undefined ? {} : { code }),
  })
}

export function missingResource(kind: string, id: string, param: string): StripeError {
  const about = { code: "resource_missing", param }
  return new StripeError(404, "invalid_request_error", `No such ${kind}: '${id}'`, about)
}
