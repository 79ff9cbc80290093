import type { RedisCache } from "@eshop/building-blocks/cache/redis"
import { versionedCache } from "@eshop/building-blocks/cache/versioned-cache"
import type { PricedProduct } from "@eshop/domain/catalog/snapshot"
import type { Products } from "../products/ports.ts"

/** A net: what is changed is outdated at once. */
const TTL_SECONDS = 60
/** Slugs and SKUs whose product a process remembers. */
const MAX_REMEMBERED = 20_000

/**
 * Products that are read by id, slug and SKU from Redis, in front of their store.
 *
 * A change is announced to the cache before it is committed, under the version that it will have: from then on nobody
 * finds an older one there and nobody can put one back, not even a reader who was slow, nor when this process dies right
 * after its commit. A change that is rolled back only makes the next reads go to the store.
 */
export function cachedProducts(products: Products, redis: RedisCache): Products {
  const cache = versionedCache<PricedProduct | null>(redis, {
    ...{ prefix: "product:1:", ttlSeconds: TTL_SECONDS, sliding: false },
  })
  const outdate = ({ id, version }: { id: string; version: number }) => cache.put(id, version, null)

  async function keep(product: PricedProduct | undefined): Promise<PricedProduct | undefined> {
    if (product) await cache.put(product.id, product.version, product)
    return product
  }
  const find = async (id: string) => (await cache.find(id)) ?? (await keep(await products.find(id)))

  /** Which product a slug or a SKU belongs to never changes: it is asked for once. */
  const findBy = (read: (name: string) => Promise<PricedProduct | undefined>) => {
    const ids = new Map<string, string>()
    return async (name: string) => {
      const id = ids.get(name)
      if (id !== undefined) return find(id)
      const product = await keep(await read(name))
      if (ids.size >= MAX_REMEMBERED) ids.clear()
      if (product) ids.set(name, product.id)
      return product
    }
  }

  return {
    ...products,
    find,
    findBySlug: findBy((slug) => products.findBySlug(slug)),
    findBySku: findBy((sku) => products.findBySku(sku)),

    async save(tx, product, path) {
      const taken = await products.save(tx, product, path)
      if (!taken) await outdate(product)
      return taken
    },

    async write(tx, written) {
      await products.write(tx, written)
      await Promise.all(written.changed.map(({ product }) => outdate(product)))
    },

    async follow(tx, ids, at) {
      const moved = await products.follow(tx, ids, at)
      await Promise.all(moved.map(outdate))
      return moved
    },
  }
}
