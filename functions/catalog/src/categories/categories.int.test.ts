import type { Call, Tx } from "@eshop/building-blocks/app/call"
import { newId } from "@eshop/building-blocks/ids"
import type { Category, CategoryBranch } from "@eshop/domain/catalog/category"
import { ProductChanged } from "@eshop/domain/contracts/catalog-events"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { atOnce } from "../../../../tests/fixtures/calls.ts"
import { codeOf } from "../../../../tests/fixtures/http.ts"
import { newDatabase } from "../../../../tests/fixtures/new-database.ts"
import { followCategoryChanges } from "../products/follow-category-changes.ts"
import { type CatalogOn, catalogOn } from "../testing/catalog.ts"
import { productOf } from "../testing/products.ts"

let shop: CatalogOn

beforeAll(async () => {
  shop = await catalogOn(await newDatabase("catalog"))
})
afterAll(() => shop?.store.close())

const key = () => ({ "idempotency-key": newId() })
let made = 0
async function categoryUnder(parentId?: string, more: object = {}): Promise<Category> {
  const slug = `category-${++made}`
  const content = { slug, name: { en: slug }, ...(parentId && { parentId }), ...more }
  const { status, body } = await shop.staff("POST", "categories", content, key())
  expect(status).toBe(201)
  return body
}
const move = (id: string, parentId: string | null, headers = {}) =>
  shop.staff("PATCH", `categories/${id}`, { parentId }, headers)
/** Runs the follow-up. */
const follow = () => {
  const call = {
    now: new Date(),
    newId,
    transact: <T>(work: (tx: Tx) => Promise<T>) => shop.store.unitOfWork.transaction(work),
  }
  return followCategoryChanges.handle(shop.ports)({} as never, call as Call as never) as Promise<{
    moved: number
  }>
}
const namesIn = async (category: string) =>
  (await shop.shopper("GET", `products?category=${category}`)).body.items.map(({ id }: { id: string }) => id)
const pathsTold = async (id: string) =>
  (await shop.told(id)).map(({ data }) => (data.categories as string[]).toSorted())
const branchOf = async (id: string): Promise<CategoryBranch | undefined> => {
  const find = (branches: CategoryBranch[]): CategoryBranch | undefined =>
    branches.find((branch) => branch.id === id) ??
    branches.map(({ children }) => find(children)).find((branch) => branch !== undefined)
  return find((await shop.shopper("GET", "categories")).body.items)
}

describe("a category", () => {
  test("is made with an address, shows in the tree at once, and is written down", async () => {
    const top = await categoryUnder()
    const before = await shop.shopper("GET", "categories")
    const second = await categoryUnder(top.id, { position: 2 })
    const first = await categoryUnder(top.id, { position: 1 })
    const after = await shop.shopper("GET", "categories")
    expect(after.headers.get("etag")).not.toBe(before.headers.get("etag"))
    expect(await branchOf(top.id)).toMatchObject({ children: [{ id: first.id }, { id: second.id }] })
    expect((await shop.shopper("GET", `categories/${first.id}`)).body).toEqual(first)
    const { body } = await shop.staff("GET", `audit?subject=category%20${first.id}`)
    expect(body.items).toMatchObject([{ action: "category.created", by: { id: "merchant" } }])
    const known = await shop.shopper("GET", "categories", undefined, {
      "if-none-match": after.headers.get("etag") as string,
    })
    expect(known.status).toBe(304)
  })

  test("is renamed and placed by whoever saw its last version", async () => {
    const { id, version } = await categoryUnder()
    const patch = { name: { de: "Handys" }, slug: `renamed-${id}`, position: 7 }
    const replies = await atOnce(4, () =>
      shop.staff("PATCH", `categories/${id}`, patch, { "if-match": `"${version}"` }),
    )
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412])
    const { body } = await shop.shopper("GET", `categories/${id}`)
    expect(body).toMatchObject({ ...patch, name: { de: "Handys", en: expect.any(String) }, version: 2 })
  })

  test("has a slug of its own, also when several want it at once", async () => {
    const slug = `wanted-${newId()}`
    const replies = await atOnce(6, () =>
      shop.staff("POST", "categories", { slug, name: { en: slug } }, key()),
    )
    expect(replies.map(({ status }) => status).sort()).toEqual([201, ...Array(5).fill(409)])
    const other = await categoryUnder()
    const reply = await shop.staff("PATCH", `categories/${other.id}`, { slug })
    expect([reply.status, codeOf(reply), reply.body.slug]).toEqual([409, "category.slug-taken", slug])
    expect((await shop.shopper("GET", `categories/${other.id}`)).body).toEqual(other)
  })

  test.each<[patch: object, status: number, code: string]>([
    [{ name: { en: null } }, 422, "category.invalid"],
    [{ parentId: "018f0000-0000-7000-8000-00000000dead" }, 422, "category.parent-unknown"],
    [{ parentId: "top" }, 400, "request.invalid"],
    [{ version: 3 }, 400, "request.invalid"],
  ])("patched with %j is answered with %d %s and stays as it was", async (patch, status, code) => {
    const category = await categoryUnder()
    const reply = await shop.staff("PATCH", `categories/${category.id}`, patch)
    expect([reply.status, codeOf(reply)]).toEqual([status, code])
    expect((await shop.shopper("GET", `categories/${category.id}`)).body).toEqual(category)
  })

  test("is deleted when nothing is in it", async () => {
    const top = await categoryUnder()
    const child = await categoryUnder(top.id)
    const product = await shop.add(productOf({ categories: [child.id] }))
    const refused = async (id: string) => {
      const reply = await shop.staff("DELETE", `categories/${id}`)
      return [reply.status, codeOf(reply), reply.body.categories, reply.body.products]
    }
    expect(await refused(top.id)).toEqual([409, "category.not-empty", 1, 0])
    expect(await refused(child.id)).toEqual([409, "category.not-empty", 0, 1])
    await shop.staff("PATCH", `products/${product.id}`, { categories: [] })
    expect((await shop.staff("DELETE", `categories/${child.id}`)).status).toBe(204)
    expect((await shop.staff("DELETE", `categories/${top.id}`)).status).toBe(204)
    expect((await shop.staff("DELETE", `categories/${top.id}`)).status).toBe(404)
    expect(await branchOf(top.id)).toBeUndefined()
  })

  test("that is deleted while products are put into it is either gone or has them", async () => {
    for (let round = 0; round < 10; round++) {
      const category = await categoryUnder()
      const product = await shop.add(productOf())
      const [put, removed] = await Promise.all([
        shop.staff("PATCH", `products/${product.id}`, { categories: [category.id] }),
        shop.staff("DELETE", `categories/${category.id}`),
      ])
      expect([
        [200, 409],
        [422, 204],
      ]).toContainEqual([put.status, removed.status])
    }
  })

  test("is written by the role alone", async () => {
    const category = await categoryUnder()
    const shopper = shop.app.as({ kind: "customer", id: "mehmet", roles: [] })
    for (const [method, path, body] of [
      ["POST", "categories", { slug: "mine", name: { en: "Mine" } }],
      ["PATCH", `categories/${category.id}`, { position: 3 }],
      ["DELETE", `categories/${category.id}`],
    ] as const) {
      expect((await shopper(method, path, body, key())).status).toBe(403)
      expect((await shop.shopper(method, path, body, key())).status).toBe(401)
    }
    expect((await shop.shopper("GET", `categories/${category.id}`)).body).toEqual(category)
  })
})

describe("moves", () => {
  test("two that together would make a cycle: exactly one is done, every time", async () => {
    for (let round = 0; round < 25; round++) {
      const [a, b] = [await categoryUnder(), await categoryUnder()]
      const replies = await Promise.all([move(a.id, b.id), move(b.id, a.id)])
      expect(replies.map(({ status }) => status).sort()).toEqual([200, 409])
      const refused = replies.find(({ status }) => status === 409) as (typeof replies)[number]
      expect(codeOf(refused)).toBe("category.cycle")
    }
  })

  test("in a ring of 8 at once, each under the next: all but one are done", async () => {
    const ring: Category[] = []
    for (let index = 0; index < 8; index++) ring.push(await categoryUnder())
    const replies = await Promise.all(
      ring.map(({ id }, index) => move(id, ring[(index + 1) % ring.length]?.id as string)),
    )
    expect(replies.map(({ status }) => status).sort()).toEqual([...Array(7).fill(200), 409])
  })

  test("take the products along: each is told once, and is found where it lies now and no more where it lay", async () => {
    const [from, to] = [await categoryUnder(), await categoryUnder()]
    const moved = await categoryUnder(from.id)
    const child = await categoryUnder(moved.id)
    const [inside, both, beside] = [
      await shop.add(productOf({ categories: [child.id] })),
      await shop.add(productOf({ categories: [child.id, from.id] })),
      await shop.add(productOf({ categories: [from.id] })),
    ]
    expect((await move(moved.id, to.id)).status).toBe(200)
    expect(await follow()).toEqual({ moved: 2 })
    expect(await follow()).toEqual({ moved: 0 })
    const sorted = (...ids: string[]) => ids.toSorted()
    expect(await pathsTold(inside.id)).toEqual([sorted(child.id, moved.id, to.id)])
    expect(await pathsTold(both.id)).toEqual([sorted(child.id, moved.id, to.id, from.id)])
    expect(await pathsTold(beside.id)).toEqual([])
    expect(await namesIn(from.id)).toEqual([both.id, beside.id].sort())
    expect(await namesIn(to.id)).toEqual([inside.id, both.id].sort())
    expect((await shop.shopper("GET", `products/${inside.id}`)).body.version).toBe(2)
  })

  test("of many products go in chunks, with several processes, each product once", async () => {
    const [from, to] = [await categoryUnder(), await categoryUnder()]
    const moved = await categoryUnder(from.id)
    const products = Array.from({ length: 350 }, () => productOf({ categories: [moved.id] }))
    await shop.store.unitOfWork.transaction((tx) => shop.ports.products.addMissing(tx, products, 0))
    await move(moved.id, to.id)
    const [first, second] = await Promise.all([follow(), follow()])
    // One may have found the change in the other's hands; nothing is left for a third.
    expect(first.moved + second.moved + (await follow()).moved).toBe(350)
    const { rows } = await shop.store.pool.query(
      "SELECT count(*) FROM outbox WHERE event->>'type' = $1 AND (event->'data'->'categories')::jsonb @> $2",
      [ProductChanged.type, JSON.stringify([moved.id])],
    )
    expect(rows[0].count).toBe(350)
  })

  test("while products change and move themselves: every product ends where its categories lie", async () => {
    const parents = [await categoryUnder(), await categoryUnder(), await categoryUnder()]
    const moved = await categoryUnder(parents[0]?.id)
    const products = await Promise.all(
      Array.from({ length: 20 }, () => shop.add(productOf({ categories: [moved.id] }))),
    )
    await Promise.all([
      ...[1, 2, 0, 1].map((index) => move(moved.id, parents[index]?.id as string)),
      ...products.map(({ id }, index) =>
        shop.staff("PATCH", `products/${id}`, {
          brand: `Brand ${index}`,
          categories: [moved.id, ...(index % 2 ? [parents[0]?.id as string] : [])],
        }),
      ),
      follow(),
    ])
    await follow()
    const { body } = await shop.shopper("GET", `categories/${moved.id}`)
    for (const [index, { id }] of products.entries()) {
      const events = await shop.told(id)
      expect(events.map(({ data }) => data.version)).toEqual(events.map((_, at) => at + 2))
      const expected = new Set([moved.id, body.parentId, ...(index % 2 ? [parents[0]?.id] : [])])
      expect((await pathsTold(id)).at(-1)).toEqual([...expected].sort())
    }
  })
})
