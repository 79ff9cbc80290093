import { badRequest, OAuthError } from "./oauth-error.ts"
import { isRedirectUri, SCOPES, STOREFRONT_CLIENT } from "./storefront-client.ts"
import { type Shape, shapes } from "./tokens.ts"

/** What a client asks for at the authorization endpoint (OpenID Connect Core 1.0, section 3.1.2.1). */
export interface AuthorizationRequest {
  redirectUri: string
  state?: string
  nonce?: string
  /** S256 of the verifier. */
  challenge: string
  /** Separated by spaces. */
  scope: string
  prompt: "none" | "login" | "select_account" | undefined
  loginHint?: string
  /** How many seconds ago the person may have signed in. */
  maxAge?: number
  shape: Shape
}

/** Where an answer goes to. */
export type ReturnAddress = Pick<AuthorizationRequest, "redirectUri" | "state">

/** Base64url of 32 bytes. */
const CHALLENGE = /^[\w-]{43}$/
const PROMPTS = ["none", "login", "select_account"] as const

/**
 * Where the client is to be sent. Throws OAuthError when client or address are unknown: nobody is sent there, not even
 * with an error (RFC 6749, section 4.1.2.1).
 */
export function readReturnAddress(parameters: URLSearchParams): ReturnAddress {
  // Of a client id or an address that comes twice nobody knows which one counts.
  const one = (name: string) => (parameters.getAll(name).length === 1 ? parameters.get(name) : undefined)
  if (one("client_id") !== STOREFRONT_CLIENT)
    throw badRequest("client_id names no client that people sign in with")
  const redirectUri = one("redirect_uri") ?? ""
  if (!isRedirectUri(redirectUri)) throw badRequest("redirect_uri is none of the client's")
  const state = one("state")
  return { redirectUri, ...(state && { state }) }
}

/** Reads the rest of the request. Throws OAuthError, which the client is sent back with. */
export function readAuthorizationRequest(parameters: URLSearchParams): AuthorizationRequest {
  for (const name of ["request", "request_uri"] as const)
    if (parameters.has(name)) throw new OAuthError(400, `${name}_not_supported`, `${name} is not supported`)
  const text = (name: string) => parameters.get(name) || undefined
  if (text("response_type") === undefined) throw badRequest("response_type is missing")
  if (text("response_type") !== "code")
    throw new OAuthError(400, "unsupported_response_type", "response_type is code")
  if ((text("response_mode") ?? "query") !== "query") throw badRequest("response_mode is query")
  const challenge = text("code_challenge")
  if (!challenge || !CHALLENGE.test(challenge) || text("code_challenge_method") !== "S256")
    throw badRequest("a code_challenge by S256 is required (RFC 7636)")
  const shape = shapes.find((candidate) => candidate === (text("shape") ?? "plain"))
  if (!shape) throw badRequest(`shape is one of ${shapes.join(", ")}`)
  const [nonce, loginHint] = [text("nonce"), text("login_hint")]
  return {
    ...readReturnAddress(parameters),
    challenge,
    scope: readScope(text("scope")),
    prompt: readPrompt(text("prompt")),
    shape,
    ...readMaxAge(text("max_age")),
    ...(nonce && { nonce }),
    ...(loginHint && { loginHint }),
  }
}

function readScope(text: string | undefined): string {
  const asked = [...new Set(text?.split(" ").filter(Boolean))]
  const unknown = asked.find((scope) => !(SCOPES as readonly string[]).includes(scope))
  if (asked.length === 0 || unknown !== undefined)
    throw new OAuthError(400, "invalid_scope", `scope is some of ${SCOPES.join(" ")}`)
  return asked.join(" ")
}

function readPrompt(text: string | undefined): AuthorizationRequest["prompt"] {
  if (text === undefined) return undefined
  const prompt = PROMPTS.find((candidate) => candidate === text)
  if (!prompt) throw badRequest(`prompt is one of ${PROMPTS.join(", ")}`)
  return prompt
}

function readMaxAge(text: string | undefined): { maxAge?: number } {
  if (text === undefined) return {}
  if (!/^\d{1,9}$/.test(text)) throw badRequest("max_age is a number of seconds")
  return { maxAge: Number(text) }
}
