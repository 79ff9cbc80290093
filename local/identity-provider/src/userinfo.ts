import type { IncomingMessage } from "node:http"
import { createLocalJWKSet, type JWTPayload, jwtVerify } from "jose"
import type { KeyRing } from "./keys.ts"
import { OAuthError } from "./oauth-error.ts"

/** Members of the answer, as far as the token has them (OpenID Connect Core 1.0, section 5.3.2). */
const MEMBERS = ["sub", "oid", "tid", "name", "preferred_username"] as const

/** Who the bearer of an access token is. Throws OAuthError for what is no person's access token. */
export async function userInfo(
  { keys, issuer, audience, now }: { keys: KeyRing; issuer: string; audience: string; now: () => number },
  request: IncomingMessage,
): Promise<JWTPayload> {
  const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(request.headers.authorization ?? "")?.[1]
  const refused = new OAuthError(401, "invalid_token", "this needs an access token of a person")
  if (!token) throw refused
  try {
    const keySet = createLocalJWKSet({ keys: keys.published() })
    const { payload } = await jwtVerify(token, keySet, { issuer, audience, currentDate: new Date(now()) })
    if (payload.scp === undefined) throw refused
    const { preferred_username: name } = payload
    const claims: JWTPayload = { name, ...payload }
    return Object.fromEntries(
      MEMBERS.flatMap((member) => (member in claims ? [[member, claims[member]]] : [])),
    )
  } catch {
    throw refused
  }
}
