import type { IncomingHttpHeaders } from "node:http"
import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyResult, jwtVerify } from "jose"
import { RefusedError } from "./problem.ts"
import type { Access, GatewayFiles } from "./routes.ts"

/** What a token says of its bearer. */
interface Bearer {
  subject: string
  roles: readonly string[]
  /** Milliseconds since 1970. */
  until: number
}

const REMEMBERED_TOKENS = 1_000
/** A token is checked again after so long, against the keys as they are by then. */
const REMEMBERED_MS = 300_000
const DISCOVERY_TIMEOUT_MS = 5_000
/** Tokens that name unknown keys, which anybody can make, ask the issuer at most this often. */
const COOLDOWN_MS = 1_000
/** Of access tokens: Entra's, and RFC 9068's. */
const ACCESS_TOKEN_TYPES: readonly (string | undefined)[] = [undefined, "jwt", "at+jwt", "application/at+jwt"]
/** What people allow the storefront to do in their name. */
const DELEGATED_SCOPE = "access_as_user"
const CHALLENGE = 'Bearer realm="eshop"'

const tokenRequired = () =>
  new RefusedError({
    status: 401,
    code: "auth.required",
    detail: "This needs an access token.",
    headers: { "www-authenticate": CHALLENGE },
  })
const invalidToken = () =>
  new RefusedError({
    status: 401,
    code: "auth.invalid-token",
    detail: "The access token is not valid.",
    headers: { "www-authenticate": `${CHALLENGE}, error="invalid_token"` },
  })
const roleMissing = (role: string) =>
  new RefusedError({ status: 403, code: "auth.role-missing", detail: `This needs the role '${role}'.` })
const identityUnavailable = () =>
  new RefusedError({
    status: 503,
    code: "identity.unavailable",
    detail: "The access token cannot be checked at the moment.",
    headers: { "retry-after": "1" },
  })

/** True when the issuer's keys could not be had; jose has no class of its own for a key set that is answered with 500. */
const isIssuersFault = (error: unknown): boolean =>
  error instanceof DiscoveryError ||
  error instanceof TypeError ||
  error instanceof errors.JWKSTimeout ||
  error instanceof errors.JWKSInvalid ||
  (error instanceof errors.JOSEError && error.code === "ERR_JOSE_GENERIC")

/**
 * Checks who may call a route, as API Management's validate-jwt does: signature by the issuer's published keys, issuer,
 * audience, expiry, kind, role. A token that is sent must be good even where none is needed. The function that it returns
 * gives the token's subject, undefined without a token, and throws RefusedError. A verified token is remembered for
 * minutes: a busy client costs one signature check.
 */
export function admission(issuer: string, { audience, rolesClaim }: GatewayFiles["issuer"]) {
  const remembered = new Map<string, Bearer>()
  let keys: Promise<ReturnType<typeof createRemoteJWKSet>> | undefined

  async function verify(token: string): Promise<Bearer> {
    const known = remembered.get(token)
    if (known && known.until > Date.now()) return known
    keys ??= discoverKeys(issuer)
    try {
      const options = { issuer, audience, algorithms: ["RS256", "ES256"], clockTolerance: 5 }
      const verified = await jwtVerify(token, await keys, { ...options, requiredClaims: ["sub", "exp"] })
      if (!isAccessToken(verified)) throw invalidToken()
      const { payload } = verified
      const until = Math.min(Number(payload.exp) * 1_000, Date.now() + REMEMBERED_MS)
      const bearer = { subject: String(payload.sub), roles: rolesOf(payload, rolesClaim), until }
      if (remembered.size >= REMEMBERED_TOKENS) remembered.delete(remembered.keys().next().value as string)
      remembered.set(token, bearer)
      return bearer
    } catch (error) {
      if (!isIssuersFault(error)) throw invalidToken()
      // Keys that are known go on counting; where there are none yet, the next token asks for them again.
      if (error instanceof DiscoveryError) keys = undefined
      throw identityUnavailable()
    }
  }

  return async (headers: IncomingHttpHeaders, access: Access): Promise<string | undefined> => {
    const { authorization } = headers
    if (authorization === undefined) {
      if (access === "anyone" || access === "shopper") return undefined
      if (access === "order" && (headers["x-order-token"] !== undefined || namesGuest(headers)))
        return undefined
      if ((access === "customer" || access === "signed-in-or-guest") && namesGuest(headers)) return undefined
      throw tokenRequired()
    }
    const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization)?.[1]
    if (!token) throw invalidToken()
    const { subject, roles } = await verify(token)
    if (typeof access === "object" && !roles.includes(access.role)) throw roleMissing(access.role)
    return subject
  }
}

/** Whether a guest's token came along; the service looks at what it is worth. */
const namesGuest = (headers: IncomingHttpHeaders): boolean =>
  headers["x-guest-token"] !== undefined || /(^|;\s*)(__Host-)?guest=/.test(headers.cookie ?? "")

/** The issuer cannot be asked, or answers something else. */
class DiscoveryError extends Error {}

/** Throws DiscoveryError. The keys stay known for good: a rotated one is unknown and so asked for. */
async function discoverKeys(issuer: string) {
  const url = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(DISCOVERY_TIMEOUT_MS) })
    const discovery = (await response.json()) as { issuer?: string; jwks_uri?: string }
    if (discovery.issuer !== issuer) throw new Error("the discovery document names another issuer")
    const options = { cacheMaxAge: Number.POSITIVE_INFINITY, cooldownDuration: COOLDOWN_MS }
    return createRemoteJWKSet(new URL(discovery.jwks_uri ?? ""), options)
  } catch (error) {
    throw new DiscoveryError(`${url}: ${(error as Error).message}`, { cause: error })
  }
}

/**
 * Whether it lets its bearer do anything: no id token, and not for another of a person's purposes. An application's own
 * token has no scopes, and names the application.
 */
function isAccessToken({ payload, protectedHeader }: JWTVerifyResult): boolean {
  const { nonce, at_hash, tid, scp, azp, appid } = payload
  if (!ACCESS_TOKEN_TYPES.includes(protectedHeader.typ?.toLowerCase())) return false
  if (nonce !== undefined || at_hash !== undefined) return false
  if (scp === undefined) return tid === undefined || (azp ?? appid) !== undefined
  return typeof scp === "string" && scp.split(" ").includes(DELEGATED_SCOPE)
}

function rolesOf(payload: JWTPayload, claim: string): string[] {
  const roles = payload[claim]
  return Array.isArray(roles) ? roles.filter((role) => typeof role === "string") : []
}
