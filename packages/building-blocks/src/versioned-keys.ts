import { createSecretKey, type KeyObject } from "node:crypto"
import * as z from "zod"

/** Secret keys by version. The first one is used for what is new; all of them for what is there. */
export type VersionedKeys = {
  readonly current: string
  /** Key objects: printing one shows no key material. */
  readonly byVersion: ReadonlyMap<string, KeyObject>
}

const KEY_BYTES = 32
const ONE_KEY = /^([\w.-]{1,64}):([A-Za-z0-9+/]{43}=)$/

/**
 * A setting of one or more `version:key` separated by blanks, a key being 32 bytes in base64. To rotate, put a new one
 * in front and keep the others.
 */
export const versionedKeys = z.string().transform((text, context): VersionedKeys => {
  const byVersion = new Map<string, KeyObject>()
  const parts = text.trim().split(/\s+/)
  for (const part of parts) {
    const [, version, base64] = ONE_KEY.exec(part) ?? []
    if (version && base64) byVersion.set(version, createSecretKey(Buffer.from(base64, "base64")))
  }
  const [current] = byVersion.keys()
  if (current !== undefined && byVersion.size === parts.length) return { current, byVersion }
  context.issues.push({
    code: "custom",
    message: `Must be one or more version:key, each with a version of its own and ${KEY_BYTES} bytes in base64`,
    // Never the value.
    input: undefined,
  })
  return z.NEVER
})
