import type { RedisCache } from "@eshop/building-blocks/cache/redis"
import { versionedCache } from "@eshop/building-blocks/cache/versioned-cache"
import type { Cart } from "@eshop/domain/basket/cart"
import type { CartCache } from "../cart/ports.ts"

/** Active carts in Redis, each for half an hour since it was last used. */
export function redisCartCache(redis: RedisCache): CartCache {
  const carts = versionedCache<Cart>(redis, { prefix: "cart:2:", ttlSeconds: 1_800, sliding: true })
  return {
    find: (customerId) => carts.find(customerId),
    put: (cart) => carts.put(cart.customerId, cart.version, cart),
    forget: (customerId) => carts.forget(customerId),
  }
}
