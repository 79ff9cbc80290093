import { type RedisCache, redisCache } from "@eshop/building-blocks/cache/redis"
import { usd } from "@eshop/domain/kernel/money"
import type { Cloud } from "@eshop/local-cloud/cloud"
import { findRedisServer } from "@eshop/local-cloud/parts/stores"
import { Redis } from "ioredis"
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest"
import { startParts } from "../../../../tests/fixtures/local-parts.ts"
import { type CatalogOn, catalogOn, PRICE } from "../testing/catalog.ts"
import { productOf } from "../testing/products.ts"
import { cachedProducts } from "./cached-products.ts"

const redisServer = await findRedisServer()

describe.runIf(redisServer)("products in Redis (left out where no redis-server is on PATH)", () => {
  let cloud: Cloud
  let shop: CatalogOn
  let cache: RedisCache
  let redis: Redis

  beforeAll(async () => {
    cloud = await startParts(["postgres", "redis"])
    const url = cloud.connections.redis as string
    cache = redisCache(url, "", () => {})
    redis = new Redis(url)
    redis.on("error", () => {})
    shop = await catalogOn(cloud.connections.postgres.catalog, cache)
    await vi.waitFor(() => cache.ping(), { timeout: 10_000 })
  })
  afterAll(async () => {
    await shop?.store.close()
    await cache?.close()
    redis?.disconnect()
    await cloud?.stop()
  })

  const read = (id: string) => shop.ports.products.find(id)

  test("are read there, and for a minute at the most", async () => {
    const { id } = await shop.add(productOf())
    await read(id)
    // Behind the cache's back: who sees it has asked PostgreSQL.
    await shop.store.pool.query("UPDATE product SET brand = 'Unseen' WHERE id = $1", [id])
    expect((await read(id))?.brand).toBeUndefined()
    expect([59, 60]).toContain(await redis.ttl(`product:1:${id}`))
    await redis.del(`product:1:${id}`)
    expect((await read(id))?.brand).toBe("Unseen")
  })

  test("defect 17: a reader who comes late does not put an old version over a new one", async () => {
    const { id } = await shop.add(productOf())
    const old = await read(id)
    await shop.staff("PATCH", `products/${id}`, { brand: "New" })
    // Has read the store before the change, and puts what he has read only now.
    const late = cachedProducts({ ...shop.ports.products, find: async () => old }, cache)
    expect(await late.find(id)).toBe(old)
    expect((await read(id))?.brand).toBe("New")
    expect((await late.find(id))?.brand).toBe("New")
  })

  test("have their new prices at once, with the lowest before a reduction, whichever way they were read first", async () => {
    const { id, variants } = await shop.add(productOf())
    const sku = variants[0]?.sku as string
    await read(id)
    const sale = { ...PRICE, unitPrice: usd(8_00), validUntil: "2190-01-01T00:00:00.000Z" }
    await shop.staff("PUT", `variants/${sku}/prices`, { prices: [PRICE, sale] })
    expect((await shop.shopper("GET", `variants/${sku}`)).body.price).toEqual(usd(8_00))
    expect(await redis.exists(`product:1:${id}`)).toBe(1)
    const { body } = await shop.shopper("GET", `products/${id}`)
    expect(body.variants[0]).toMatchObject({ price: usd(8_00), lowestPrice30Days: usd(10_00) })
  })

  test("are there again after Redis was killed, and right all the time", async () => {
    const { id } = await shop.add(productOf())
    await read(id)
    cloud.part("redis").kill("SIGKILL")
    for (let version = 2; version < 8; version++) {
      await shop.staff("PATCH", `products/${id}`, { brand: `Brand ${version}` })
      expect((await read(id))?.version).toBe(version)
    }
    await cloud.part("redis").whenReady()
    await vi.waitFor(
      async () => {
        await read(id)
        expect(await redis.exists(`product:1:${id}`)).toBe(1)
      },
      { timeout: 15_000 },
    )
    expect((await read(id))?.version).toBe(7)
  })
})
