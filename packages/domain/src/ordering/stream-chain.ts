import { createHash } from "node:crypto"
import canonicalize from "canonicalize"

/** The end of a stream that the next event is appended behind. */
export type StreamHead = { readonly version: number; readonly hash: string }

/** An event as it lies in its stream. */
export type StoredLink = {
  readonly version: number
  /** JSON, of whatever version of its type. */
  readonly event: unknown
  /** SHA-256 in hexadecimal: see {@link hashOfLink}. */
  readonly hash: string
}

/**
 * The hash of an event in its place: SHA-256, in hexadecimal, over the canonical JSON (RFC 8785) of the order's id, the
 * version, the hash of the event before (null for the first one) and the event.
 */
const hashOfLink = (
  orderId: string,
  { version, event, previous }: Pick<StoredLink, "version" | "event"> & { readonly previous: string | null },
): string =>
  createHash("sha256")
    .update(canonicalize({ orderId, version, previous, event }) ?? "")
    .digest("hex")

/**
 * The events as links behind a stream's head.
 * @param head undefined for the first events of a stream
 */
export function chainBehind<Event extends object>(
  orderId: string,
  head: StreamHead | undefined,
  events: readonly Event[],
): (StoredLink & { readonly event: Event })[] {
  const links: (StoredLink & { readonly event: Event })[] = []
  let { version, hash: previous }: { version: number; hash: string | null } = head ?? {
    version: 0,
    hash: null,
  }
  for (const event of events) {
    version += 1
    const hash = hashOfLink(orderId, { version, event, previous })
    links.push({ version, event, hash })
    previous = hash
  }
  return links
}

/** Where a stream is not as it was written. */
export type BrokenLink = {
  readonly version: number
  /** `missing`: no event has this version. `changed`: the event, or one before it. `head`: the order knows another end. */
  readonly problem: "missing" | "changed" | "head"
}

/**
 * Walks a stream from its first event to its end.
 * @param head the end as it is kept with the order; undefined when there is no order
 * @param links in any order
 * @returns the first place that does not hold; undefined when all of them do
 */
export function brokenLink(
  orderId: string,
  head: StreamHead | undefined,
  links: readonly StoredLink[],
): BrokenLink | undefined {
  let previous: string | null = null
  let version = 0
  for (const link of [...links].sort((a, b) => a.version - b.version)) {
    version += 1
    if (link.version !== version) return { version, problem: "missing" }
    if (link.hash !== hashOfLink(orderId, { ...link, previous })) return { version, problem: "changed" }
    previous = link.hash
  }
  return head?.version === version && head.hash === previous ? undefined : { version, problem: "head" }
}
