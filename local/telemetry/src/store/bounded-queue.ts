/** What is kept in the order in which it came, the oldest going first. */
export interface BoundedQueue<T> {
  /** Adds what came now and drops what is too old or too much; what is larger than the bound is not kept at all. */
  push(item: T, bytes: number): void
  /** Drops what has become too old. */
  expire(): void
  /** From the newest to the oldest. */
  newestFirst(): Generator<T>
  readonly size: number
  readonly bytes: number
}

/** How much is kept, and for how long. */
export interface Bounds {
  readonly maxBytes: number
  readonly maxAgeMs: number
}

/** Dropped entries before the first kept one are cut off when there are this many of them and they are the larger half. */
const CUT_AT = 1_024

/** @param onDrop told each item that goes, the oldest first; and one that is too large, for which no other goes */
export function boundedQueue<T>(
  { maxBytes, maxAgeMs }: Bounds,
  now: () => number,
  onDrop: (item: T) => void,
): BoundedQueue<T> {
  let entries: ({ item: T; bytes: number; at: number } | undefined)[] = []
  let first = 0
  let total = 0

  function dropWhile(isTooMuch: (entry: { at: number }) => boolean): void {
    for (let entry = entries[first]; entry && isTooMuch(entry); entry = entries[first]) {
      entries[first++] = undefined
      total -= entry.bytes
      onDrop(entry.item)
    }
    if (first < CUT_AT || first < entries.length / 2) return
    entries = entries.slice(first)
    first = 0
  }

  const expire = () => {
    const oldest = now() - maxAgeMs
    dropWhile(({ at }) => at <= oldest)
  }

  return {
    push(item, bytes) {
      if (bytes > maxBytes) return onDrop(item)
      entries.push({ item, bytes, at: now() })
      total += bytes
      dropWhile(() => total > maxBytes)
      expire()
    },
    expire,
    *newestFirst() {
      for (let index = entries.length - 1; index >= first; index--) {
        const entry = entries[index]
        if (entry) yield entry.item
      }
    },
    get size() {
      return entries.length - first
    },
    get bytes() {
      return total
    },
  }
}
