import { newId } from "@eshop/building-blocks/ids"
import type { Cart } from "@eshop/domain/basket/cart"
import { usd } from "@eshop/domain/money"
import type { Cloud } from "@eshop/local-cloud/cloud"
import { findRedisServer } from "@eshop/local-cloud/parts/stores"
import { Redis } from "ioredis"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { redisCartCache } from "../../functions/basket/src/adapters/redis-cart-cache.ts"
import { getCart } from "../../functions/basket/src/cart/get-cart.ts"
import { putItem } from "../../functions/basket/src/cart/put-item.ts"
import { basketOn, catalogOf } from "../fixtures/basket.ts"
import { atOnce, callBy } from "../fixtures/calls.ts"
import { startParts } from "../fixtures/local-parts.ts"

const cartOf = (customerId: string, version: number): Cart => ({
  customerId,
  items: [{ productId: newId(), quantity: version }],
  version,
})

/** Waits until the cache has its connection: before, it knows nothing and keeps nothing. */
async function connected(cache: ReturnType<typeof redisCartCache>): Promise<void> {
  const cart = cartOf(newId(), 1)
  while (!(await cache.find(cart.customerId))) {
    await cache.put(cart)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

const redisServer = findRedisServer()
// The cache is optional, and so is redis-server: npm cannot bring one.
describe.runIf(redisServer)("carts in Redis (left out where no redis-server is on PATH)", () => {
  let cloud: Cloud
  let url: string
  let redis: Redis
  let cache: ReturnType<typeof redisCartCache>
  const lines: string[] = []

  beforeAll(async () => {
    cloud = await startParts(["redis", "postgres"])
    url = cloud.connections.redis as string
    redis = new Redis(url)
    redis.on("error", () => {})
    cache = redisCartCache(url, (line) => lines.push(line))
    await connected(cache)
  })
  afterAll(async () => {
    await cache?.close()
    redis?.disconnect()
    await cloud?.stop()
  })

  test("a cart is found as it was put, and forgotten when asked", async () => {
    const cart = cartOf(newId(), 3)
    expect(await cache.find(cart.customerId)).toBeUndefined()
    await cache.put(cart)
    expect(await cache.find(cart.customerId)).toEqual(cart)
    await cache.forget(cart.customerId)
    expect(await cache.find(cart.customerId)).toBeUndefined()
  })

  test("a stale cart never covers a newer one", async () => {
    const customerId = newId()
    const newest = cartOf(customerId, 12)
    await cache.put(newest)
    for (const version of [11, 2, 9]) await cache.put(cartOf(customerId, version))
    expect(await cache.find(customerId)).toEqual(newest)
    expect(await redis.zcard(`cart:1:${customerId}`)).toBe(1)
  })

  test("of 100 versions put at once by two apps the newest stays, alone", async () => {
    const other = redisCartCache(url, () => {})
    await connected(other)
    const customerId = newId()
    await atOnce(100, (index) =>
      (index % 2 ? cache : other).put(cartOf(customerId, ((index * 37) % 100) + 1)),
    )
    expect((await cache.find(customerId))?.version).toBe(100)
    expect(await redis.zcard(`cart:1:${customerId}`)).toBe(1)
    await other.close()
  })

  test("a cart is not kept for ever", async () => {
    const cart = cartOf(newId(), 1)
    await cache.put(cart)
    expect([1_799, 1_800]).toContain(await redis.ttl(`cart:1:${cart.customerId}`))
  })

  describe("in front of PostgreSQL", () => {
    let basket: Awaited<ReturnType<typeof basketOn>>
    const product = { productId: newId(), name: "Phone", price: usd(500), version: 1 }
    const ports = () => ({ ...basket.ports, cache })
    const put = (call: ReturnType<typeof callBy>, quantity: number) =>
      putItem(ports()).handle({ productId: product.productId, quantity }, call)

    beforeAll(async () => {
      basket = await basketOn(cloud.connections.postgres.basket, {
        catalog: catalogOf([product]).catalog,
        discounts: { quote: async () => ({ discount: usd(0), unavailable: false }) },
      })
    })
    afterAll(() => basket?.pool.end())

    test("what is read is what was written last", async () => {
      const call = callBy(newId(), basket.unitOfWork)
      for (let quantity = 1; quantity <= 10; quantity++) {
        const written = await put(call, quantity)
        expect(await getCart(ports()).handle({}, call)).toEqual(written)
      }
    })

    test("readers and writers at once leave the cart that PostgreSQL has", async () => {
      for (let round = 0; round < 10; round++) {
        const call = callBy(newId(), basket.unitOfWork)
        await atOnce(30, (index) => (index % 3 ? getCart(ports()).handle({}, call) : put(call, index + 1)))
        expect(await getCart(ports()).handle({}, call)).toEqual(await getCart(basket.ports).handle({}, call))
      }
    })

    test("the cache spares the read of PostgreSQL", async () => {
      const call = callBy(newId(), basket.unitOfWork)
      const written = await put(call, 1)
      const carts = { ...basket.ports.carts, find: () => Promise.reject(new Error("PostgreSQL was read")) }
      expect(await getCart({ ...ports(), carts }).handle({}, call)).toEqual(written)
    })

    test("a copy that a crash left behind is dropped as soon as it misleads somebody", async () => {
      const customerId = newId()
      const call = callBy(customerId, basket.unitOfWork)
      await put(call, 1)
      // The app died between the commit and the cache.
      const second = await putItem(basket.ports).handle({ productId: product.productId, quantity: 2 }, call)
      expect(await getCart(ports()).handle({}, call)).toMatchObject({ version: 1 })
      const stale = await put({ ...call, ifMatch: 1 }, 3)
      expect(stale).toMatchObject({ kind: "stale", data: { version: 2 } })
      expect(await getCart(ports()).handle({}, call)).toEqual(second)
    })

    test("with Redis dead carts are read and changed as before, one line tells it, and it comes back", async () => {
      const call = callBy(newId(), basket.unitOfWork)
      await put(call, 1)
      lines.length = 0
      cloud.part("redis").kill("SIGKILL")
      for (let quantity = 2; quantity <= 12; quantity++) {
        await put(call, quantity)
        expect(await getCart(ports()).handle({}, call)).toMatchObject({
          subtotal: usd(500 * quantity),
          version: quantity,
        })
      }
      expect(lines).toHaveLength(1)
      expect(lines[0]).toContain("redis is out")
      await cloud.part("redis").whenReady()
      await connected(cache)
      expect(lines[1]).toBe("redis is back")
      expect(await getCart(ports()).handle({}, call)).toMatchObject({ version: 12 })
    })

    test("with Redis hanging the waits are bounded and end: the breaker opens", async () => {
      const call = callBy(newId(), basket.unitOfWork)
      await put(call, 1)
      lines.length = 0
      process.kill(cloud.part("redis").pid as number, "SIGSTOP")
      try {
        for (let quantity = 2; quantity <= 6; quantity++) await put(call, quantity)
        expect(await getCart(ports()).handle({}, call)).toMatchObject({ version: 6 })
        expect(lines).toHaveLength(1)
      } finally {
        process.kill(cloud.part("redis").pid as number, "SIGCONT")
      }
    })
  })
})

test("without any Redis the cache knows nothing, keeps nothing, and says so once", async () => {
  const lines: string[] = []
  const cache = redisCartCache("redis://127.0.0.1:1", (line) => lines.push(line))
  const cart = cartOf(newId(), 1)
  for (let attempt = 0; attempt < 10; attempt++) {
    await cache.put(cart)
    expect(await cache.find(cart.customerId)).toBeUndefined()
  }
  expect(lines).toHaveLength(1)
  await cache.close()
})
