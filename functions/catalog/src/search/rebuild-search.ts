import { useCase } from "@eshop/building-blocks/app/use-case"
import * as z from "zod"
import type { SearchUpkeep } from "./ports.ts"

type Ports = { readonly searchIndex: SearchUpkeep }

/** Marks every product, so that all that the search finds is made anew right after it; it goes on finding meanwhile. */
export const rebuildSearch = useCase("catalog.rebuild-search", {
  input: z.strictObject({}),
  result: z.strictObject({ products: z.int().min(0) }),
  handle:
    ({ searchIndex }: Ports) =>
    (_, call) =>
      call.transact(async (tx) => ({ products: await searchIndex.markAll(tx) })),
})

/** How many products wait for their entries to be made anew. */
export const getSearchIndex = useCase("catalog.get-search-index", {
  input: z.strictObject({}),
  result: z.strictObject({ pending: z.int().min(0) }),
  handle:
    ({ searchIndex }: Ports) =>
    async () => ({ pending: await searchIndex.marked() }),
})
