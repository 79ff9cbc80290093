/** The end of an order's stream at a moment. */
export type HeadLine = { readonly orderId: string; readonly version: number; readonly hash: string }

/**
 * The ends of the streams that changed within a day, by order id, as they stood at its end. Each digest names the hash of
 * the one before, so that none can be left out or exchanged.
 */
export type Digest = {
  /** The day in UTC: `2026-11-26`. */
  readonly day: string
  /** SHA-256, in hexadecimal, of the digest before; absent in the first one. */
  readonly previous?: string | undefined
  readonly heads: readonly HeadLine[]
}

/** A digest as it is kept, with the SHA-256, in hexadecimal, of its bytes. */
export type KeptDigest = Digest & { readonly sha256: string }

/** Where digests lie and nobody can change them, not even who writes the orders. */
export type Digests = {
  /** Keeps a digest. @returns false when its day has one already: the first one stays */
  add(digest: Digest): Promise<boolean>
  find(day: string): Promise<KeptDigest | undefined>
  /** The days that have one, oldest first. */
  days(): Promise<readonly string[]>
}
