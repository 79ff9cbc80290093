/** Who may call the API of the Durable Functions Monitor, as its Common/Auth.cs decides where no sign-in is set up. */

import { timingSafeEqual } from "node:crypto"
import type { Settings } from "../../contract.ts"

type Headers = Readonly<Record<string, string>>

/** `DFM_MODE=ReadOnly`: whoever looks may change nothing. */
export const isReadOnly = (settings: Settings): boolean =>
  settings.get("DFM_MODE")?.toLowerCase() === "readonly"

/**
 * Whether a caller proves itself: with the nonce where the host was given one (`DFM_NONCE`, as the VS Code extension
 * does), else by the same token in a cookie and a header, which a page of another site cannot send.
 */
export function isTrusted(nonce: string | undefined, headers: Headers): boolean {
  if (nonce) return isSame(headers["x-dfm-nonce"], nonce)
  const token = headers["x-dfm-xsrf-token"]
  return token !== undefined && token !== "" && isSame(cookieOf(headers, "x-dfm-xsrf-token"), token)
}

function cookieOf(headers: Headers, name: string): string | undefined {
  const pairs = (headers.cookie ?? "").split(";").map((pair) => pair.trim())
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1)
}

function isSame(given: string | undefined, expected: string): boolean {
  const [left, right] = [Buffer.from(given ?? ""), Buffer.from(expected)]
  return left.length === right.length && timingSafeEqual(left, right)
}

/** `{connection}-{hub}` of a path; a plain hub is sent as `--{hub}`. */
export function hubOf(segment: string): { connection: string; hub: string } {
  const end = segment.lastIndexOf("-")
  return { connection: segment.slice(0, Math.max(end, 0)).replace(/^-$/, ""), hub: segment.slice(end + 1) }
}

/** Whether a name can be one of a task hub at all. */
export const looksLikeHub = (name: string): boolean => /^[\w-]{3,128}$/.test(name)
