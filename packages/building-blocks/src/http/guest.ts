import type { HttpRequest } from "@azure/functions"
import type { Caller } from "../app/call.ts"
import { GUEST_TOKEN_DAYS, type GuestTokens, newGuestId } from "../identity/guest-token.ts"
import type { OrderTokens } from "../identity/order-token.ts"
import { newId } from "../ids.ts"

/** For clients without cookies; one that sends it, with whatever value, is answered with it instead of the cookie. */
export const GUEST_HEADER = "x-guest-token"

/** Carries the token of one order, with which a guest comes back to it from another device. */
export const ORDER_HEADER = "x-order-token"

const DAY_SECONDS = 86_400
/** A token that is older than this is renewed, so that one in use does not expire. */
const RENEWAL_MS = DAY_SECONDS * 1_000

/** A guest, and what the answer's headers tell the client of them. */
export type Guest = { readonly id: string; readonly headers: Readonly<Record<string, string>> }

const isSecure = ({ headers, url }: HttpRequest): boolean => {
  const [forwarded = ""] = (headers.get("x-forwarded-proto") ?? "").split(",", 1)
  return forwarded.trim() ? forwarded.trim() === "https" : url.startsWith("https:")
}

/** The prefix binds the cookie to host and HTTPS (RFC 6265bis, section 4.1.3.2); plain HTTP is for a developer's machine. */
const cookieName = (request: HttpRequest): string => (isSecure(request) ? "__Host-guest" : "guest")

function sentCookie(request: HttpRequest, name: string): string | undefined {
  const pairs = (request.headers.get("cookie") ?? "").split(";").map((pair) => pair.trim())
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1)
}

function cookieOf(request: HttpRequest, token: string, maxAge: number): string {
  const secure = isSecure(request) ? "; Secure" : ""
  return `${cookieName(request)}=${token}; Path=/; Max-Age=${maxAge}; HttpOnly; SameSite=Lax${secure}`
}

function headersFor(request: HttpRequest, token: string): Record<string, string> {
  if (request.headers.has(GUEST_HEADER)) return { [GUEST_HEADER]: token }
  return { "set-cookie": cookieOf(request, token, GUEST_TOKEN_DAYS * DAY_SECONDS) }
}

/** The guest whose token came with the request; undefined where none did, or it does not count. */
export function readGuest(tokens: GuestTokens, request: HttpRequest, now: Date): Guest | undefined {
  const token = request.headers.get(GUEST_HEADER) ?? sentCookie(request, cookieName(request))
  const known = token ? tokens.read(token, now) : undefined
  if (!known) return undefined
  const isOld = now.getTime() - known.issuedAt.getTime() > RENEWAL_MS
  return { id: known.id, headers: isOld ? headersFor(request, tokens.issue(known.id, now)) : {} }
}

/** What tells the client to forget the guest's token: whoever uses the browser next is not that guest. */
export function forgottenGuest(request: HttpRequest): Record<string, string> {
  if (request.headers.has(GUEST_HEADER)) return { [GUEST_HEADER]: "" }
  return { "set-cookie": cookieOf(request, "", 0) }
}

/** A guest whom nobody has met before. */
export function newGuest(tokens: GuestTokens, request: HttpRequest, now: Date): Guest {
  const id = newGuestId(newId())
  return { id, headers: headersFor(request, tokens.issue(id, now)) }
}

/** The holder of the token of the order that the path's `{id}` names; undefined where none came, or it does not count. */
export function readOrder(tokens: OrderTokens, request: HttpRequest, now: Date): Caller | undefined {
  const token = request.headers.get(ORDER_HEADER)
  const orderId = token ? tokens.read(token, now)?.id : undefined
  return orderId !== undefined && orderId === request.params.id
    ? { kind: "order-holder", orderId }
    : undefined
}
