import type { IncomingHttpHeaders } from "node:http"
import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from "jose"
import { RefusedError } from "./problem.ts"
import type { Access, GatewayFiles } from "./routes.ts"

/** What a token says of its bearer. */
interface Bearer {
  roles: readonly string[]
  /** Milliseconds since 1970. */
  expires: number
}

const REMEMBERED_TOKENS = 1_000
const DISCOVERY_TIMEOUT_MS = 5_000
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
  error instanceof TypeError ||
  error instanceof errors.JWKSTimeout ||
  error instanceof errors.JWKSInvalid ||
  (error instanceof errors.JOSEError && error.code === "ERR_JOSE_GENERIC")

/**
 * Checks who may call a route, as API Management's validate-jwt does: signature by the issuer's published keys, issuer,
 * audience, expiry, role. A token that is sent must be good even where none is needed. The function that it returns
 * throws RefusedError. A verified token is remembered until it expires: a busy client costs one signature check.
 */
export function admission(issuer: string, { audience, rolesClaim }: GatewayFiles["issuer"]) {
  const remembered = new Map<string, Bearer>()
  let keys: Promise<ReturnType<typeof createRemoteJWKSet>> | undefined

  async function verify(token: string): Promise<Bearer> {
    const known = remembered.get(token)
    if (known && known.expires > Date.now()) return known
    keys ??= discoverKeys(issuer)
    try {
      const options = { issuer, audience, algorithms: ["RS256", "ES256"], clockTolerance: 5 }
      const { payload } = await jwtVerify(token, await keys, { ...options, requiredClaims: ["sub", "exp"] })
      const bearer = { roles: rolesOf(payload, rolesClaim), expires: Number(payload.exp) * 1_000 }
      if (remembered.size >= REMEMBERED_TOKENS) remembered.delete(remembered.keys().next().value as string)
      remembered.set(token, bearer)
      return bearer
    } catch (error) {
      if (!isIssuersFault(error)) throw invalidToken()
      keys = undefined
      throw identityUnavailable()
    }
  }

  return async (headers: IncomingHttpHeaders, access: Access): Promise<void> => {
    const { authorization } = headers
    if (authorization === undefined) {
      if (access === "anyone" || access === "shopper") return
      if (access === "order" && (headers["x-order-token"] !== undefined || namesGuest(headers))) return
      if ((access === "customer" || access === "signed-in-or-guest") && namesGuest(headers)) return
      throw tokenRequired()
    }
    const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization)?.[1]
    if (!token) throw invalidToken()
    const { roles } = await verify(token)
    if (typeof access === "object" && !roles.includes(access.role)) throw roleMissing(access.role)
  }
}

/** Whether a guest's token came along; the service looks at what it is worth. */
const namesGuest = (headers: IncomingHttpHeaders): boolean =>
  headers["x-guest-token"] !== undefined || /(^|;\s*)(__Host-)?guest=/.test(headers.cookie ?? "")

/** Throws TypeError when the issuer cannot be asked or answers something else. */
async function discoverKeys(issuer: string) {
  const url = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(DISCOVERY_TIMEOUT_MS) })
    const discovery = (await response.json()) as { issuer?: string; jwks_uri?: string }
    if (discovery.issuer !== issuer) throw new Error("the discovery document names another issuer")
    return createRemoteJWKSet(new URL(discovery.jwks_uri ?? ""))
  } catch (error) {
    throw new TypeError(`${url}: ${(error as Error).message}`, { cause: error })
  }
}

function rolesOf(payload: JWTPayload, claim: string): string[] {
  const roles = payload[claim]
  return Array.isArray(roles) ? roles.filter((role) => typeof role === "string") : []
}
