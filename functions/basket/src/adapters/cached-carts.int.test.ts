import { type RedisCache, redisCache } from "@eshop/building-blocks/cache/redis"
import { type VersionedCache, versionedCache } from "@eshop/building-blocks/cache/versioned-cache"
import { newId } from "@eshop/building-blocks/ids"
import type { Cart } from "@eshop/domain/basket/cart"
import { usd } from "@eshop/domain/kernel/money"
import type { Cloud } from "@eshop/local-cloud/cloud"
import { findRedisServer } from "@eshop/local-cloud/parts/stores"
import { Redis } from "ioredis"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { atOnce } from "../../../../tests/fixtures/calls.ts"
import { codeOf } from "../../../../tests/fixtures/http.ts"
import { startParts } from "../../../../tests/fixtures/local-parts.ts"
import {
  type BasketOn,
  basketOn,
  catalogOf,
  checkOut,
  checkoutOf,
  customer,
  newProduct,
  put,
} from "../testing/basket.ts"
import { cachedCarts, cartCacheOptions } from "./cached-carts.ts"

const cartOf = (customerId: string, version: number): Cart => ({
  customerId,
  items: [{ sku: "PHONE", quantity: version }],
  version,
})

type CartCache = VersionedCache<Cart>
const cacheOn = (connection: RedisCache): CartCache => versionedCache(connection, cartCacheOptions)
const keep = (cache: CartCache, cart: Cart) => cache.put(cart.customerId, cart.version, cart)

/** Waits until the cache has its connection: before, it knows nothing and keeps nothing. */
async function connected(cache: CartCache): Promise<void> {
  const cart = cartOf(newId(), 1)
  while (!(await cache.find(cart.customerId))) {
    await keep(cache, cart)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

const redisServer = findRedisServer()
// The cache is optional, and so is redis-server: npm cannot bring one.
describe.runIf(redisServer)("carts in Redis (left out where no redis-server is on PATH)", () => {
  let cloud: Cloud
  let url: string
  let redis: Redis
  let connection: RedisCache
  let cache: CartCache
  const lines: string[] = []

  beforeAll(async () => {
    cloud = await startParts(["redis", "postgres"])
    url = cloud.connections.redis as string
    redis = new Redis(url)
    redis.on("error", () => {})
    connection = redisCache(url, "carts come from PostgreSQL alone", (line) => lines.push(line))
    cache = cacheOn(connection)
    await connected(cache)
  })
  afterAll(async () => {
    await connection?.close()
    redis?.disconnect()
    await cloud?.stop()
  })

  test("a cart is found as it was put, and forgotten when asked", async () => {
    const cart = cartOf(newId(), 3)
    expect(await cache.find(cart.customerId)).toBeUndefined()
    await keep(cache, cart)
    expect(await cache.find(cart.customerId)).toEqual(cart)
    await cache.forget(cart.customerId)
    expect(await cache.find(cart.customerId)).toBeUndefined()
  })

  test("a stale cart never covers a newer one", async () => {
    const customerId = newId()
    const newest = cartOf(customerId, 12)
    await keep(cache, newest)
    for (const version of [11, 2, 9]) await keep(cache, cartOf(customerId, version))
    expect(await cache.find(customerId)).toEqual(newest)
    expect(await redis.zcard(`cart:3:${customerId}`)).toBe(1)
  })

  test("of 100 versions put at once by two apps the newest stays, alone", async () => {
    const otherConnection = redisCache(url, "", () => {})
    const other = cacheOn(otherConnection)
    await connected(other)
    const customerId = newId()
    await atOnce(100, (index) =>
      keep(index % 2 ? cache : other, cartOf(customerId, ((index * 37) % 100) + 1)),
    )
    expect((await cache.find(customerId))?.version).toBe(100)
    expect(await redis.zcard(`cart:3:${customerId}`)).toBe(1)
    await otherConnection.close()
  })

  // Defect 17 of the reference system: a cached cart never expired, and drifted apart from the database.
  test("a cart is kept for half an hour since it was last used", async () => {
    const cart = cartOf(newId(), 1)
    const key = `cart:3:${cart.customerId}`
    const left = async () => [1_799, 1_800].includes(await redis.ttl(key))
    await keep(cache, cart)
    expect(await left()).toBe(true)
    await redis.expire(key, 10)
    await cache.find(cart.customerId)
    expect(await left()).toBe(true)
    await cache.find("nobody")
    expect(await redis.exists("cart:3:nobody")).toBe(0)
  })

  describe("in front of PostgreSQL", () => {
    let basket: BasketOn
    const product = newProduct(500)
    const catalog = catalogOf([product])
    /** A customer's requests, through the cache and past it. */
    const newCustomer = () => {
      const who = customer()
      return {
        who,
        send: basket.appWith({ catalog, carts: cachedCarts(basket.ports.carts, cache) }).as(who),
        past: basket.appWith({ catalog }).as(who),
      }
    }

    beforeAll(async () => {
      basket = await basketOn(cloud.connections.postgres.basket)
    })
    afterAll(() => basket?.store.close())

    test("what is read is what was written last", async () => {
      const { send } = newCustomer()
      for (let quantity = 1; quantity <= 10; quantity++) {
        const written = await put(send, product.sku, quantity)
        expect((await send("GET", "cart")).body).toEqual(written.body)
      }
    })

    test("readers and writers at once leave the cart that PostgreSQL has", async () => {
      for (let round = 0; round < 10; round++) {
        const { send, past } = newCustomer()
        await atOnce(30, (index) => (index % 3 ? send("GET", "cart") : put(send, product.sku, index + 1)))
        expect((await send("GET", "cart")).body).toEqual((await past("GET", "cart")).body)
      }
    })

    test("the cache spares the read of PostgreSQL", async () => {
      const { who, send } = newCustomer()
      const written = await put(send, product.sku, 1)
      const carts = { ...basket.ports.carts, find: () => Promise.reject(new Error("PostgreSQL was read")) }
      const read = await basket.appWith({ catalog, carts: cachedCarts(carts, cache) }).as(who)("GET", "cart")
      expect(read.body).toEqual(written.body)
    })

    test("a copy that a crash left behind is dropped as soon as it misleads somebody", async () => {
      const { send, past } = newCustomer()
      await put(send, product.sku, 1)
      // The app died between the commit and the cache.
      const second = await put(past, product.sku, 2)
      expect((await send("GET", "cart")).body).toMatchObject({ version: 1 })
      const stale = await put(send, product.sku, 3, { "if-match": '"1"' })
      expect([stale.status, codeOf(stale), stale.body.version]).toEqual([412, "cart.changed", 2])
      expect((await send("GET", "cart")).body).toEqual(second.body)
    })

    test("a copy that a crash left behind decides nothing: neither an order nor a merge", async () => {
      const { who, send, past } = newCustomer()
      await put(send, product.sku, 1)
      await put(past, product.sku, 2)
      const { body } = await checkOut(send, checkoutOf(1000))
      const { rows } = await basket.pool.query("SELECT data FROM checkout WHERE id = $1", [body.orderId])
      expect(rows[0].data.lines).toMatchObject([{ quantity: 2 }])

      const before = newCustomer()
      await put(before.send, product.sku, 1)
      await put(before.past, product.sku, 3)
      const carts = cachedCarts(basket.ports.carts, cache)
      const signedIn = basket.appWith({ catalog, carts }).as({ ...who, guest: before.who.id })
      const { lines } = (await signedIn("POST", "cart/merge", {})).body
      expect(lines).toMatchObject([{ quantity: 3 }])
    })

    test("a checkout begins with the copy, and spares a read of PostgreSQL", async () => {
      const { who, send } = newCustomer()
      await put(send, product.sku, 1)
      const carts = { ...basket.ports.carts, current: () => Promise.reject(new Error("PostgreSQL was read")) }
      const app = basket.appWith({ catalog, carts: cachedCarts(carts, cache) })
      expect((await checkOut(app.as(who), checkoutOf(500))).status).toBe(202)
    })

    test("a copy that a crash left behind refuses no order, and one of another cart with the same version makes none", async () => {
      const empty = newCustomer()
      await put(empty.send, product.sku, 1)
      await empty.send("DELETE", `cart/items/${product.sku}`)
      await put(empty.past, product.sku, 1)
      expect((await empty.send("GET", "cart")).body.lines).toEqual([])
      expect((await checkOut(empty.send, checkoutOf(500))).status).toBe(202)

      const other = newCustomer()
      const { body } = await put(other.past, product.sku, 2)
      await cache.put(other.who.id, body.version, {
        ...cartOf(other.who.id, body.version),
        items: [{ sku: product.sku, quantity: 1 }],
      })
      const refused = await checkOut(other.send, checkoutOf(500))
      expect([refused.status, codeOf(refused), refused.body.total]).toEqual([
        409,
        "checkout.total-changed",
        usd(1000),
      ])
      expect((await checkOut(other.send, checkoutOf(1000), newId())).status).toBe(202)
    })

    test("with Redis dead carts are read and changed as before, one line tells it, and it comes back", async () => {
      const { send } = newCustomer()
      await put(send, product.sku, 1)
      lines.length = 0
      await connection.ping()
      cloud.part("redis").kill("SIGKILL")
      for (let quantity = 2; quantity <= 12; quantity++) {
        await put(send, product.sku, quantity)
        expect((await send("GET", "cart")).body).toMatchObject({
          subtotal: usd(500 * quantity),
          version: quantity,
        })
      }
      expect(lines).toHaveLength(1)
      expect(lines[0]).toContain("redis is out")
      await cloud.part("redis").whenReady()
      await connected(cache)
      expect(lines[1]).toBe("redis is back")
      expect((await send("GET", "cart")).body).toMatchObject({ version: 12 })
    })

    test("with Redis hanging the waits are bounded and end: the breaker opens, the probe says so", async () => {
      const { send } = newCustomer()
      await put(send, product.sku, 1)
      lines.length = 0
      const goOn = cloud.part("redis").holdStill()
      try {
        for (let quantity = 2; quantity <= 6; quantity++) await put(send, product.sku, quantity)
        expect((await send("GET", "cart")).body).toMatchObject({ version: 6 })
        expect(lines).toHaveLength(1)
        await expect(connection.ping()).rejects.toThrow()
      } finally {
        goOn()
      }
    })
  })
})

test("without any Redis the cache knows nothing, keeps nothing, and says so once", async () => {
  const lines: string[] = []
  const connection = redisCache("redis://127.0.0.1:1", "carts come from PostgreSQL alone", (line) =>
    lines.push(line),
  )
  const cache = cacheOn(connection)
  const cart = cartOf(newId(), 1)
  for (let attempt = 0; attempt < 10; attempt++) {
    await keep(cache, cart)
    expect(await cache.find(cart.customerId)).toBeUndefined()
  }
  expect(lines).toHaveLength(1)
  await expect(connection.ping()).rejects.toThrow()
  await connection.close()
})
