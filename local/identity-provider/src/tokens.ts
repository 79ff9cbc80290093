import { createHash } from "node:crypto"
import { type JWTPayload, SignJWT } from "jose"
import { customerGroups, customerId, derivedId } from "./accounts.ts"
import { ALGORITHM, type KeyRing, TOKEN_LIFETIME_SECONDS } from "./keys.ts"

/** How tokens look: as any OpenID Connect issuer might make them, or with the claims of Entra External ID. */
export const shapes = ["plain", "entra"] as const
export type Shape = (typeof shapes)[number]

/** Whom a token is about. */
export interface Subject {
  kind: "person" | "app"
  /** The customer's id, or the id of the service. */
  id: string
  name: string
  roles: readonly string[]
  /** A customer's groups. */
  groups?: readonly string[]
}

/** What people allow the storefront to do in their name. */
export const DELEGATED_SCOPE = "access_as_user"

/** The directory of the development accounts. */
const TENANT = derivedId("tenant:development")
/** The app that people sign in with. */
const STOREFRONT = derivedId("app:storefront")

/** Somebody with an account. */
export const person = ({ name, roles }: { name: string; roles: readonly string[] }): Subject => ({
  kind: "person",
  id: customerId(name),
  name,
  roles,
  groups: customerGroups(name),
})

/** What an id token says besides whom it is about. */
export interface SignIn {
  clientId: string
  /** The session at the provider. */
  sid: string
  /** Seconds since 1970. */
  authTime: number
  nonce?: string
}

/** Makes what signs the tokens of one issuer for one audience. @param now milliseconds since 1970 */
export function tokenIssuer(options: { keys: KeyRing; issuer: string; audience: string; now: () => number }) {
  const { keys, issuer, audience, now } = options
  const sign = (claims: JWTPayload, typ: string) => {
    const { kid, privateKey } = keys.current()
    const iat = Math.floor(now() / 1_000)
    return new SignJWT({ iss: issuer, iat, exp: iat + TOKEN_LIFETIME_SECONDS, ...claims })
      .setProtectedHeader({ alg: ALGORITHM, kid, typ })
      .sign(privateKey)
  }
  return {
    /** An access token (RFC 9068 in the plain shape). @param scope what was granted to whoever acts for a person */
    access(subject: Subject, shape: Shape, scope = DELEGATED_SCOPE): Promise<string> {
      return shape === "entra"
        ? sign({ aud: audience, ...entraClaims(subject, audience, scope, now()) }, "JWT")
        : sign({ aud: audience, ...plainClaims(subject, scope) }, "at+jwt")
    },
    /** An id token (OpenID Connect Core 1.0, section 2): for the client alone, no access to anything. */
    id(subject: Subject, shape: Shape, { clientId, sid, authTime, nonce }: SignIn): Promise<string> {
      return sign(
        {
          aud: clientId,
          ...profileOf(subject, shape, audience),
          ...{ sid, auth_time: authTime },
          ...(nonce !== undefined && { nonce }),
        },
        "JWT",
      )
    },
  }
}
export type TokenIssuer = ReturnType<typeof tokenIssuer>

/** The claims about a person that the client may know. */
export const profileOf = (subject: Subject, shape: Shape, audience: string): JWTPayload & { sub: string } =>
  shape === "entra"
    ? {
        sub: pairwise(subject.id, audience),
        ...{ oid: subject.id, tid: TENANT, ver: "2.0" },
        ...{ name: subject.name, preferred_username: subject.name },
      }
    : { sub: subject.id, name: subject.name, preferred_username: subject.name }

/** A person's `sub` differs from app to app. */
const pairwise = (id: string, audience: string): string =>
  createHash("sha256").update(`${audience}\n${id}`).digest("base64url")

/** Left out where there are none. */
const groupClaim = (groups: readonly string[]): JWTPayload =>
  groups.length > 0 ? { customer_groups: [...groups] } : {}

function plainClaims({ kind, id, name, roles, groups = [] }: Subject, scope: string): JWTPayload {
  const kindOf = kind === "app" ? { azp: id, idtyp: "app" } : { scp: scope }
  return { sub: id, preferred_username: name, roles: [...roles], ...groupClaim(groups), ...kindOf }
}

/**
 * Claims of a v2.0 access token (https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference).
 * `oid` is the account. Nobody's roles are left out, not empty.
 */
function entraClaims(subject: Subject, audience: string, scope: string, now: number): JWTPayload {
  const { kind, id, roles, groups = [] } = subject
  const common = {
    tid: TENANT,
    ver: "2.0",
    nbf: Math.floor(now / 1_000),
    ...(roles.length > 0 ? { roles: [...roles] } : {}),
    ...groupClaim(groups),
  }
  if (kind === "person")
    return { ...common, ...profileOf(subject, "entra", audience), azp: STOREFRONT, azpacr: "0", scp: scope }
  const principal = derivedId(`principal:${id}`)
  return { ...common, oid: principal, sub: principal, azp: derivedId(`app:${id}`), azpacr: "1", idtyp: "app" }
}
