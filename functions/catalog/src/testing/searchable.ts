import type { Call, CommandCall } from "@eshop/building-blocks/app/call"
import { newId } from "@eshop/building-blocks/ids"
import type { Product } from "@eshop/domain/catalog/product"
import { usd } from "@eshop/domain/kernel/money"
import { seedProducts } from "../products/seed-products.ts"
import { type CatalogOn, catalogOn } from "./catalog.ts"

export type Searchable = Pick<CatalogOn, "store" | "ports"> & {
  readonly send: CatalogOn["shopper"]
  readonly call: Call
  seed(): Promise<void>
  /** Adds products at a price each, with so many units of every variant, and lets them be found. */
  add(products: readonly { product: Product; cents: number; onHand: number }[]): Promise<void>
}

/** Catalog on an empty database, whose search remembers nothing. @param url of PostgreSQL */
export async function searchable(url: string): Promise<Searchable> {
  const { store, ports, shopper } = await catalogOn(url, undefined, { wholeMs: 0, vocabularyMs: 0 })
  const call: Call = {
    now: new Date(),
    newId,
    caller: { kind: "system", id: "test" },
    transact: (work) => store.unitOfWork.transaction(work),
  }
  return {
    store,
    ports,
    call,
    send: shopper,
    async seed() {
      await seedProducts.handle(ports)({} as never, call as CommandCall)
    },
    add: (products) =>
      call.transact(async (tx) => {
        for (const { product, cents, onHand } of products) {
          await ports.products.addMissing(tx, [product], onHand)
          const added = product.variants.map(({ sku }) => ({
            ...{ id: newId(), sku, recordedAt: call.now, unitPrice: usd(cents) },
            ...{ minQuantity: 1, taxCategory: "standard", includesTax: true },
          }))
          await ports.prices.change(tx, { ended: [], added, at: call.now })
        }
        await ports.searchIndex.refresh(
          tx,
          products.map(({ product }) => product.id),
        )
      }),
  }
}
