import { createHash, randomBytes } from "node:crypto"
import canonicalize from "canonicalize"

const SALT_BYTES = 32

type Content = { readonly salt: string; readonly data: unknown }

/** What is sealed of a person's data: canonical JSON (RFC 8785) of a new salt and the data. */
export function contentOf(data: unknown): Buffer {
  const salt = randomBytes(SALT_BYTES).toString("base64url")
  return Buffer.from(canonicalize({ salt, data } satisfies Content) ?? "")
}

/** The data of an opened content. */
export const dataOf = (content: Buffer): unknown => (JSON.parse(content.toString()) as Content).data

/** What proves a content, and tells nothing of it. */
export const commitmentOf = (content: Buffer): string => createHash("sha256").update(content).digest("hex")

/** What the sealed data of a customer belongs to. */
export const bindingOf = (customerId: string, subject: string) => ["data of", customerId, "about", subject]

/** What archived data belongs to. */
export const archiveBindingOf = (subject: string) => ["archived data about", subject]

/** What the key of a day of the archive belongs to. */
export const archiveKeyOwner = (until: Date): string => `the archive until ${until.toISOString()}`
