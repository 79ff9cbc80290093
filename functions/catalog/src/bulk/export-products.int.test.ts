import { newId } from "@eshop/building-blocks/ids"
import { usd } from "@eshop/domain/kernel/money"
import { afterAll, beforeAll, expect, test } from "vitest"
import { newDatabase } from "../../../../tests/fixtures/new-database.ts"
import { type CatalogOn, catalogOn, PRICE } from "../testing/catalog.ts"
import { importsTo } from "../testing/imports.ts"
import { productOf, variantOf } from "../testing/products.ts"

let shop: CatalogOn
let imports: ReturnType<typeof importsTo>

beforeAll(async () => {
  shop = await catalogOn(await newDatabase("catalog"))
  imports = importsTo(shop)
  for (let count = 0; count < 25; count++) await shop.add(productOf())
  await shop.add(
    productOf({
      ...{
        status: "discontinued",
        featured: true,
        brand: "Acme",
        attributes: { weight: 1.5, tags: ["a", "b"] },
      },
      name: { en: "A phone", de: "Ein Telefon" },
      images: [{ url: "/catalog/images/a.svg", width: 10, height: 10, alt: { en: "A" } }],
      variants: [
        variantOf("RICH-1", { gtin: "4006381333931", image: "/catalog/images/a.svg", backorder: true }),
        variantOf("RICH-2", { quantity: { min: 2, max: 10, step: 2 } }),
      ],
    }),
  )
  const draft = productOf({ status: "draft" })
  await shop.add(draft, {
    ...PRICE,
    validFrom: "2020-01-01T00:00:00.000Z",
    validUntil: "2020-02-01T00:00:00.000Z",
  })
  const { body } = await imports.send(
    ...(["POST", "categories", { slug: "phones", name: { en: "Phones" }, position: 0 }] as const),
    { "idempotency-key": newId() },
  )
  await imports.send(
    "PATCH",
    `products/${draft.id}`,
    { categories: [body.id] },
    {
      "content-type": "application/merge-patch+json",
    },
  )
})
afterAll(() => shop?.store.close())

test("what is exported and imported again changes nothing", async () => {
  const { lines } = await imports.exportAll()
  const before = await imports.traces()
  expect(await imports.take(lines)).toEqual(lines.map(() => "unchanged"))
  expect(await imports.traces()).toEqual(before)
})

test("what is exported makes the same shop of an empty one", async () => {
  const { lines } = await imports.exportAll()
  const empty = await catalogOn(await newDatabase("catalog"))
  try {
    const there = importsTo(empty)
    await there.send(
      ...(["POST", "categories", { slug: "phones", name: { en: "Phones" }, position: 0 }] as const),
      { "idempotency-key": newId() },
    )
    const outcomes = await there.take(lines)
    // A price that is over is not set anew.
    expect(outcomes.filter((outcome) => !["created", "changed", "unchanged"].includes(outcome))).toEqual([
      "price.over",
    ])
    const copy = (await there.exportAll()).lines
    expect(copy).toEqual(lines.filter((line) => !JSON.stringify(line).includes("2020-02-01")))
  } finally {
    await empty.store.close()
  }
})

test("pages come by a link, each product on one of them, also when products change and come meanwhile", async () => {
  const ids = async (limit: number, meanwhile = async () => {}) => {
    const seen: string[] = []
    for (let path = `export?limit=${limit}`; path; ) {
      const { body, headers } = await imports.send("GET", path)
      const products = body.split("\n").filter((line: string) => line.startsWith('{"product"'))
      seen.push(...products.map((line: string) => JSON.parse(line).product.id))
      const link = headers.get("link")
      path = link ? `export${link.slice(1, link.indexOf(">"))}` : ""
      await meanwhile()
    }
    return seen
  }
  const all = await ids(1_000)
  expect([all.length, all]).toEqual([27, all.toSorted()])
  expect(await ids(4)).toEqual(all)
  const added: string[] = []
  const seen = await ids(4, async () => {
    await shop.staff(
      "PATCH",
      `products/${all[0]}`,
      { brand: newId() },
      {
        "content-type": "application/merge-patch+json",
      },
    )
    if (added.length < 3) added.push((await shop.add(productOf())).id)
  })
  expect(seen).toEqual([...all, ...added])
})

test("stock is shown to who keeps it alone; nobody else exports at all", async () => {
  const kinds = (lines: Record<string, unknown>[]) => [...new Set(lines.flatMap(Object.keys))].sort()
  expect(kinds((await imports.exportAll()).lines)).toEqual(["prices", "product", "status", "stock"])
  expect(kinds((await imports.exportAll(100, shop.staff)).lines)).toEqual(["prices", "product", "status"])
  expect((await shop.shopper("GET", "export")).status).toBe(401)
})

test("the feed has what is published and sold, page by page, for anybody to keep a while", async () => {
  const reduced = productOf({ variants: [variantOf("FEED-1"), variantOf("FEED-2", { backorder: true })] })
  await shop.add(reduced, PRICE, 0)
  const sale = {
    ...PRICE,
    unitPrice: usd(8_00),
    validFrom: "2026-01-01T00:00:00.000Z",
    validUntil: "2199-01-01T00:00:00.000Z",
  }
  expect(await imports.take([{ prices: { sku: "FEED-1", prices: [PRICE, sale] } }])).toEqual(["changed"])
  const items: Record<string, unknown>[] = []
  let path = "feed?site=https://shop.example&limit=10"
  for (let pages = 1; path; pages++) {
    const { status, headers, body } = await shop.shopper("GET", path)
    expect([status, headers.get("content-type"), headers.get("cache-control")]).toEqual([
      ...[200, "application/x-ndjson", "public, max-age=300"],
    ])
    items.push(
      ...body
        .trimEnd()
        .split("\n")
        .map((line: string) => JSON.parse(line)),
    )
    const link = headers.get("link")
    path = link ? `feed${link.slice(1, link.indexOf(">"))}` : ""
    expect(pages).toBeLessThan(5)
  }
  expect(items).toHaveLength(30)
  expect(items.filter(({ item_group_id }) => item_group_id === reduced.id)).toMatchObject([
    {
      id: "FEED-1",
      availability: "out_of_stock",
      price: "10.00 USD",
      sale_price: "8.00 USD",
      sale_price_effective_date: "2026-01-01T00:00:00.000Z/2199-01-01T00:00:00.000Z",
      link: `https://shop.example/products/${reduced.slug}?sku=FEED-1`,
    },
    { id: "FEED-2", availability: "backorder", price: "10.00 USD" },
  ])
  for (const site of ["javascript:alert(1)", "https://a.example/path", "https://a b"])
    expect((await shop.shopper("GET", `feed?site=${encodeURIComponent(site)}`)).status).toBe(400)
})

test("who builds pages of all products gets them whole, with what can be ordered, but nothing unpublished", async () => {
  const stocked = productOf({ variants: [variantOf("WHOLE-1"), variantOf("WHOLE-2", { backorder: true })] })
  await shop.add(stocked, PRICE, 3)
  await shop.add(productOf({ variants: [variantOf("WHOLE-3")] }), PRICE, 4711)
  const found: { product: { id: string; status: string }; units: Record<string, number> }[] = []
  for (let path = "published-products?limit=10"; path; ) {
    const { status, headers, body } = await shop.shopper("GET", path)
    expect([status, headers.get("cache-control")]).toEqual([200, "public, max-age=60"])
    // The last page may be empty.
    const lines: string[] = (body ?? "").split("\n").filter((line: string) => line !== "")
    found.push(...lines.map((line) => JSON.parse(line)))
    const link = headers.get("link")
    path = link ? `published-products${link.slice(1, link.indexOf(">"))}` : ""
  }
  const ids = found.map(({ product }) => product.id)
  expect(ids).toEqual(ids.toSorted())
  expect([...new Set(found.map(({ product }) => product.status))]).toEqual(["published"])
  const whole = found.find(({ product }) => product.id === stocked.id)
  expect(whole?.units).toEqual({ "WHOLE-1": 3, "WHOLE-2": 3 })
  // How much there is of what there is plenty of is nobody's business.
  expect(found.flatMap(({ units }) => Object.entries(units)).filter(([sku]) => sku === "WHOLE-3")).toEqual([
    ["WHOLE-3", 100],
  ])
  const { body } = await shop.shopper("GET", `products/${stocked.id}`)
  expect(whole?.product).toEqual(body)
})
