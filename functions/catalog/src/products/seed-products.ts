import { useCase } from "@eshop/building-blocks/app/use-case"
import { message, type Outbox } from "@eshop/building-blocks/messaging/outbox"
import { snapshotOf } from "@eshop/domain/catalog/product"
import { ProductChanged } from "@eshop/domain/contracts/catalog-events"
import { SEED_STOCK, seedProducts as seed } from "@eshop/domain/seed"
import * as z from "zod"
import type { Products } from "./ports.ts"

/** Adds the seed products that are missing and tells the other contexts of them; safe to run at every start. */
export const seedProducts = useCase("catalog.seed-products", {
  input: z.strictObject({}),
  result: z.strictObject({ added: z.int() }),
  handle:
    ({ products, outbox }: { products: Products; outbox: Outbox }) =>
    (_, call) =>
      call.transact(async (tx) => {
        const added = await products.addMissing(tx, seed, SEED_STOCK)
        const changes = added.map((product) => message(ProductChanged, product.id, snapshotOf(product), call))
        await outbox.add(tx, changes)
        return { added: added.length }
      }),
})
