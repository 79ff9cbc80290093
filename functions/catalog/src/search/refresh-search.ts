import { useCase } from "@eshop/building-blocks/app/use-case"
import * as z from "zod"
import type { SearchUpkeep } from "./ports.ts"

/** Products of one transaction: a fraction of a second. */
const CHUNK = 200
/** So many at once come from an import or a rebuild; the store's own upkeep would notice a minute later. */
const MANY = 1_000
/** A run begins no further chunk after this long; the next one goes on. */
const RUN_MS = 60_000

/** Makes the entries of marked products anew, in chunks; a chunk that fails stays marked. */
export const refreshSearch = useCase("catalog.refresh-search", {
  input: z.strictObject({}),
  result: z.strictObject({ refreshed: z.int(), againInMs: z.int().optional() }),
  handle:
    ({ searchIndex }: { searchIndex: SearchUpkeep }) =>
    async (_, call) => {
      if ((await searchIndex.marked()) >= MANY) await searchIndex.gatherStatistics()
      let refreshed = 0
      const end = performance.now() + RUN_MS
      while (performance.now() < end && !call.signal?.aborted) {
        const taken = await call.transact(async (tx) => {
          const products = await searchIndex.takeMarked(tx, CHUNK)
          if (products.length > 0) await searchIndex.refresh(tx, products)
          return products.length
        })
        refreshed += taken
        if (taken < CHUNK) return { refreshed }
      }
      return { refreshed, againInMs: 0 }
    },
})
