import { mkdtemp, readdir, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { prerender, type Run } from "./prerender.ts"
import type { Prerendered } from "./renderer.ts"
import { sitemaps } from "./sitemap.ts"

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "prerender-"))
})
afterEach(() => rm(directory, { recursive: true }))

const pageOf = (id: string, slug: string, html = `page of ${slug}`): Prerendered => ({
  id,
  pages: [{ address: `/products/${slug}`, html, isListed: true }],
})

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  for (const item of items) {
    if (item instanceof Error) throw item
    yield item
  }
}

/** A run over these products, on a day. */
const run = (products: readonly (Prerendered | Error)[], day = "2026-01-01"): Run => ({
  renderer: {
    products: () => each(products) as AsyncGenerator<Prerendered>,
    categories: () => each([]),
    movedPages: async (left, { pages: [to] }) =>
      left.map((address) => ({ address, html: `moved to ${to?.address}`, isListed: false })),
  },
  frame: { template: "", site: "https://shop.example" },
  directory,
  state: join(directory, ".state"),
  now: new Date(`${day}T10:00:00Z`),
})

const contentOf = (path: string) => readFile(join(directory, path), "utf8")
const productFiles = async () => (await readdir(join(directory, "products"))).toSorted()

describe("prerender", () => {
  it("writes what is new or has changed, and nothing else", async () => {
    const first = await prerender(run([pageOf("1", "a"), pageOf("2", "b")]))
    expect(first).toEqual({ written: 2, unchanged: 0, removed: [] })
    const second = await prerender(
      run([pageOf("1", "a"), pageOf("2", "b", "another price"), pageOf("3", "c")], "2026-01-02"),
    )
    expect(second).toEqual({ written: 2, unchanged: 1, removed: [] })
    expect(await contentOf("products/b.html")).toBe("another price")
    expect(await contentOf("sitemap-products-1.xml")).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
  <url><loc>https://shop.example/products/a</loc><lastmod>2026-01-01</lastmod></url>
  <url><loc>https://shop.example/products/b</loc><lastmod>2026-01-02</lastmod></url>
  <url><loc>https://shop.example/products/c</loc><lastmod>2026-01-02</lastmod></url>
</urlset>
`)
    expect(await contentOf("robots.txt")).toContain("Sitemap: https://shop.example/sitemap.xml")
  })

  it("leads on from each address that a page had, for as long as the page is there", async () => {
    await prerender(run([pageOf("1", "old")]))
    await prerender(run([pageOf("1", "newer")]))
    expect(await prerender(run([pageOf("1", "newest")]))).toEqual({ written: 3, unchanged: 0, removed: [] })
    expect(await contentOf("products/old.html")).toBe("moved to /products/newest")
    expect(await contentOf("products/newer.html")).toBe("moved to /products/newest")
    expect(await contentOf("sitemap-products-1.xml")).not.toMatch(/old|newer</)
    const gone = await prerender(run([]))
    expect(gone.removed.toSorted()).toEqual(["/products/newer", "/products/newest", "/products/old"])
    expect(await productFiles()).toEqual([])
    expect(await contentOf(".state/removed.txt")).toBe(gone.removed.map((address) => `${address}\n`).join(""))
  })

  it("takes an address back that a page had left", async () => {
    await prerender(run([pageOf("1", "a")]))
    await prerender(run([pageOf("1", "b")]))
    await prerender(run([pageOf("1", "a")]))
    expect([await contentOf("products/a.html"), await contentOf("products/b.html")]).toEqual([
      ...["page of a", "moved to /products/a"],
    ])
  })

  it("keeps what was there when the shop goes away half-way, and makes it good afterwards", async () => {
    await prerender(run([pageOf("1", "a"), pageOf("2", "b")]))
    await expect(prerender(run([pageOf("1", "a", "changed"), new Error("away")]))).rejects.toThrow("away")
    expect(await productFiles()).toEqual(["a.html", "b.html"])
    expect((await readdir(join(directory, ".state"))).toSorted()).toEqual([
      ...["categories.ndjson", "products.ndjson", "removed.txt"],
    ])
    expect(await prerender(run([pageOf("1", "a", "changed")]))).toEqual({
      ...{ written: 1, unchanged: 0, removed: ["/products/b"] },
    })
  })

  it.each(["../secret", "a/../../b", "A", "a.b", ""])(
    "writes nowhere but into its directory: %j",
    async (slug) => {
      await expect(prerender(run([pageOf("1", slug)]))).rejects.toThrow("is no page's address")
      expect(await productFiles()).toEqual([])
    },
  )
})

it("begins another sitemap where one is full", async () => {
  const maps = sitemaps(directory, "https://shop.example", 2)
  for (const [kind, address] of [
    ...[1, 2, 3, 4, 5].map((number) => ["products", `/products/${number}`]),
    ["categories", "/categories/1"],
  ])
    await maps.add(kind as string, address as string, "2026-01-01")
  const files = ["products-1", "products-2", "products-3", "categories-1"].map(
    (name) => `sitemap-${name}.xml`,
  )
  expect(await maps.finish()).toEqual(["sitemap.xml", ...files])
  expect(
    [...(await contentOf("sitemap.xml")).matchAll(/<loc>https:\/\/shop\.example\/(.*?)</g)].map(
      ([, name]) => name,
    ),
  ).toEqual(files)
  expect((await contentOf("sitemap-products-3.xml")).match(/<url>/g)).toHaveLength(1)
})
