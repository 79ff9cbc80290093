import { createHash } from "node:crypto"
import type { IncomingMessage } from "node:http"
import { accountOf, type ServiceClient, serviceClients } from "./accounts.ts"
import { readForm } from "./form.ts"
import type { Grant, Grants } from "./grants.ts"
import { TOKEN_LIFETIME_SECONDS } from "./keys.ts"
import { badRequest, OAuthError } from "./oauth-error.ts"
import { STOREFRONT_CLIENT } from "./storefront-client.ts"
import { DELEGATED_SCOPE, person, type Shape, shapes, type TokenIssuer } from "./tokens.ts"

/** What the endpoint answers (RFC 6749, section 5.1; OpenID Connect Core 1.0, section 3.1.3.3). */
export interface TokenAnswer {
  access_token: string
  token_type: "Bearer"
  expires_in: number
  scope?: string
  id_token?: string
  refresh_token?: string
}

/** What the endpoint works with. */
export interface TokenPlace {
  issue: TokenIssuer
  grants: Grants
}

const GRANT_TYPES = ["authorization_code", "refresh_token", "client_credentials"] as const
/** RFC 7636, section 4.1. */
const VERIFIER = /^[A-Za-z0-9._~-]{43,128}$/

const invalidGrant = (description: string) => new OAuthError(400, "invalid_grant", description)

export const bearer = (access_token: string): TokenAnswer => ({
  access_token,
  token_type: "Bearer",
  expires_in: TOKEN_LIFETIME_SECONDS,
})

/** The token endpoint (RFC 6749, section 3.2). Throws OAuthError. */
export async function exchangeToken(
  at: TokenPlace,
  request: IncomingMessage,
  url: URL,
): Promise<TokenAnswer> {
  const form = await readForm(request)
  const client = authenticate(form, request.headers.authorization)
  const asked = form.get("grant_type")
  if (!asked) throw badRequest("grant_type is missing")
  const grantType = GRANT_TYPES.find((type) => type === asked)
  if (!grantType)
    throw new OAuthError(400, "unsupported_grant_type", `grant_type is one of ${GRANT_TYPES.join(", ")}`)
  if ((grantType === "client_credentials") !== (client !== STOREFRONT_CLIENT))
    throw new OAuthError(400, "unauthorized_client", `this client gets no token by ${grantType}`)
  if (client !== STOREFRONT_CLIENT) {
    const { id, roles } = client
    return bearer(await at.issue.access({ kind: "app", id, name: id, roles }, readShape(url)))
  }
  return grantType === "authorization_code" ? redeemCode(at, form) : refresh(at, form)
}

/** How the token is to look. Throws OAuthError. */
export function readShape(url: URL): Shape {
  const asked = url.searchParams.get("shape") ?? "plain"
  const shape = shapes.find((candidate) => candidate === asked)
  if (!shape) throw badRequest(`shape is one of ${shapes.join(", ")}`)
  return shape
}

async function redeemCode({ issue, grants }: TokenPlace, form: URLSearchParams): Promise<TokenAnswer> {
  const taken = grants.takeCode(required(form, "code"))
  if (!taken) throw invalidGrant("the code is unknown, used or too old")
  const { grant, family } = taken
  if (grant.redirectUri !== required(form, "redirect_uri"))
    throw invalidGrant("redirect_uri is not the one that the code was sent to")
  const verifier = required(form, "code_verifier")
  const isProved =
    VERIFIER.test(verifier) && createHash("sha256").update(verifier).digest("base64url") === grant.challenge
  if (!isProved) throw invalidGrant("code_verifier does not fit the code_challenge")
  const refreshToken = hasScope(grant, "offline_access") ? grants.beginFamily(family, grant) : undefined
  return await answerOf(issue, grant, { nonce: grant.nonce, refreshToken })
}

async function refresh({ issue, grants }: TokenPlace, form: URLSearchParams): Promise<TokenAnswer> {
  const isForClient = ({ clientId, scope }: Grant) => {
    const asked = form.get("scope")?.split(" ") ?? []
    if (asked.some((name) => !scope.split(" ").includes(name)))
      throw new OAuthError(400, "invalid_scope", "the scope is more than was granted")
    return clientId === STOREFRONT_CLIENT
  }
  const rotated = grants.rotate(required(form, "refresh_token"), isForClient)
  if (!rotated) throw invalidGrant("the refresh token is unknown, used or too old")
  return await answerOf(issue, rotated.grant, { nonce: undefined, refreshToken: rotated.next })
}

async function answerOf(
  issue: TokenIssuer,
  grant: Grant,
  { nonce, refreshToken }: { nonce: string | undefined; refreshToken: string | undefined },
): Promise<TokenAnswer> {
  const { clientId, authTime, scope, shape, sessionId: sid } = grant
  const account = accountOf(grant.account)
  if (!account) throw invalidGrant("there is no such account")
  const subject = person(account)
  // Without the scope of the shop's API the token opens nothing there, as a token for Microsoft Graph would not.
  const granted = hasScope(grant, DELEGATED_SCOPE) ? DELEGATED_SCOPE : scope
  return {
    ...bearer(await issue.access(subject, shape, granted)),
    scope,
    ...(hasScope(grant, "openid") && {
      id_token: await issue.id(subject, shape, { clientId, sid, authTime, ...(nonce && { nonce }) }),
    }),
    ...(refreshToken && { refresh_token: refreshToken }),
  }
}

const hasScope = ({ scope }: Grant, name: string): boolean => scope.split(" ").includes(name)

function required(form: URLSearchParams, name: string): string {
  const value = form.get(name)
  if (!value) throw badRequest(`${name} is missing`)
  return value
}

/** Client authentication by header or body (RFC 6749, section 2.3.1); the storefront names itself only. */
function authenticate(
  form: URLSearchParams,
  authorization: string | undefined,
): ServiceClient | typeof STOREFRONT_CLIENT {
  const basic = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(authorization ?? "")?.[1]
  const [id, secret] = basic
    ? decodeBasic(basic)
    : [form.get("client_id") ?? "", form.get("client_secret") ?? undefined]
  if (id === STOREFRONT_CLIENT && secret === undefined && authorization === undefined)
    return STOREFRONT_CLIENT
  const client = serviceClients.get(id ?? "")
  if (!client || client.secret !== secret)
    throw new OAuthError(401, "invalid_client", "unknown client or wrong secret")
  return client
}

function decodeBasic(credentials: string): (string | undefined)[] {
  try {
    return Buffer.from(credentials, "base64")
      .toString()
      .split(":")
      .map((part) => decodeURIComponent(part))
  } catch {
    return []
  }
}
