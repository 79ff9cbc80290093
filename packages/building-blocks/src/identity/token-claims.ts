import { CustomerGroup, CustomerId, GUEST_PREFIX } from "@eshop/domain/kernel/ids"
import * as z from "zod"
import type { Caller } from "../app/call.ts"

/** What people allow the storefront to do in their name. */
export const DELEGATED_SCOPE = "access_as_user"

/** Scopes: separated by spaces as Entra and RFC 9068 have them, or a list. */
const Scopes = z
  .union([z.string().transform((text) => text.split(" ").filter(Boolean)), z.array(z.string())])
  .optional()

/** Claims of access tokens (RFC 9068; https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference). */
export const Claims = z.looseObject({
  sub: z.string().min(1),
  exp: z.number(),
  roles: z.array(z.string()).default([]),
  /** Set by the merchant's directory; as many as a quote takes. */
  customer_groups: z.array(CustomerGroup).max(20).default([]),
  /** Entra: `app` in a token that an application got for itself, `user` otherwise, where the registration asks for it. */
  idtyp: z.string().optional(),
  /** The application that got the token: Entra's version 2, and version 1. */
  azp: z.string().optional(),
  appid: z.string().optional(),
  /** Entra: the tenant, and the account in it. */
  tid: z.string().optional(),
  oid: z.string().optional(),
  /** Delegated scopes: Entra, and RFC 9068. */
  scp: Scopes,
  scope: Scopes,
})
export type Claims = z.output<typeof Claims>

/** Claims that only an id token has (OpenID Connect Core 1.0, sections 2 and 3.1.3.6). */
const ID_TOKEN_CLAIMS = ["nonce", "at_hash", "c_hash"] as const

/** Why a token is no access token of anybody whom the shop knows. */
export class ClaimsError extends Error {}

/**
 * Whether an application speaks for itself. Entra says so by `idtyp` where the registration asks for it; otherwise such
 * a token has no scopes, names the application, and its subject is the account itself.
 */
function isService({ idtyp, tid, oid, sub, scp, azp, appid }: Claims): boolean {
  if (idtyp !== undefined) return idtyp === "app"
  return tid !== undefined && scp === undefined && (azp ?? appid) !== undefined && oid === sub
}

/** Throws ClaimsError for an id token, and for one whose scopes do not let it act for the person. */
function requireDelegation(claims: Claims): void {
  if (ID_TOKEN_CLAIMS.some((claim) => claims[claim] !== undefined))
    throw new ClaimsError("this is an id token")
  const scopes = claims.scp ?? claims.scope
  // Entra leaves scopes out of id tokens and of applications' tokens only.
  if (claims.tid !== undefined && scopes === undefined) throw new ClaimsError("the token has no scopes")
  if (scopes && !scopes.includes(DELEGATED_SCOPE))
    throw new ClaimsError(`the token's scopes lack ${DELEGATED_SCOPE}`)
}

/**
 * Who the bearer of a token is. Throws ClaimsError.
 * @param customerClaim the claim that names a customer
 * @param trusted whether the issuer may say roles, and speak for services: a directory where customers register
 *   themselves may not, if there is another one for staff
 */
export function callerOf(claims: Claims, customerClaim: string, trusted: boolean): Caller {
  const roles = trusted ? claims.roles : []
  if (isService(claims)) {
    if (!trusted) throw new ClaimsError("services are of another issuer")
    return { kind: "service", id: claims.azp ?? claims.appid ?? claims.sub, roles }
  }
  requireDelegation(claims)
  const id = CustomerId.safeParse(claims[customerClaim])
  if (!id.success || id.data.startsWith(GUEST_PREFIX))
    throw new ClaimsError(`the token has no claim '${customerClaim}' that names a customer`)
  const { customer_groups: customerGroups } = claims
  return { kind: "customer", id: id.data, roles, ...(customerGroups.length > 0 && { customerGroups }) }
}
