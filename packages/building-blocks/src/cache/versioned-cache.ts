import type { RedisCache } from "./redis.ts"

/**
 * Copies of what a store keeps under a version that grows with every change. Like its Redis it never fails: a cache
 * that is out knows nothing and keeps nothing.
 */
export type VersionedCache<T> = {
  find(key: string): Promise<T | undefined>
  /** Keeps the value unless a newer version is there: put it after the commit, and a late reader cannot cover it. */
  put(key: string, version: number, value: T): Promise<void>
  forget(key: string): Promise<void>
}

/**
 * A sorted set per key, whose one member is the value and whose score is its version. Whoever adds an older version
 * after a newer one loses it to the trim in the same MULTI, without scripts, watches or a connection of its own.
 * @param prefix tells apart what shares a Redis, and the shapes of a value: `cart:2:`
 * @param ttlSeconds how long a value is kept, as a net; `sliding`: since it was read or put last, else since it was put
 */
export const versionedCache = <T>(
  redis: RedisCache,
  { prefix, ttlSeconds, sliding }: { prefix: string; ttlSeconds: number; sliding: boolean },
): VersionedCache<T> => ({
  async find(key) {
    const newest = await redis.attempt(sliding ? "MULTI" : "ZRANGE", async (connection) => {
      if (!sliding) return await connection.zrange(prefix + key, "-1", "-1")
      const results = await connection
        .multi()
        .zrange(prefix + key, "-1", "-1")
        .expire(prefix + key, ttlSeconds)
        .exec()
      return results?.[0]?.[1] as string[] | undefined
    })
    return newest?.[0] === undefined ? undefined : (JSON.parse(newest[0]) as T)
  },

  async put(key, version, value) {
    await redis.attempt("MULTI", (connection) =>
      connection
        .multi()
        .zadd(prefix + key, version, JSON.stringify(value))
        .zremrangebyrank(prefix + key, 0, -2)
        .expire(prefix + key, ttlSeconds)
        .exec(),
    )
  },

  async forget(key) {
    await redis.attempt("DEL", (connection) => connection.del(prefix + key))
  },
})
