import { createSecretKey, type KeyObject, randomBytes } from "node:crypto"
import { PersonalDataError } from "./personal-data.ts"
import { joined, open, parted, seal } from "./sealing.ts"
import type { WrappingKeys } from "./wrapping-keys.ts"

const KEY_BYTES = 32

/** A key as it lies in a store: sealed with a wrapping key of this version. */
export type WrappedKey = { readonly wrappedKey: Buffer; readonly keyVersion: string }

/** Makes, opens and wraps the keys that seal personal data. */
export type KeyWrapping = {
  /** The versions that unwrap but wrap no longer. */
  readonly oldVersions: readonly string[]
  /** A new key. @param owner what it belongs to: it opens for nothing else */
  make(owner: string): WrappedKey
  /** @throws PersonalDataError when it cannot be opened, or its version is not among the settings */
  unwrap(owner: string, wrapped: WrappedKey): KeyObject
  /** The same key, wrapped with the current version. @throws as `unwrap` */
  rewrap(owner: string, wrapped: WrappedKey): WrappedKey
}

const bindingOf = (owner: string) => ["key of", owner]

export function keyWrapping(keys: WrappingKeys): KeyWrapping {
  const wrappingKey = (version: string): KeyObject => {
    const key = keys.byVersion.get(version)
    if (key) return key
    throw new PersonalDataError(
      `PERSONAL_DATA_KEYS has no version '${version}', which a customer's key needs`,
    )
  }
  const wrap = (owner: string, key: Buffer): WrappedKey => ({
    wrappedKey: joined(seal(wrappingKey(keys.current), bindingOf(owner), key)),
    keyVersion: keys.current,
  })
  const opened = (owner: string, { wrappedKey, keyVersion }: WrappedKey): Buffer =>
    open(wrappingKey(keyVersion), bindingOf(owner), parted(wrappedKey))
  return {
    oldVersions: [...keys.byVersion.keys()].filter((version) => version !== keys.current),
    make: (owner) => wrap(owner, randomBytes(KEY_BYTES)),
    unwrap: (owner, wrapped) => createSecretKey(opened(owner, wrapped)),
    rewrap: (owner, wrapped) => wrap(owner, opened(owner, wrapped)),
  }
}
