import type { HttpRequest } from "@azure/functions"
import { containsCardNumber } from "@eshop/domain/kernel/card-number"
import { ProblemError } from "./problem.ts"

const KEY = /^[\x21-\x7e]{1,255}$/
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i

/** The request's Idempotency-Key. @throws ProblemError when it is missing or cannot be one */
export function readIdempotencyKey(request: HttpRequest): string {
  const key = request.headers.get("idempotency-key")
  if (key === null || !KEY.test(key))
    throw new ProblemError({
      status: 400,
      code: "idempotency-key.missing",
      detail: "Send an Idempotency-Key of 1 to 255 visible ASCII characters.",
    })
  // A key is stored: a card number must not be. The digits of a UUID are random, and may look like one.
  if (!UUID.test(key) && containsCardNumber(key))
    throw new ProblemError({
      status: 400,
      code: "idempotency-key.card-number",
      detail: "An Idempotency-Key must not contain a card number.",
    })
  return key
}
