import { createHmac, type KeyObject } from "node:crypto"
import type { VersionedKeys } from "@eshop/building-blocks/versioned-keys"

/** An e-mail address as an HMAC, and the version of the key that made it. */
export type EmailDigest = { readonly keyVersion: string; readonly value: string }

export type EmailDigests = {
  /** Under the current key: for what is stored. */
  of(email: string): EmailDigest
  /** Under every key: for what is looked for among what was stored at any time. */
  all(email: string): readonly EmailDigest[]
  /** Of anything else that is counted without being stored, under the current key. */
  ofText(text: string): string
}

/**
 * Two spellings of one address: case and composed or decomposed letters do not count. What a provider may ignore (a dot, a
 * plus and what follows) does: with another provider it is somebody else's address.
 */
export const normaliseEmail = (email: string): string =>
  email.trim().normalize("NFC").toLowerCase().normalize("NFC")

/** @param keys the first one is used for what is new; an old one is needed as long as orders of its time are looked up */
export function emailDigests(keys: VersionedKeys): EmailDigests {
  const hmac = (version: string, purpose: string, text: string): string =>
    createHmac("sha256", keys.byVersion.get(version) as KeyObject)
      .update(`${purpose} ${text}`)
      .digest("base64url")
  const digest = (keyVersion: string, email: string): EmailDigest => ({
    keyVersion,
    value: hmac(keyVersion, "e-mail of an order", normaliseEmail(email)),
  })
  return {
    of: (email) => digest(keys.current, email),
    all: (email) => [...keys.byVersion.keys()].map((version) => digest(version, email)),
    ofText: (text) => hmac(keys.current, "counted", text),
  }
}
