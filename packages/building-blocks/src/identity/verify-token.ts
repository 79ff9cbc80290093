import { decodeJwt, type JWTVerifyGetKey, jwtVerify } from "jose"
import * as z from "zod"
import type { Caller } from "../app/call.ts"
import { DependencyUnavailableError } from "../failure.ts"
import { issuerKeys } from "./issuer-keys.ts"
import { Claims, callerOf } from "./token-claims.ts"

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
  /** Of customers; of staff and services too where they have no other one. */
  IDENTITY_ISSUER: z.url(),
  IDENTITY_AUDIENCE: z.string().min(1),
  /** The claim that names a customer for good: Entra's `oid`, since its `sub` is another one for each app. */
  IDENTITY_CUSTOMER_CLAIM: z.string().default("sub"),
  /** Of staff and services, where customers have a directory of their own: only its tokens bring roles then. */
  IDENTITY_STAFF_ISSUER: z.url().optional(),
  IDENTITY_STAFF_AUDIENCE: z.string().min(1).optional(),
})
type IdentitySettings = z.output<typeof IdentitySettings>

/** Asymmetric ones alone: nobody can sign with what an issuer publishes. */
const ALGORITHMS = ["RS256", "ES256"]
/** Of access tokens: Entra's, and RFC 9068's. */
const TYPES: readonly (string | undefined)[] = [undefined, "jwt", "at+jwt", "application/at+jwt"]
/** How far the issuer's clock may be from ours. */
const CLOCK_TOLERANCE_SECONDS = 5

const REMEMBERED_TOKENS = 1_000
/** A token is checked again after so long, against the keys as they are by then. */
const REMEMBERED_MS = 300_000

/** Whose tokens are taken, and what for. */
type Issuer = {
  readonly issuer: string
  readonly audience: string
  readonly keys: JWTVerifyGetKey
  readonly trusted: boolean
}

function issuersOf(settings: IdentitySettings, clock: () => number): Issuer[] {
  const { IDENTITY_ISSUER: issuer, IDENTITY_AUDIENCE: audience } = settings
  const staff = settings.IDENTITY_STAFF_ISSUER ?? issuer
  const own = { issuer, audience, keys: issuerKeys(issuer, clock), trusted: staff === issuer }
  if (own.trusted) return [own]
  const staffAudience = settings.IDENTITY_STAFF_AUDIENCE ?? audience
  return [own, { issuer: staff, audience: staffAudience, keys: issuerKeys(staff, clock), trusted: true }]
}

/**
 * Verifies access tokens of OpenID Connect issuers: signature by the issuer's published keys, algorithm, type, audience,
 * expiry, not before, and that it is no id token ({@link callerOf}). A verified token is remembered for minutes, so that
 * a busy client costs one signature check.
 * @param clock milliseconds since 1970
 */
export function tokenVerifier(settings: IdentitySettings, clock: () => number = Date.now): TokenVerifier {
  const issuers = new Map(issuersOf(settings, clock).map((entry) => [entry.issuer, entry]))
  const remembered = new Map<string, { caller: Caller; until: number }>()

  async function check(token: string): Promise<{ caller: Caller; until: number }> {
    try {
      // Says only whose keys to ask for; the signature says whether it is true.
      const from = issuers.get(decodeJwt(token).iss ?? "")
      if (!from) throw new Error("another issuer")
      const { payload, protectedHeader } = await jwtVerify(token, from.keys, {
        ...{ issuer: from.issuer, audience: from.audience, algorithms: ALGORITHMS },
        ...{ clockTolerance: CLOCK_TOLERANCE_SECONDS, currentDate: new Date(clock()) },
      })
      if (!TYPES.includes(protectedHeader.typ?.toLowerCase())) throw new Error("another type of token")
      const claims = Claims.parse(payload)
      const caller = callerOf(claims, settings.IDENTITY_CUSTOMER_CLAIM, from.trusted)
      return { caller, until: Math.min(claims.exp * 1_000, clock() + REMEMBERED_MS) }
    } catch (error) {
      if (error instanceof DependencyUnavailableError) throw error
      throw new InvalidTokenError((error as Error).message, { cause: error })
    }
  }

  return {
    async verify(authorization) {
      if (!authorization) return { kind: "anonymous" }
      const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization)?.[1]
      if (!token) throw new InvalidTokenError("not a bearer token")
      const known = remembered.get(token)
      if (known && known.until > clock()) return known.caller
      const verified = await check(token)
      if (remembered.size >= REMEMBERED_TOKENS) remembered.delete(remembered.keys().next().value as string)
      remembered.set(token, verified)
      return verified.caller
    },
  }
}
