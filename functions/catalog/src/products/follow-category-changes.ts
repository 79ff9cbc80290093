import type { Call } from "@eshop/building-blocks/app/call"
import { useCase } from "@eshop/building-blocks/app/use-case"
import { message, type Outbox } from "@eshop/building-blocks/messaging/outbox"
import { snapshotOf } from "@eshop/domain/catalog/snapshot"
import { ProductChanged } from "@eshop/domain/contracts/catalog-events"
import * as z from "zod"
import type { Categories } from "../categories/ports.ts"
import type { SearchIndex } from "../search/ports.ts"
import type { Products } from "./ports.ts"

/** Products of one transaction. */
const CHUNK = 100

type Ports = {
  readonly categories: Categories
  readonly products: Products
  readonly searchIndex: SearchIndex
  readonly outbox: Outbox
}

/** Lets the products follow their categories to where these lie now, and tells of each that lies elsewhere, once. */
export const followCategoryChanges = useCase("catalog.follow-category-changes", {
  input: z.strictObject({}),
  result: z.strictObject({ moved: z.int() }),
  handle: (ports: Ports) => async (_, call) => {
    let moved = 0
    while (!call.signal?.aborted) {
      const chunk = await followChunk(ports, call)
      if (chunk === undefined) break
      moved += chunk
    }
    return { moved }
  },
})

/** @returns how many products lie elsewhere; undefined when there is no change to follow */
async function followChunk(
  { categories, products, searchIndex, outbox }: Ports,
  call: Call,
): Promise<number | undefined> {
  return call.transact(async (tx) => {
    const change = await categories.takeChange(tx)
    if (!change) return undefined
    const ids = await products.lockUnder(tx, change.categoryId, change.after, CHUNK)
    const moved = await products.follow(tx, ids, call.now)
    await outbox.add(
      tx,
      moved.map((product) => message(ProductChanged, product.id, snapshotOf(product, call.now), call)),
    )
    // Also of those that stay where they are: what they are found by may be called otherwise.
    await searchIndex.refresh(tx, ids)
    await categories.continueChange(tx, change, ids.length < CHUNK ? undefined : ids.at(-1))
    return moved.length
  })
}
