import { type RedisCache, redisCache } from "@eshop/building-blocks/cache/redis"
import { newId } from "@eshop/building-blocks/ids"
import type { Product } from "@eshop/domain/catalog/product"
import { usd } from "@eshop/domain/kernel/money"
import type { Cloud } from "@eshop/local-cloud/cloud"
import { findRedisServer } from "@eshop/local-cloud/parts/stores"
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest"
import { startParts } from "../../../../tests/fixtures/local-parts.ts"
import { type CatalogOn, catalogOn, PRICE } from "../testing/catalog.ts"
import { productOf, variantOf } from "../testing/products.ts"

const redisServer = await findRedisServer()

let cloud: Cloud
beforeAll(async () => {
  cloud = await startParts(redisServer ? ["postgres", "redis"] : ["postgres"])
})
afterAll(async () => {
  await cloud?.stop()
})

/** Reads a product in another process, over and over, while this one does something. */
async function versionsSeenDuring(
  shop: CatalogOn,
  id: string,
  work: () => Promise<unknown>,
): Promise<number[]> {
  const seen: number[] = []
  let done = false
  const reader = (async () => {
    while (!done) seen.push((await shop.ports.products.find(id))?.version ?? 0)
  })()
  await work()
  done = true
  await reader
  return seen
}

const adapters: [name: string, redis: () => string | undefined, runs: boolean][] = [
  ["PostgreSQL", () => undefined, true],
  [
    "PostgreSQL behind Redis (left out where no redis-server is on PATH)",
    () => cloud.connections.redis,
    !!redisServer,
  ],
  ["PostgreSQL behind a Redis that is out", () => "redis://127.0.0.1:1", true],
]
describe.each(adapters)("products in %s", (_, redisUrl, runs) => {
  describe.runIf(runs)("", () => {
    let shop: CatalogOn
    let other: CatalogOn
    const connections: RedisCache[] = []

    async function process(): Promise<CatalogOn> {
      const url = redisUrl()
      const redis = url ? redisCache(url, "", () => {}) : undefined
      if (redis) connections.push(redis)
      return catalogOn(cloud.connections.postgres.catalog, redis)
    }
    beforeAll(async () => {
      shop = await process()
      other = await process()
      if (redisUrl() === cloud.connections.redis)
        for (const connection of connections) await vi.waitFor(() => connection.ping(), { timeout: 10_000 })
    })
    afterAll(async () => {
      for (const connection of connections) await connection.close()
      await shop?.store.close()
      await other?.store.close()
    })

    const patch = (by: CatalogOn, { id }: Product, change: object) =>
      by.staff("PATCH", `products/${id}`, change)

    test("are found by id, by every slug that they had and by SKU, again and again, and are the same", async () => {
      const product = await shop.add(productOf({ brand: "Acme", attributes: { weight: 1.5, tags: ["a"] } }))
      await patch(shop, product, { slug: `${product.slug}-new` })
      const variants = product.variants.map((variant) => ({ ...variant, prices: [PRICE] }))
      const change = { slug: `${product.slug}-new`, version: 2, updatedAt: expect.any(String) }
      const expected = { ...product, ...change, variants, categoryPath: [] }
      for (const by of [shop, other, shop])
        for (let round = 0; round < 2; round++) {
          const { products } = by.ports
          expect(await products.find(product.id)).toEqual(expected)
          expect(await products.findBySlug(product.slug)).toEqual(expected)
          expect(await products.findBySlug(`${product.slug}-new`)).toEqual(expected)
          expect(await products.findBySku(product.variants[0]?.sku as string)).toEqual(expected)
        }
    })

    test("that are not there are not found, and are found once they are", async () => {
      const product = productOf()
      const find = async ({ ports: { products } }: CatalogOn) => [
        (await products.find(product.id))?.id,
        (await products.findBySlug(product.slug))?.id,
        (await products.findBySku(product.variants[0]?.sku as string))?.id,
      ]
      expect(await find(other)).toEqual([undefined, undefined, undefined])
      await shop.add(product)
      expect(await find(other)).toEqual([product.id, product.id, product.id])
    })

    test("a change is seen at once by every process, whatever changes: content, price, category", async () => {
      const [from, to] = await Promise.all(
        [1, 2].map(async () => {
          const slug = `category-${newId()}`
          const content = { slug, name: { en: slug } }
          return (await shop.staff("POST", "categories", content, { "idempotency-key": newId() })).body
        }),
      )
      const product = await shop.add(productOf())
      const sku = product.variants[0]?.sku as string
      for (let version = 1; version < 10; version += 3) {
        const seen = async () => (await other.ports.products.find(product.id))?.version
        expect(await seen()).toBe(version)
        await patch(shop, product, { brand: `Brand ${version}` })
        expect(await seen()).toBe(version + 1)
        const prices = [{ ...PRICE, unitPrice: usd(version) }]
        expect((await shop.staff("PUT", `variants/${sku}/prices`, { prices })).status).toBe(200)
        expect(await seen()).toBe(version + 2)
        expect((await other.shopper("GET", `products/${product.id}`)).body.variants[0].price).toEqual(
          usd(version),
        )
        await patch(shop, product, { categories: version % 2 ? [from.id] : [to.id] })
        expect((await other.ports.products.find(product.id))?.categoryPath).toEqual([
          version % 2 ? from.id : to.id,
        ])
      }
    })

    test("a change that is rolled back is never seen", async () => {
      const product = await shop.add(productOf())
      await other.ports.products.find(product.id)
      await expect(
        shop.store.unitOfWork.transaction(async (tx) => {
          await shop.ports.products.lock(tx, product.id)
          await shop.ports.products.save(tx, { ...product, brand: "Nobody", version: 2 }, [])
          expect((await other.ports.products.find(product.id))?.version).toBe(1)
          throw new Error("no")
        }),
      ).rejects.toThrow("no")
      for (const by of [shop, other]) {
        const found = await by.ports.products.find(product.id)
        expect([found?.version, found?.brand]).toEqual([1, undefined])
      }
      await patch(shop, product, { brand: "Acme" })
      expect((await other.ports.products.find(product.id))?.brand).toBe("Acme")
    })

    test("who reads while others write never goes back to an older version", async () => {
      const product = await shop.add(productOf())
      const seen = await versionsSeenDuring(other, product.id, async () => {
        for (let round = 0; round < 30; round++) await patch(shop, product, { attributes: { round } })
      })
      expect(seen).toEqual(seen.toSorted((a, b) => a - b))
      expect((await other.ports.products.find(product.id))?.version).toBe(31)
    })

    test("a variant that was left out still leads to its product", async () => {
      const [first, second] = [
        variantOf(`L-${newId().toUpperCase()}`),
        variantOf(`R-${newId().toUpperCase()}`),
      ]
      const product = await shop.add(productOf({ variants: [first, second] }))
      await other.ports.products.findBySku(first.sku)
      await patch(shop, product, { variants: [second] })
      const found = await other.ports.products.findBySku(first.sku)
      expect([found?.id, found?.variants.map(({ sku }) => sku)]).toEqual([product.id, [second.sku]])
    })
  })
})
