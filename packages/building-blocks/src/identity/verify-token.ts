import { CustomerGroup, CustomerId, GUEST_PREFIX } from "@eshop/domain/kernel/ids"
import { createRemoteJWKSet, errors, jwtVerify } from "jose"
import * as z from "zod"
import type { Caller } from "../app/call.ts"
import { DependencyUnavailableError } from "../failure.ts"

export type TokenVerifier = {
  /**
   * @param authorization the Authorization header
   * @returns the caller; anonymous without a header
   * @throws InvalidTokenError; DependencyUnavailableError when the issuer's keys cannot be had
   */
  verify(authorization: string | null): Promise<Caller>
}

export class InvalidTokenError extends Error {
  override readonly name = "InvalidTokenError"
}

/** Settings that every app reads to know who calls it. */
export const IdentitySettings = z.object({
  IDENTITY_ISSUER: z.url(),
  IDENTITY_AUDIENCE: z.string().min(1),
  /** The claim that names a customer for good: Entra's `oid`, since its `sub` is another one for each app. */
  IDENTITY_CUSTOMER_CLAIM: z.string().default("sub"),
})

const Claims = z.looseObject({
  sub: z.string().min(1),
  roles: z.array(z.string()).default([]),
  /** Set by the merchant's directory; as many as a quote takes. */
  customer_groups: z.array(CustomerGroup).max(20).default([]),
  exp: z.number(),
  /** Entra: `app` in a token that an application got for itself. */
  idtyp: z.string().optional(),
  /** Entra: the application that got the token. */
  azp: z.string().optional(),
  /** Entra: the tenant. */
  tid: z.string().optional(),
  /** Delegated scopes: an Entra token without them is an application's. */
  scp: z.string().optional(),
})
type Claims = z.infer<typeof Claims>

/** Whether an application speaks for itself (https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference). */
const isService = ({ idtyp, tid, scp }: Claims): boolean =>
  idtyp === "app" || (tid !== undefined && scp === undefined)

function callerOf(claims: Claims, customerClaim: string): Caller {
  if (isService(claims)) return { kind: "service", id: claims.azp ?? claims.sub, roles: claims.roles }
  const id = CustomerId.safeParse(claims[customerClaim])
  if (!id.success || id.data.startsWith(GUEST_PREFIX))
    throw new InvalidTokenError(`the token has no claim '${customerClaim}' that names a customer`)
  const { roles, customer_groups: customerGroups } = claims
  return { kind: "customer", id: id.data, roles, ...(customerGroups.length > 0 && { customerGroups }) }
}
const Discovery = z.object({ issuer: z.string(), jwks_uri: z.url() })

const CACHED_TOKENS = 1_000

/** True when the issuer's keys could not be had; jose has no class of its own for a key set that is answered with 500. */
const isIssuersFault = (error: unknown): boolean =>
  error instanceof TypeError ||
  error instanceof errors.JWKSTimeout ||
  error instanceof errors.JWKSInvalid ||
  (error instanceof errors.JOSEError && error.code === "ERR_JOSE_GENERIC")

/**
 * Verifies JWTs of an OpenID Connect issuer: signature by its published keys, issuer, audience and expiry.
 * A verified token is remembered until it expires, so that a busy client costs one signature check.
 */
export function tokenVerifier(settings: z.infer<typeof IdentitySettings>): TokenVerifier {
  const options = { issuer: settings.IDENTITY_ISSUER, audience: settings.IDENTITY_AUDIENCE }
  const remembered = new Map<string, { caller: Caller; expires: number }>()
  let keys: Promise<ReturnType<typeof createRemoteJWKSet>> | undefined

  async function discoverKeys() {
    try {
      const url = `${options.issuer.replace(/\/$/, "")}/.well-known/openid-configuration`
      const response = await fetch(url, { signal: AbortSignal.timeout(5_000) })
      if (!response.ok) throw new Error(`discovery answered ${response.status}`)
      const discovery = Discovery.parse(await response.json())
      if (discovery.issuer !== options.issuer) throw new Error("the discovery document names another issuer")
      return createRemoteJWKSet(new URL(discovery.jwks_uri))
    } catch (error) {
      keys = undefined
      throw new DependencyUnavailableError("identity", error)
    }
  }

  async function check(token: string): Promise<{ caller: Caller; expires: number }> {
    keys ??= discoverKeys()
    try {
      const { payload } = await jwtVerify(token, await keys, {
        issuer: options.issuer,
        audience: options.audience,
        algorithms: ["RS256", "ES256"],
        clockTolerance: 5,
      })
      const claims = Claims.parse(payload)
      return { caller: callerOf(claims, settings.IDENTITY_CUSTOMER_CLAIM), expires: claims.exp * 1_000 }
    } catch (error) {
      if (error instanceof DependencyUnavailableError || error instanceof InvalidTokenError) throw error
      if (isIssuersFault(error)) throw new DependencyUnavailableError("identity", error)
      throw new InvalidTokenError((error as Error).message, { cause: error })
    }
  }

  return {
    async verify(authorization) {
      if (!authorization) return { kind: "anonymous" }
      const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization)?.[1]
      if (!token) throw new InvalidTokenError("not a bearer token")
      const known = remembered.get(token)
      if (known && known.expires > Date.now()) return known.caller
      const verified = await check(token)
      if (remembered.size >= CACHED_TOKENS) remembered.delete(remembered.keys().next().value as string)
      remembered.set(token, verified)
      return verified.caller
    },
  }
}
