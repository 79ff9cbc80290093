import type { Call } from "@eshop/building-blocks/app/call"
import { useCase } from "@eshop/building-blocks/app/use-case"
import { message } from "@eshop/building-blocks/messaging/outbox"
import type { PriceRow } from "@eshop/domain/catalog/price"
import { snapshotOf } from "@eshop/domain/catalog/snapshot"
import { ProductChanged } from "@eshop/domain/contracts/catalog-events"
import { SEED_STOCK } from "@eshop/domain/seed"
import { seedCatalogue } from "@eshop/domain/seed/catalogue"
import { seedCategories } from "@eshop/domain/seed/categories"
import { type SeedProduct, seedPriceOf } from "@eshop/domain/seed/seed-product"
import * as z from "zod"
import type { Categories } from "../categories/ports.ts"
import { startPrices } from "../prices/announce-prices.ts"
import type { Prices } from "../prices/ports.ts"
import type { SearchIndex } from "../search/ports.ts"
import { seedTaxRates } from "../taxes/seed-tax-rates.ts"
import type { TaxRatePorts } from "../taxes/set-tax-rates.ts"
import type { Products } from "./ports.ts"

type Ports = TaxRatePorts & {
  readonly categories: Categories
  readonly products: Products
  readonly prices: Prices
  readonly searchIndex: SearchIndex
}

/** Products of one transaction: others wait no longer than for these. */
const CHUNK = 20

/** Adds the seed products that are missing and tells the other contexts of them; safe to run at every start. */
export const seedProducts = useCase("catalog.seed-products", {
  input: z.strictObject({}),
  result: z.strictObject({ added: z.int() }),
  handle: (ports: Ports) => async (_, call) => {
    await seedTaxRates(ports, call)
    await call.transact((tx) => ports.categories.addMissing(tx, seedCategories))
    let added = 0
    for (let from = 0; from < seedCatalogue.length; from += CHUNK)
      added += await seedChunk(ports, call, seedCatalogue.slice(from, from + CHUNK))
    return { added }
  },
})

/** @returns how many of them were not there yet */
function seedChunk(ports: Ports, call: Call, chunk: readonly SeedProduct[]): Promise<number> {
  const { products, searchIndex, outbox } = ports
  return call.transact(async (tx) => {
    const added = await products.addMissing(tx, chunk, SEED_STOCK)
    const rows = added.flatMap((product) =>
      product.variants.map(
        ({ sku }): PriceRow => ({
          ...{ id: call.newId(), sku, recordedAt: call.now },
          ...seedPriceOf(product, sku),
        }),
      ),
    )
    await startPrices(ports, tx, rows, call.now)
    for (const { id } of added) {
      const product = await products.lock(tx, id)
      if (product) await outbox.add(tx, [message(ProductChanged, id, snapshotOf(product, call.now), call)])
    }
    await searchIndex.refresh(
      tx,
      added.map(({ id }) => id),
    )
    return added.length
  })
}
