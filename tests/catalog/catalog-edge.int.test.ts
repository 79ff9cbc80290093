import { seedProducts } from "@eshop/domain/seed"
import type { Cloud } from "@eshop/local-cloud/cloud"
import pg from "pg"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { clientOf, codeOf, pointersOf, type Send } from "../fixtures/http.ts"
import { startParts } from "../fixtures/local-parts.ts"

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

const names = seedProducts.map(({ name }) => name).sort()
const cursorOf = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url")

describe("products", () => {
  test("are listed by name, all of them, with their number", async () => {
    const { status, body } = await send("GET", "products")
    expect(status).toBe(200)
    expect(body.items.map(({ name }: { name: string }) => name)).toEqual(names)
    expect([body.total, body.nextCursor]).toEqual([7, null])
  })

  test("come page by page, none twice, none left out", async () => {
    const seen: string[] = []
    let cursor = ""
    for (let page = 0; page < 4; page++) {
      const { body } = await send("GET", `products?limit=2${cursor && `&cursor=${cursor}`}`)
      expect(body.items).toHaveLength(page < 3 ? 2 : 1)
      seen.push(...body.items.map(({ name }: { name: string }) => name))
      cursor = body.nextCursor
    }
    expect(cursor).toBeNull()
    expect(seen).toEqual(names)
  })

  test("can be those of one category", async () => {
    const { body } = await send("GET", "products?category=White%20Appliances")
    expect(body.items.map(({ name }: { name: string }) => name)).toEqual(["Huawei Plus", "Xiaomi Mi 9"])
    expect(body.total).toBe(2)
    expect((await send("GET", "products?category=None")).body).toEqual({
      items: [],
      total: 0,
      nextCursor: null,
    })
  })

  test("have an address of their own, an ETag and a stock", async () => {
    const { id } = seedProducts[0] as { id: string }
    const { headers, body } = await send("GET", `products/${id}`)
    expect(headers.get("etag")).toBe('"1"')
    expect(body).toMatchObject({ id, name: "IPhone X", price: { amount: 950_00, currency: "USD" } })
    expect((await send("GET", `products/${id}/stock`)).body).toEqual({
      productId: id,
      onHand: 1_000,
      reserved: 0,
      available: 1_000,
    })
  })

  test.each(["", "/stock"])("that are not there are 404 (products/{id}%s)", async (below) => {
    const reply = await send("GET", `products/${crypto.randomUUID()}${below}`)
    expect([reply.status, codeOf(reply)]).toEqual([404, "product.unknown"])
  })
})

test.each<[path: string, pointers: string[]]>([
  ["products?limit=0", ["/limit"]],
  ["products?limit=101", ["/limit"]],
  ["products?limit=ten", ["/limit"]],
  ["products?pageNumber=1", ["/pageNumber"]],
  ["products?cursor=abc", ["/cursor"]],
  [`products?cursor=${cursorOf({ name: "x", id: "y" })}`, ["/cursor"]],
  [`products?category=${"x".repeat(101)}`, ["/category"]],
  ["products?category=%00", ["/category"]],
  ["products?category=", ["/category"]],
  ["products/7", ["/id"]],
  ["products/7/stock", ["/id"]],
])("GET %s names what is wrong", async (path, pointers) => {
  const reply = await send("GET", path)
  expect([reply.status, codeOf(reply)]).toEqual([400, "request.invalid"])
  expect(pointersOf(reply)).toEqual(pointers)
})

test("text that PostgreSQL cannot compare is refused also where a cursor hides it", async () => {
  const reply = await send("GET", `products?cursor=${cursorOf({ name: "\u0000", id: crypto.randomUUID() })}`)
  expect([reply.status, codeOf(reply)]).toEqual([400, "request.text"])
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
  expect((await send("GET", "products")).body.total).toBe(7)
  expect(cloud.part("catalog").pid).toBe(pid)
})
