import { createHash } from "node:crypto"
import { type JWTPayload, SignJWT } from "jose"
import { derivedId } from "./accounts.ts"
import { ALGORITHM, type SigningKey } from "./keys.ts"

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

export const TOKEN_LIFETIME_SECONDS = 3_600

/** The directory of the development accounts. */
const TENANT = derivedId("tenant:development")
/** The app that people sign in with. */
const STOREFRONT = derivedId("app:storefront")
/** What people allow the storefront to do in their name. */
const DELEGATED_SCOPE = "access_as_user"

/** Makes the function that signs access tokens of one issuer for one audience. */
export function tokenIssuer(options: { key: SigningKey; issuer: string; audience: string }) {
  const { key, issuer, audience } = options
  return (subject: Subject, shape: Shape): Promise<string> => {
    const claims = shape === "entra" ? entraClaims(subject, audience) : plainClaims(subject)
    return new SignJWT(claims)
      .setProtectedHeader({ alg: ALGORITHM, kid: key.kid, typ: "JWT" })
      .setIssuer(issuer)
      .setAudience(audience)
      .setIssuedAt()
      .setExpirationTime(`${TOKEN_LIFETIME_SECONDS}s`)
      .sign(key.privateKey)
  }
}
export type IssueToken = ReturnType<typeof tokenIssuer>

/** Left out where there are none. */
const groupClaim = (groups: readonly string[]): JWTPayload =>
  groups.length > 0 ? { customer_groups: [...groups] } : {}

function plainClaims({ kind, id, name, roles, groups = [] }: Subject): JWTPayload {
  const ofApp = kind === "app" ? { azp: id, idtyp: "app" } : {}
  return { sub: id, preferred_username: name, roles: [...roles], ...groupClaim(groups), ...ofApp }
}

/**
 * Claims of a v2.0 access token (https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference).
 * A person's `sub` differs from app to app; `oid` is the account. Nobody's roles are left out, not empty.
 */
function entraClaims({ kind, id, name, roles, groups = [] }: Subject, audience: string): JWTPayload {
  const common = {
    tid: TENANT,
    ver: "2.0",
    nbf: Math.floor(Date.now() / 1_000),
    ...(roles.length > 0 ? { roles: [...roles] } : {}),
    ...groupClaim(groups),
  }
  if (kind === "person") {
    const sub = createHash("sha256").update(`${audience}\n${id}`).digest("base64url")
    const signedIn = { preferred_username: name, name, azp: STOREFRONT, azpacr: "0", scp: DELEGATED_SCOPE }
    return { ...common, ...signedIn, oid: id, sub }
  }
  const principal = derivedId(`principal:${id}`)
  return { ...common, oid: principal, sub: principal, azp: derivedId(`app:${id}`), azpacr: "1", idtyp: "app" }
}
