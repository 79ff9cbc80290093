import type { IncomingMessage, ServerResponse } from "node:http"
import { compactVerify, createLocalJWKSet } from "jose"
import { endedCookie, sessionCookie } from "./authorize.ts"
import { once, readForm } from "./form.ts"
import type { Grants } from "./grants.ts"
import { isOwnForm, redirect } from "./http.ts"
import type { KeyRing } from "./keys.ts"
import { badRequest, OAuthError } from "./oauth-error.ts"
import { messagePage, page, signOutPage } from "./pages.ts"
import { isSignedOutUri, STOREFRONT_CLIENT } from "./storefront-client.ts"

/**
 * Ends the session (OpenID Connect RP-Initiated Logout 1.0), and with it its refresh tokens. An id token of ours proves
 * that the person's client asks; otherwise the person is asked.
 */
export async function signOut(
  { keys, grants, issuer }: { keys: KeyRing; grants: Grants; issuer: string },
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  try {
    const parameters = once(request.method === "POST" ? await readForm(request) : url.searchParams)
    const hint = await readHint(keys, issuer, parameters.get("id_token_hint"))
    const target = readTarget(parameters, hint !== undefined)
    const session = grants.session(sessionCookie(request) ?? "")
    const isConfirmed =
      parameters.get("confirmed") === "yes" && request.method === "POST" && isOwnForm(request)
    if (session && session.id !== hint && !isConfirmed)
      return page(response, 200, {
        title: "Sign out",
        content: signOutPage(parameters),
        ...formTarget(target),
      })
    for (const id of [session?.id, hint]) if (id !== undefined) grants.endSession(id)
    response.setHeader("set-cookie", endedCookie)
    if (target) return redirect(response, target.href)
    page(response, 200, {
      title: "Signed out",
      content: messagePage("You are signed out. You may close this page."),
    })
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error
    page(response, 400, { title: "Cannot sign out", content: messagePage(error.message) })
  }
}

const formTarget = (target: URL | undefined) => (target ? { formTarget: target.origin } : {})

/** Where the browser goes afterwards; nowhere that the client has not registered. */
function readTarget(parameters: URLSearchParams, isHinted: boolean): URL | undefined {
  const uri = parameters.get("post_logout_redirect_uri")
  if (uri === null) return undefined
  const client = parameters.get("client_id")
  const isClient = client === null ? isHinted : client === STOREFRONT_CLIENT
  if (!isClient || !isSignedOutUri(uri)) throw badRequest("post_logout_redirect_uri is none of the client's")
  const target = new URL(uri)
  const state = parameters.get("state")
  if (state !== null) target.searchParams.set("state", state)
  return target
}

/** The session that an id token of ours names; the token may have expired long ago. Throws OAuthError. */
async function readHint(keys: KeyRing, issuer: string, token: string | null): Promise<string | undefined> {
  if (token === null) return undefined
  try {
    const { payload } = await compactVerify(token, createLocalJWKSet({ keys: keys.published() }))
    const { iss, aud, sid } = JSON.parse(new TextDecoder().decode(payload))
    if (iss === issuer && aud === STOREFRONT_CLIENT && typeof sid === "string") return sid
  } catch {
    // Said below, whatever is wrong with it.
  }
  throw badRequest("id_token_hint is no id token of this provider")
}
