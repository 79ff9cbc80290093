import { DELEGATED_SCOPE } from "./tokens.ts"

/** The public client: it has no secret, and PKCE instead (RFC 8252, RFC 7636). */
export const STOREFRONT_CLIENT = "storefront"

/** What it may ask for. */
export const SCOPES = ["openid", "profile", "offline_access", DELEGATED_SCOPE] as const

/** Where a sign-in and a sign-out lead: to the shop, and to the staff's pages. */
const CALLBACK_PATHS = ["/sign-in/callback", "/back-office/sign-in/callback"]
const SIGNED_OUT_PATHS = ["/signed-out", "/back-office/signed-out"]

/** An origin of this machine, whatever its port (RFC 8252, section 7.3). */
const LOOPBACK = /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/

export const isLoopbackOrigin = (origin: string): boolean => LOOPBACK.test(origin)

const isAtOneOf = (uri: string, paths: readonly string[]): boolean =>
  paths.some((path) => uri.endsWith(path) && isLoopbackOrigin(uri.slice(0, -path.length)))

/** Whether the storefront is registered to be sent to this address after a sign-in. */
export const isRedirectUri = (uri: string): boolean => isAtOneOf(uri, CALLBACK_PATHS)

/** Whether the storefront is registered to be sent to this address after a sign-out. */
export const isSignedOutUri = (uri: string): boolean => isAtOneOf(uri, SIGNED_OUT_PATHS)
