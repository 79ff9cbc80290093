import { createRemoteJWKSet, errors, jwtVerify } from "jose"
import { z } from "zod"
import { DependencyUnavailableError } from "../failure.ts"
import type { Caller } from "../use-case.ts"

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

const Claims = z.object({ sub: z.string().min(1), roles: z.array(z.string()).default([]), exp: z.number() })
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
export function tokenVerifier(options: { issuer: string; audience: string }): TokenVerifier {
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
      return { caller: { kind: "user", id: claims.sub, roles: claims.roles }, expires: claims.exp * 1_000 }
    } catch (error) {
      if (error instanceof DependencyUnavailableError) throw error
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
