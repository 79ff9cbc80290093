import { createHash } from "node:crypto"

/**
 * A key of any texts, of one length and in ASCII: keys of Table Storage refuse some characters, and SQL Server compares
 * texts without their trailing blanks and indexes no long ones.
 */
export const keyOf = (...parts: readonly string[]): string =>
  createHash("sha256").update(JSON.stringify(parts)).digest("hex")
