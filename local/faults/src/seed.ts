import { createHash } from "node:crypto"

/**
 * A number from 0 to below `below` that the seed and the name of what is chosen fix: adding a choice moves no other.
 * @param what names the choice, e.g. `method of order 7`
 */
export function pick(seed: number, what: string, below: number): number {
  const digest = createHash("sha256").update(`${seed} ${what}`).digest()
  return digest.readUInt32BE(0) % below
}

/** One of the choices. */
export const pickOne = <T>(seed: number, what: string, choices: readonly [T, ...T[]]): T =>
  choices[pick(seed, what, choices.length)] as T
