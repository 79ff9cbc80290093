import type { IncomingMessage, ServerResponse } from "node:http"
import { accountOf } from "./accounts.ts"
import {
  type AuthorizationRequest,
  type ReturnAddress,
  readAuthorizationRequest,
  readReturnAddress,
} from "./authorization-request.ts"
import { once, readForm } from "./form.ts"
import { type Grants, SESSION_SECONDS, type Session } from "./grants.ts"
import { cookieOf, isOwnForm, redirect } from "./http.ts"
import { badRequest, OAuthError } from "./oauth-error.ts"
import { messagePage, page, signInPage } from "./pages.ts"
import { STOREFRONT_CLIENT } from "./storefront-client.ts"

const COOKIE = "identity_session"
/** A top-level navigation from the storefront brings it along. */
const COOKIE_ATTRIBUTES = "Path=/; HttpOnly; SameSite=Lax"

export const sessionCookie = (request: IncomingMessage) => cookieOf(request, COOKIE)
export const endedCookie = `${COOKIE}=; ${COOKIE_ATTRIBUTES}; Max-Age=0`

/** What the endpoint works with. */
export interface AuthorizePlace {
  issuer: string
  grants: Grants
  /** Milliseconds since 1970. */
  now: () => number
}

/**
 * The authorization endpoint (RFC 6749, section 3.1; OpenID Connect Core 1.0, section 3.1.2): a page that asks who is
 * there, or, for a browser that is signed in, the way back to the client at once.
 */
export async function authorize(
  at: AuthorizePlace,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const isPost = request.method === "POST"
  let address: ReturnAddress | undefined
  try {
    const parameters = isPost ? await readForm(request) : url.searchParams
    address = readReturnAddress(parameters)
    const asked = readAuthorizationRequest(once(parameters))
    const chosen = parameters.get("account")
    if (isPost && chosen !== null) signIn(at, request, response, asked, chosen)
    else answer(at, request, response, asked, parameters)
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error
    if (!address) return page(response, 400, { title: "Cannot sign in", content: messagePage(error.message) })
    returnTo(at, response, address, { error: error.code, error_description: error.message })
  }
}

/** Shows the page, unless the browser's session is good enough. */
function answer(
  at: AuthorizePlace,
  request: IncomingMessage,
  response: ServerResponse,
  asked: AuthorizationRequest,
  parameters: URLSearchParams,
): void {
  const session = at.grants.session(sessionCookie(request) ?? "")
  const hint = asked.loginHint?.toLowerCase()
  const isEnough =
    session !== undefined &&
    (hint === undefined || hint === session.account) &&
    (asked.maxAge === undefined || session.authTime + asked.maxAge >= Math.floor(at.now() / 1_000))
  if (isEnough && (asked.prompt === undefined || asked.prompt === "none")) {
    sendCode(at, response, asked, session)
    return
  }
  if (asked.prompt === "none") throw new OAuthError(400, "login_required", "nobody is signed in")
  const formTarget = new URL(asked.redirectUri).origin
  page(response, 200, { title: "Sign in to the eShop", content: signInPage(parameters, hint), formTarget })
}

function signIn(
  at: AuthorizePlace,
  request: IncomingMessage,
  response: ServerResponse,
  asked: AuthorizationRequest,
  chosen: string,
): void {
  if (!isOwnForm(request)) throw badRequest("the form is another site's")
  const account = accountOf(chosen)
  if (!account) throw badRequest("an account is named by letters, digits, dots, hyphens")
  const previous = at.grants.session(sessionCookie(request) ?? "")
  if (previous && previous.account !== account.name) at.grants.endSession(previous.id)
  const { session, cookie } = at.grants.beginSession(account.name)
  response.setHeader("set-cookie", `${COOKIE}=${cookie}; ${COOKIE_ATTRIBUTES}; Max-Age=${SESSION_SECONDS}`)
  sendCode(at, response, asked, session)
}

function sendCode(
  at: AuthorizePlace,
  response: ServerResponse,
  { redirectUri, state, nonce, challenge, scope, shape }: AuthorizationRequest,
  { id: sessionId, account, authTime }: Session,
): void {
  const grant = { sessionId, account, authTime, clientId: STOREFRONT_CLIENT, scope, shape }
  const code = at.grants.issueCode({ ...grant, redirectUri, challenge, ...(nonce && { nonce }) })
  returnTo(at, response, { redirectUri, ...(state && { state }) }, { code })
}

/** Sends the browser back to the client, with its state and who answers (RFC 9207). */
function returnTo(
  { issuer }: AuthorizePlace,
  response: ServerResponse,
  { redirectUri, state }: ReturnAddress,
  members: Record<string, string>,
): void {
  const location = new URL(redirectUri)
  location.search = new URLSearchParams({ ...members, ...(state && { state }), iss: issuer }).toString()
  redirect(response, location.href)
}
