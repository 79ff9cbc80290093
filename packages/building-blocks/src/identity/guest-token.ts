import { createHmac, type KeyObject, timingSafeEqual } from "node:crypto"
import { GUEST_PREFIX } from "@eshop/domain/kernel/ids"
import * as z from "zod"
import { type VersionedKeys, versionedKeys } from "../versioned-keys.ts"

/** Settings of an app that knows guests. */
export const GuestSettings = z.object({ GUEST_TOKEN_KEYS: versionedKeys })

/** A guest is forgotten when nothing was heard of them for so long. */
export const GUEST_TOKEN_DAYS = 90
const DAY_MS = 86_400_000

/** What proves who a guest is. Whoever has it is the guest: it is as secret as a session. */
export type GuestTokens = {
  issue(id: string, at: Date): string
  /** @returns undefined for what is forged, has expired or was signed with a key that is not there */
  read(token: string, now: Date): { readonly id: string; readonly issuedAt: Date } | undefined
}

export const newGuestId = (id: string): string => `${GUEST_PREFIX}${id}`

/** Key version, guest, seconds since 1970, and the HMAC-SHA256 of the three. */
const TOKEN = /^([\w.-]{1,64})\.(guest-[0-9a-f-]{36})\.(\d{1,11})\.([\w-]{43})$/

const macOf = (key: KeyObject, content: string): Buffer =>
  createHmac("sha256", key).update(`guest token ${content}`).digest()

/** Signed guest tokens. @param keys the first one signs, all of them verify */
export function guestTokens(keys: VersionedKeys): GuestTokens {
  return {
    issue(id, at) {
      const content = `${keys.current}.${id}.${Math.floor(at.getTime() / 1_000)}`
      const key = keys.byVersion.get(keys.current) as KeyObject
      return `${content}.${macOf(key, content).toString("base64url")}`
    },

    read(token, now) {
      const [, version = "", id = "", seconds, mac = ""] = TOKEN.exec(token) ?? []
      const key = keys.byVersion.get(version)
      if (!key) return undefined
      const given = Buffer.from(mac, "base64url")
      const expected = macOf(key, `${version}.${id}.${seconds}`)
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined
      const issuedAt = new Date(Number(seconds) * 1_000)
      return now.getTime() - issuedAt.getTime() < GUEST_TOKEN_DAYS * DAY_MS ? { id, issuedAt } : undefined
    },
  }
}
