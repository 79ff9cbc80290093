import { message, type Outbox } from "@eshop/building-blocks/messaging/outbox"
import { useCase } from "@eshop/building-blocks/use-case"
import { type Product, snapshotOf } from "@eshop/domain/catalog/product"
import { ProductChanged } from "@eshop/domain/events/catalog-events"
import { z } from "zod"
import type { Products } from "./ports.ts"

/** Adds the products that are missing and tells the other contexts of them; safe to run at every start. */
export const seedProducts = (
  { products, outbox }: { products: Products; outbox: Outbox },
  seed: readonly (Product & { onHand: number })[],
) =>
  useCase("catalog.seed-products", z.strictObject({}), (_, call) =>
    call.transact(async (tx) => {
      const added = await products.addMissing(tx, seed)
      await outbox.add(
        tx,
        added.map((product) => message(ProductChanged, product.id, snapshotOf(product), call)),
      )
      return { added: added.length }
    }),
  )
