import { createHash } from "node:crypto"

/** Every message of a topic comes `times` times, each at a moment of its own: what at-least-once delivery allows. */
export interface Repetition {
  times: number
  /** The same seed gives each message the same moments. */
  seed: string
  /** How long each copy waits at least, in milliseconds. */
  leastMs: number
  /** The copies of a message come within so many milliseconds, and so change places with its neighbours. */
  spreadMs: number
}

const SPREAD_MS = 2_000

/** Reads `3:seed`. Throws a RangeError for anything else. */
export function parseRepetition(text: string): Repetition {
  const [, times, seed] = /^(\d+):(.+)$/.exec(text) ?? []
  if (times === undefined || seed === undefined) throw new RangeError(`'${text}' is not TIMES:SEED.`)
  return { times: Number(times), seed, leastMs: 0, spreadMs: SPREAD_MS }
}

/** How long each copy of a message waits, in milliseconds. */
export const pausesOf = ({ times, seed, leastMs, spreadMs }: Repetition, messageId: string): number[] =>
  Array.from({ length: times }, (_, copy) => {
    const digest = createHash("sha256").update(`${seed} ${messageId} ${copy}`).digest()
    return leastMs + (digest.readUInt32BE(0) % (spreadMs + 1))
  })
