import { createHmac, type KeyObject, timingSafeEqual } from "node:crypto"
import type { VersionedKeys } from "../versioned-keys.ts"

const DAY_MS = 86_400_000

/** What proves who somebody is or what they may: an id, signed. As secret as a session. */
export type SignedTokens = {
  issue(id: string, at: Date): string
  /** @returns undefined for what is forged, has expired or was signed with a key that is not there */
  read(token: string, now: Date): { readonly id: string; readonly issuedAt: Date } | undefined
}

/**
 * Tokens of key version, id, seconds since 1970, and the HMAC-SHA256 of the three.
 * @param keys the first one signs, all of them verify
 * @param purpose goes into the signature: a token for one purpose counts nothing for another
 * @param id what an id looks like; without a dot
 * @param days for so long a token counts
 */
export function signedTokens(
  keys: VersionedKeys,
  { purpose, id: idForm, days }: { readonly purpose: string; readonly id: RegExp; readonly days: number },
): SignedTokens {
  const form = new RegExp(String.raw`^([\w.-]{1,64})\.(${idForm.source})\.(\d{1,11})\.([\w-]{43})$`)
  const macOf = (key: KeyObject, content: string): Buffer =>
    createHmac("sha256", key).update(`${purpose} ${content}`).digest()

  return {
    issue(id, at) {
      const content = `${keys.current}.${id}.${Math.floor(at.getTime() / 1_000)}`
      const key = keys.byVersion.get(keys.current) as KeyObject
      return `${content}.${macOf(key, content).toString("base64url")}`
    },

    read(token, now) {
      const [, version = "", id = "", seconds, mac = ""] = form.exec(token) ?? []
      const key = keys.byVersion.get(version)
      if (!key) return undefined
      const given = Buffer.from(mac, "base64url")
      const expected = macOf(key, `${version}.${id}.${seconds}`)
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined
      const issuedAt = new Date(Number(seconds) * 1_000)
      return now.getTime() - issuedAt.getTime() < days * DAY_MS ? { id, issuedAt } : undefined
    },
  }
}
