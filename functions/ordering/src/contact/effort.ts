import { createHash } from "node:crypto"

/** Bits of the hash that have to be zero: a second of a browser's work, on average. */
export const EFFORT_BITS = 16

/**
 * Whether somebody has worked for this message (hashcash): SHA-256 of `id:nonce` begins with {@link EFFORT_BITS} zeros. One
 * such number is good for one message, since the message's id is in it.
 */
export const hasEffort = (id: string, nonce: number): boolean =>
  createHash("sha256").update(`${id}:${nonce}`).digest().readUInt32BE() >>> (32 - EFFORT_BITS) === 0
