import { seedProducts } from "@eshop/domain/seed"
import { seedCatalogue } from "@eshop/domain/seed/catalogue"
import { seedCategoryId } from "@eshop/domain/seed/categories"
import type { Cloud } from "@eshop/local-cloud/cloud"
import pg from "pg"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { clientOf, codeOf, pointersOf, type Send } from "../../../tests/fixtures/http.ts"
import { startParts } from "../../../tests/fixtures/local-parts.ts"

let cloud: Cloud
let database: pg.Pool
let send: Send

beforeAll(async () => {
  cloud = await startParts(["identity", "catalog"], { SEED: "true" })
  database = new pg.Pool({ connectionString: cloud.connections.postgres.catalog })
  database.on("error", () => {})
  send = clientOf(cloud.connections.apps.catalog)
})
afterAll(async () => {
  await database?.end()
  await cloud?.stop()
})

const namesOf = (products: typeof seedCatalogue) =>
  products.map(({ name }) => name.en ?? "").sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1))
const names = namesOf(seedCatalogue)
const cursorOf = (list: string, position: object) =>
  Buffer.from(JSON.stringify([list, position])).toString("base64url")

describe("products", () => {
  test("are listed by name, with their number", async () => {
    const { status, body } = await send("GET", "products")
    expect(status).toBe(200)
    expect(body.items.map(({ name }: { name: string }) => name)).toEqual(names.slice(0, 20))
    expect([body.total, typeof body.nextCursor]).toEqual([161, "string"])
  })

  test("come page by page, none twice, none left out", async () => {
    const seen: string[] = []
    let cursor = ""
    for (let page = 0; page < 5; page++) {
      const { body } = await send("GET", `products?limit=40${cursor && `&cursor=${cursor}`}`)
      expect(body.items).toHaveLength(page < 4 ? 40 : 1)
      seen.push(...body.items.map(({ name }: { name: string }) => name))
      cursor = body.nextCursor
    }
    expect(cursor).toBeNull()
    expect(seen).toEqual(names)
  })

  test("can be those of one category", async () => {
    const category = seedCategoryId("compact-cameras")
    const { body } = await send("GET", `products?category=${category}`)
    const inside = seedCatalogue.filter(({ categories }) => categories.includes(category))
    expect(body.items.map(({ name }: { name: string }) => name)).toEqual(namesOf(inside))
    expect(body.total).toBe(4)
    expect((await send("GET", `products?category=${crypto.randomUUID()}`)).body).toEqual({
      items: [],
      total: 0,
      nextCursor: null,
    })
  })

  test("have an address of their own, an ETag and variants with a stock", async () => {
    const { price, ...iphone } = seedProducts[0] as (typeof seedProducts)[number]
    const { headers, body } = await send("GET", `products/${iphone.id}`)
    expect(headers.get("etag")).toBe('"1"')
    const priced = { price: price.unitPrice, prices: [price] }
    const variants = iphone.variants.map((variant) => ({ ...variant, ...priced }))
    expect(body).toEqual({ ...iphone, variants })
    expect((await send("GET", "variants/IPHONE-X-RED/stock")).body).toEqual({
      sku: "IPHONE-X-RED",
      available: 100,
      backorder: false,
    })
  })

  test.each([
    [`products/${crypto.randomUUID()}`, "product.unknown"],
    ["variants/NO-SUCH", "variant.unknown"],
    ["variants/NO-SUCH/stock", "variant.unknown"],
  ])("that are not there are 404 (%s)", async (path, code) => {
    const reply = await send("GET", path)
    expect([reply.status, codeOf(reply)]).toEqual([404, code])
  })
})

test.each<[path: string, pointers: string[]]>([
  ["products?limit=0", ["/limit"]],
  ["products?limit=101", ["/limit"]],
  ["products?limit=ten", ["/limit"]],
  ["products?limit=0x10", ["/limit"]],
  ["products?limit=1e1", ["/limit"]],
  ["products?limit=%2B5", ["/limit"]],
  ["products?limit=%205", ["/limit"]],
  ["products?limit=05", ["/limit"]],
  ["products?cursor=abc", ["/cursor"]],
  [`products?cursor=${cursorOf("products", { name: "x", id: "y" })}`, ["/cursor"]],
  [`products?cursor=${cursorOf("orders", { name: "x", id: crypto.randomUUID() })}`, ["/cursor"]],
  [
    `products?cursor=${cursorOf("products", { name: "x".repeat(401), id: crypto.randomUUID() })}`,
    ["/cursor"],
  ],
  ["products?category=phones", ["/category"]],
  ["products?category=%00", ["/category"]],
  ["products?category=", ["/category"]],
  ["products?language=english", ["/language"]],
  ["products/7", ["/id"]],
  ["variants/iphone", ["/sku"]],
  ["variants/X/stock", ["/sku"]],
])("GET %s names what is wrong", async (path, pointers) => {
  const reply = await send("GET", path)
  expect([reply.status, codeOf(reply)]).toEqual([400, "request.invalid"])
  expect(pointersOf(reply)).toEqual(pointers)
})

test("text that PostgreSQL cannot compare is refused also where a cursor hides it", async () => {
  const cursor = cursorOf("products", { sort: "name", key: "\u0000", id: crypto.randomUUID() })
  const reply = await send("GET", `products?cursor=${cursor}`)
  expect([reply.status, codeOf(reply)]).toEqual([400, "request.text"])
})

test("a read takes no notice of query members that it does not know", async () => {
  const { status, body } = await send("GET", "products?limit=1&utm_source=mail")
  expect([status, body.items.length, body.total]).toEqual([200, 1, 161])
})

test.each(["products", "variants/IPHONE-X-RED", "variants/IPHONE-X-RED/stock"])(
  "HEAD %s answers as GET does, without the body",
  async (path) => {
    const [head, get] = [await send("HEAD", path), await send("GET", path)]
    expect([head.status, head.body]).toEqual([200, ""])
    for (const name of ["content-type", "etag", "cache-control"])
      expect([name, head.headers.get(name)]).toEqual([name, get.headers.get(name)])
  },
)

test.each<[header: string, status: number]>([
  ['"1"', 304],
  ['W/"1"', 304],
  ['"7", "1"', 304],
  ["*", 304],
  ['"2"', 200],
  ['"01"', 200],
])("If-None-Match %s is answered with %d", async (header, status) => {
  for (const path of [`products/${seedProducts[0]?.id}`, "variants/IPHONE-X-RED"]) {
    const reply = await send("GET", path, undefined, { "if-none-match": header })
    expect([reply.status, reply.headers.get("etag")]).toEqual([status, '"1"'])
    expect(reply.body === "").toBe(status === 304)
  }
})

describe("PostgreSQL that hangs", () => {
  test("is 503 within seconds, shows in the readiness alone, and is well again when it goes on", async () => {
    const pid = cloud.part("catalog").pid
    const goOn = cloud.part("postgres").holdStill()
    try {
      const started = performance.now()
      const replies = await Promise.all([send("GET", "products"), send("GET", "variants/IPHONE-X-RED/stock")])
      expect(performance.now() - started).toBeLessThan(10_000)
      for (const reply of replies) {
        expect([reply.status, codeOf(reply)]).toEqual([503, "dependency.unavailable"])
        expect(reply.headers.get("retry-after")).toBe("2")
      }
      expect((await send("GET", "health/ready")).status).toBe(503)
      expect((await send("GET", "health/live")).status).toBe(200)
    } finally {
      goOn()
    }
    await expect.poll(async () => (await send("GET", "health/ready")).status, { timeout: 10_000 }).toBe(200)
    await expect.poll(async () => (await send("GET", "products")).body.total, { timeout: 10_000 }).toBe(161)
    expect(cloud.part("catalog").pid).toBe(pid)
  })
})

test("PostgreSQL killed under load: 503 until it is back, the same process serves on", async () => {
  const pid = cloud.part("catalog").pid
  let done = false
  const statuses = new Set<number>()
  const load = Promise.all(
    Array.from({ length: 8 }, async () => {
      while (!done) statuses.add((await send("GET", "products")).status)
    }),
  )
  cloud.part("postgres").kill("SIGKILL")
  await cloud.part("postgres").whenReady()
  while ((await send("GET", "products")).status !== 200) statuses.add(503)
  done = true
  await load
  expect([...statuses].filter((status) => status !== 200 && status !== 503)).toEqual([])
  expect((await send("GET", "products")).body.total).toBe(161)
  expect(cloud.part("catalog").pid).toBe(pid)
})
