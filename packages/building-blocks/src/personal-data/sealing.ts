import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from "node:crypto"
import canonicalize from "canonicalize"
import { PersonalDataError } from "./personal-data.ts"

const CIPHER = "aes-256-gcm"
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** Authenticated encryption (AES-256-GCM, NIST SP 800-38D): the tag follows the text. */
export type Sealed = { readonly nonce: Buffer; readonly ciphertext: Buffer }

/** What a text belongs to: it opens nowhere else. */
type Binding = readonly string[]
const bytesOf = (binding: Binding): Buffer => Buffer.from(canonicalize(binding) ?? "")

export function seal(key: KeyObject, binding: Binding, text: Buffer): Sealed {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES }).setAAD(bytesOf(binding))
  return { nonce, ciphertext: Buffer.concat([cipher.update(text), cipher.final(), cipher.getAuthTag()]) }
}

/** @throws PersonalDataError when it was sealed with another key, for something else, or was changed since */
export function open(key: KeyObject, binding: Binding, { nonce, ciphertext }: Sealed): Buffer {
  try {
    const end = ciphertext.length - TAG_BYTES
    const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES })
      .setAAD(bytesOf(binding))
      .setAuthTag(ciphertext.subarray(end))
    return Buffer.concat([decipher.update(ciphertext.subarray(0, end)), decipher.final()])
  } catch {
    throw new PersonalDataError(
      `${binding.join(" ")} cannot be opened: it was changed, or the key is another`,
    )
  }
}

/** A sealed text in one piece. */
export const joined = ({ nonce, ciphertext }: Sealed): Buffer => Buffer.concat([nonce, ciphertext])
export const parted = (bytes: Buffer): Sealed => ({
  nonce: bytes.subarray(0, NONCE_BYTES),
  ciphertext: bytes.subarray(NONCE_BYTES),
})
