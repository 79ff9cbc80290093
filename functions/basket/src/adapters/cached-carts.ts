import type { VersionedCache } from "@eshop/building-blocks/cache/versioned-cache"
import { afterCommit } from "@eshop/building-blocks/store/transaction"
import type { Cart } from "@eshop/domain/basket/cart"
import type { Carts } from "../cart/ports.ts"

/** Active carts in Redis, each for half an hour since it was last used. */
export const cartCacheOptions = { prefix: "cart:3:", ttlSeconds: 1_800, sliding: true }

/**
 * Carts with copies of the active ones in front of them. What is decided is decided on the record: a cart that is shown
 * comes from a copy, and one that a checkout begins with and compares with the record before it commits. Whoever decides on
 * a cart mends the copy that a crash left behind.
 */
export function cachedCarts(carts: Carts, cache: VersionedCache<Cart>): Carts {
  const keep = (cart: Cart) => cache.put(cart.customerId, cart.version, cart)
  return {
    async find(customerId) {
      const cached = await cache.find(customerId)
      if (cached) return cached
      return await this.current(customerId)
    },

    async current(customerId) {
      const cart = await carts.current(customerId)
      if (cart.version > 0) await keep(cart)
      return cart
    },

    async lock(tx, customerId) {
      const cart = await carts.lock(tx, customerId)
      // Nobody waits for it: the change that follows puts a newer one.
      if (cart.version > 0) void keep(cart)
      return cart
    },

    async save(tx, cart, at) {
      await carts.save(tx, cart, at)
      afterCommit(tx, () => keep(cart))
    },

    async remove(tx, customerId, until) {
      await carts.remove(tx, customerId, until)
      afterCommit(tx, () => cache.forget(customerId))
    },

    async removeAbandoned(tx, before, limit) {
      const removed = await carts.removeAbandoned(tx, before, limit)
      afterCommit(tx, async () => {
        for (const { cart } of removed) await cache.forget(cart.customerId)
      })
      return removed
    },
  }
}
