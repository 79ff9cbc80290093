import { createHmac, randomBytes } from "node:crypto"

let key: string | Buffer = randomBytes(32)

/** Without one, lines of two processes cannot be told to be of one customer. */
export function setPseudonymKey(secret: string | undefined): void {
  key = secret ?? randomBytes(32)
}

/**
 * What lines call a customer: the same in all that share the key, and nobody can tell who it is without it.
 * @returns 16 hexadecimal digits of an HMAC-SHA256
 */
export const pseudonymOf = (customerId: string): string =>
  createHmac("sha256", key).update(customerId).digest("hex").slice(0, 16)
