import type { Variant } from "@eshop/domain/catalog/product"
import { skuTaken, slugTaken } from "@eshop/domain/catalog/product-rules"
import type { PricedProduct, PricedVariant } from "@eshop/domain/catalog/snapshot"
import type { PlacedProduct, ProductsWritten, ProductWrites } from "../products/ports.ts"
import type { BulkFound } from "./ports.ts"

type Price = PricedVariant["prices"][number]

/** The products of a chunk. */
export type ChunkProducts = {
  readonly ports: ProductWrites
  find(by: { id: string } | { slug: string } | { sku: string }): PricedProduct | undefined
  /** The product that has this variant, or had it once. */
  ownerOf(sku: string): string | undefined
  /** The variant as it is sold; undefined where it is sold no more, or its product is not of the chunk. */
  variant(sku: string): PricedVariant | undefined
  setPrices(sku: string, prices: readonly Price[]): void
  written(): ProductsWritten
}

/** Keeps products in memory as changes of them would leave their tables. */
export function chunkProducts(found: BulkFound): ChunkProducts {
  const products = new Map(found.products.map((product) => [product.id, product]))
  const slugs = new Map(found.slugs)
  const owners = new Map(found.skus)
  const paths = new Map(found.categories.map(({ id, path }) => [id, path]))
  // What a variant costs also while it is left out: it may come back.
  const prices = new Map<string, readonly Price[]>()
  const added = new Set<string>()
  const changed = new Set<string>()
  const dropped = new Map<string, { productId: string; variant: Variant }>()
  const newSlugs = new Map<string, string>()
  for (const { id, variants } of found.products) for (const { sku } of variants) owners.set(sku, id)

  const put: ProductWrites["save"] = async (_, product, path) => {
    const { id, slug } = product
    if ((slugs.get(slug) ?? id) !== id) return slugTaken({ slug })
    const taken = product.variants.map(({ sku }) => sku).filter((sku) => (owners.get(sku) ?? id) !== id)
    if (taken.length > 0) return skuTaken({ skus: taken })
    const before = products.get(id)?.variants ?? []
    for (const { prices: own, reductions: _, ...variant } of before) {
      prices.set(variant.sku, own)
      dropped.set(variant.sku, { productId: id, variant })
    }
    for (const { sku } of product.variants) {
      owners.set(sku, id)
      dropped.delete(sku)
    }
    slugs.set(slug, id)
    newSlugs.set(slug, id)
    const variants = product.variants.map((variant) => ({
      ...variant,
      prices: prices.get(variant.sku) ?? [],
    }))
    products.set(id, { ...product, variants, categoryPath: path })
    return undefined
  }

  const productOf = (sku: string) => products.get(owners.get(sku) ?? "")
  const rowsOf = (ids: ReadonlySet<string>): PlacedProduct[] =>
    [...ids].map((id) => {
      const { categoryPath: path, variants, ...product } = products.get(id) as PricedProduct
      const plain = variants.map(({ prices: _, reductions: __, ...variant }) => variant)
      return { product: { ...product, variants: plain }, path }
    })

  return {
    ports: {
      lock: async (_, id) => products.get(id),
      pathOf: async (_, ids) => [...new Set(ids.flatMap((id) => paths.get(id) ?? []))].sort(),
      async add(tx, product, path) {
        const taken = await put(tx, product, path)
        if (!taken) added.add(product.id)
        return taken
      },
      async save(tx, product, path) {
        const taken = await put(tx, product, path)
        if (!taken && !added.has(product.id)) changed.add(product.id)
        return taken
      },
    },
    find(by) {
      if ("id" in by) return products.get(by.id)
      return "slug" in by ? products.get(slugs.get(by.slug) ?? "") : productOf(by.sku)
    },
    ownerOf: (sku) => owners.get(sku),
    variant: (sku) => productOf(sku)?.variants.find((one) => one.sku === sku),
    setPrices(sku, all) {
      prices.set(sku, all)
      const product = productOf(sku)
      if (!product) return
      const variants = product.variants.map((one) => (one.sku === sku ? { ...one, prices: all } : one))
      products.set(product.id, { ...product, variants })
    },
    written: () => ({
      added: rowsOf(added),
      changed: rowsOf(changed),
      slugs: newSlugs,
      dropped: [...dropped.values()],
    }),
  }
}
