import { randomInt } from "node:crypto"
import { useCase } from "@eshop/building-blocks/app/use-case"
import { newSuffix } from "@eshop/domain/discount/unique-code"
import * as z from "zod"
import type { Batch, Codes } from "./ports.ts"

/** A table transaction has 100 entities: so many codes, and how far the batch is. */
const CHUNK = 99
const BATCHES = 10
/** One run works for so long; the next one goes on. */
const RUN_MS = 60_000

/** Makes the codes of batches that wait for them. Whoever dies in between leaves whole chunks, which are counted. */
export const makeCodes = useCase("discount.make-codes", {
  input: z.strictObject({}),
  result: z.strictObject({ made: z.int(), againInMs: z.int().optional() }),
  handle:
    ({ codes }: { codes: Codes }) =>
    async (_, { signal }) => {
      const end = performance.now() + RUN_MS
      const isOver = () => performance.now() >= end || signal?.aborted === true
      const waiting = await codes.waiting(BATCHES)
      let made = 0
      for (const batch of waiting) made += await make(codes, batch, isOver)
      return { made, ...((isOver() || waiting.length === BATCHES) && { againInMs: 0 }) }
    },
})

async function make(codes: Codes, batch: Batch, isOver: () => boolean): Promise<number> {
  let added = 0
  while (!isOver()) {
    const made = await codes.made(batch)
    const missing = Math.min(CHUNK, batch.count - made)
    if (missing <= 0) {
      await codes.finish(batch)
      break
    }
    // Two alike in one chunk, or one that is there already, are about as likely as a guess is right: drawn again.
    const suffixes = new Set(Array.from({ length: missing }, () => newSuffix(randomInt)))
    if (await codes.add(batch, made, [...suffixes])) added += suffixes.size
  }
  return added
}
