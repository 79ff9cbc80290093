import { ConsecutiveBreaker, circuitBreaker, handleAll } from "cockatiel"
import { Redis } from "ioredis"
import { clientCall } from "../telemetry/client-call.ts"
import { databaseCall } from "../telemetry/database-call.ts"

/** What takes longer than this from the cache is had faster from the store. */
const TIMEOUT_MS = 100
/** After this many failures in a row Redis is left alone for the pause. */
const FAILURES = 3
const PAUSE_MS = 2_000

/** Redis as a cache: it never fails and never makes its caller wait for long. */
export type RedisCache = {
  /**
   * Runs a command.
   * @param operation its name, `MULTI` for several at once
   * @returns undefined while Redis is out
   */
  attempt<T>(operation: string, command: (redis: Redis) => Promise<T>): Promise<T | undefined>
  /** @throws while Redis is out */
  ping(): Promise<void>
  close(): Promise<void>
}

/**
 * Opens no connection that its caller waits for.
 * @param url redis://host:port or rediss://user:password@host:port
 * @param instead what the app works from while Redis is out, for the log: `carts come from PostgreSQL alone`
 * @param log gets one line when Redis goes out and one when it is back
 */
export function redisCache(url: string, instead: string, log: (line: string) => void): RedisCache {
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

  const { hostname: address, port } = new URL(url)
  const database = { system: "redis", address, port: Number(port || 6379) }
  const breaker = circuitBreaker(handleAll, {
    halfOpenAfter: PAUSE_MS,
    breaker: new ConsecutiveBreaker(FAILURES),
  })
  let out = false
  breaker.onBreak((reason) => {
    if (out) return
    out = true
    const cause = "error" in reason ? `: ${(reason.error as Error).message}` : ""
    log(`redis is out, ${instead}${cause}`)
  })
  breaker.onReset(() => {
    if (out) log("redis is back")
    out = false
  })

  return {
    async attempt(operation, command) {
      const describe = () => databaseCall(database, operation, { operation })
      try {
        return await breaker.execute(() => clientCall(describe, () => command(redis)))
      } catch {
        return undefined
      }
    },

    async ping() {
      await redis.ping()
    },

    async close() {
      redis.disconnect()
    },
  }
}
