import type { Cart } from "@eshop/domain/basket/cart"
import { ConsecutiveBreaker, circuitBreaker, handleAll } from "cockatiel"
import { Redis } from "ioredis"
import type { CartCache } from "../cart/ports.ts"

const TTL_SECONDS = 1_800
/** A cart that takes longer than this from the cache is had faster from PostgreSQL. */
const TIMEOUT_MS = 100
/** After this many failures in a row Redis is left alone for the pause. */
const FAILURES = 3
const PAUSE_MS = 2_000

const keyOf = (customerId: string) => `cart:2:${customerId}`

/**
 * Carts in Redis: a sorted set per customer whose one member is the cart and whose score is its version. Whoever
 * adds an older version after a newer one loses it to the trim in the same MULTI, so a stale cart never covers a
 * newer one, without scripts, watches or a connection of its own.
 * @param log gets one line when Redis goes out and one when it is back
 */
export function redisCartCache(
  url: string,
  log: (line: string) => void,
): CartCache & {
  /** @throws while Redis is out */
  ping(): Promise<void>
  close(): Promise<void>
} {
  const redis = new Redis(url, {
    connectTimeout: 1_000,
    commandTimeout: TIMEOUT_MS,
    // While there is no connection a command fails at once instead of waiting for one.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    retryStrategy: (attempt) => Math.min(attempt * 100, 2_000),
  })
  // Every failure reaches a command as well; without a listener ioredis writes each one to the console.
  redis.on("error", () => {})

  const breaker = circuitBreaker(handleAll, {
    halfOpenAfter: PAUSE_MS,
    breaker: new ConsecutiveBreaker(FAILURES),
  })
  let out = false
  breaker.onBreak((reason) => {
    if (out) return
    out = true
    const cause = "error" in reason ? `: ${(reason.error as Error).message}` : ""
    log(`redis is out, carts come from PostgreSQL alone${cause}`)
  })
  breaker.onReset(() => {
    if (out) log("redis is back")
    out = false
  })

  async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await breaker.execute(work)
    } catch {
      return undefined
    }
  }

  return {
    async find(customerId) {
      const newest = await attempt(() => redis.zrange(keyOf(customerId), "-1", "-1"))
      return newest?.[0] === undefined ? undefined : (JSON.parse(newest[0]) as Cart)
    },

    async put(cart) {
      const key = keyOf(cart.customerId)
      await attempt(() =>
        redis
          .multi()
          .zadd(key, cart.version, JSON.stringify(cart))
          .zremrangebyrank(key, 0, -2)
          .expire(key, TTL_SECONDS)
          .exec(),
      )
    },

    async forget(customerId) {
      await attempt(() => redis.del(keyOf(customerId)))
    },

    async ping() {
      await redis.ping()
    },

    async close() {
      redis.disconnect()
    },
  }
}
