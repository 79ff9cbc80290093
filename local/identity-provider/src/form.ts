import type { IncomingMessage } from "node:http"
import { badRequest, OAuthError } from "./oauth-error.ts"

const MAX_FORM_BYTES = 16_384

/**
 * Reads a form-encoded body. Throws OAuthError for another kind of body, one that is too large, and for a parameter
 * that comes twice (RFC 6749, section 3.2).
 */
export async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  const type = request.headers["content-type"]?.split(";", 1)[0]?.trim().toLowerCase()
  if (type !== "application/x-www-form-urlencoded")
    throw badRequest("the body is not application/x-www-form-urlencoded")
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > MAX_FORM_BYTES) throw new OAuthError(413, "invalid_request", "the form is too large")
    chunks.push(chunk)
  }
  return once(new URLSearchParams(Buffer.concat(chunks).toString()))
}

/** The parameters, each of which comes once. Throws OAuthError. */
export function once(parameters: URLSearchParams): URLSearchParams {
  const names = [...parameters.keys()]
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice !== undefined) throw badRequest(`${twice} comes twice`)
  return parameters
}
