import "./globals.ts"
import { beforeAll, describe, expect, it } from "vitest"
import type { Product } from "../catalog/catalog.ts"
import { escapeHtml, jsonForScript } from "./escape.ts"
import { excerpt } from "./pages.ts"
import { productPages } from "./product-pages.ts"

const template = `<!doctype html>
<html lang="en">
  <head>
    <meta name="description" content="An online shop." />
    <title>eShop</title>
    <script type="module" src="/assets/index-abc.js"></script>
  </head>
  <body>
    <div id="shop"></div>
    <noscript>This shop needs JavaScript.</noscript>
  </body>
</html>
`
const frame = { template, site: "https://shop.example" }
const attack = `</script><script>alert("1")</script><!--`
const money = (amount: number) => ({ amount, currency: "USD" as const })

const product: Product = {
  id: "0198c0de-0000-7000-8000-000000000001",
  slug: "lamp",
  name: { en: `Lamp ${attack}`, de: "Lampe" },
  description: { en: `"Bright" ${attack} ${"and warm ".repeat(40)}` },
  brand: attack,
  categories: ["c1"],
  featured: false,
  attributes: { material: attack },
  images: [{ url: "/catalog/images/lamp.svg", width: 600, height: 400, alt: { en: attack } }],
  status: "published",
  updatedAt: "2026-01-01T00:00:00.000Z",
  version: 1,
  variants: [
    {
      sku: "LAMP-1",
      options: { colour: attack },
      quantity: { min: 1, step: 1 },
      backorder: false,
      price: money(12_50),
      prices: [],
    },
    {
      sku: "LAMP-2",
      options: { colour: "Red" },
      quantity: { min: 1, step: 1 },
      backorder: true,
      price: money(9_00),
      prices: [],
    },
    { sku: "LAMP-3", options: {}, quantity: { min: 1, step: 1 }, backorder: false, prices: [] },
  ],
}
const trail = [{ id: "c1", slug: "lamps", name: { en: `Lamps ${attack}` } }]

const pagesOf = async (units: Record<string, number> = { "LAMP-1": 4711 }) =>
  (await productPages({ product, units, trail }, frame)).pages
const dataIn = (html: string) =>
  [...html.matchAll(/<script type="application\/ld\+json">(.*?)<\/script>/g)].map(([, json = ""]) =>
    JSON.parse(json),
  )

// The pages' modules are many, and loaded when the first is rendered.
beforeAll(() => pagesOf(), 120_000)

describe("what a merchant wrote", () => {
  it("is text wherever it stands, and runs nowhere", async () => {
    for (const { html } of await pagesOf()) {
      // The build's own script, two of data in the head, one behind the content.
      expect(html.match(/<script\b/g)).toHaveLength(4)
      expect(html.match(/<script(?! type="(module|application\/ld\+json|application\/json)")/g)).toBeNull()
      expect(html).not.toContain("alert(&quot;1&quot;)</script>")
      expect(html.match(/<!--(?!\$-->|\/\$-->| -->)/g)).toBeNull()
      expect(html).not.toMatch(/ style="/)
    }
  })

  it("is the same again once it is read", () => {
    expect(JSON.parse(jsonForScript({ name: attack }))).toEqual({ name: attack })
    expect(jsonForScript(attack)).not.toContain("<")
    expect(escapeHtml(`<a b="c" d='e'>&`)).toBe("&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;")
  })
})

describe("a product's page", () => {
  it("tells search engines what it is, what it costs and whether it is there", async () => {
    const [english] = await pagesOf()
    const [data, crumbs] = dataIn(english?.html ?? "")
    expect(data).toEqual({
      "@context": "https://schema.org",
      "@type": "Product",
      name: product.name.en,
      url: "https://shop.example/products/lamp",
      description: product.description.en,
      image: ["https://shop.example/catalog/images/lamp.svg"],
      brand: { "@type": "Brand", name: attack },
      offers: [
        ["LAMP-1", "12.50", "InStock"],
        ["LAMP-2", "9.00", "BackOrder"],
      ].map(([sku, price, availability]) => ({
        "@type": "Offer",
        sku,
        url: `https://shop.example/products/lamp?sku=${sku}`,
        price,
        priceCurrency: "USD",
        availability: `https://schema.org/${availability}`,
        itemCondition: "https://schema.org/NewCondition",
      })),
    })
    expect(crumbs.itemListElement.map(({ item }: { item: string }) => item)).toEqual([
      "https://shop.example/categories/lamps",
      "https://shop.example/products/lamp",
    ])
    expect(dataIn((await pagesOf({})).at(0)?.html ?? "")[0].offers[0].availability).toBe(
      "https://schema.org/OutOfStock",
    )
  })

  it("is there in each language, and names itself and the others", async () => {
    const [english, german] = await pagesOf()
    expect([english?.address, german?.address]).toEqual(["/products/lamp", "/de/products/lamp"])
    const alternates = [
      `<link rel="alternate" hreflang="en" href="https://shop.example/products/lamp" />`,
      `<link rel="alternate" hreflang="de" href="https://shop.example/de/products/lamp" />`,
      `<link rel="alternate" hreflang="x-default" href="https://shop.example/products/lamp" />`,
    ].join("\n    ")
    for (const page of [english, german]) expect(page?.html).toContain(alternates)
    expect(german?.html).toContain(`<html lang="de">`)
    expect(german?.html).toContain(`<title>Lampe · eShop</title>`)
    expect(german?.html).toContain(`<link rel="canonical" href="https://shop.example/de/products/lamp" />`)
    expect(german?.html).toContain("In den Warenkorb")
    expect(german?.html).toContain(`href="/de/categories/lamps"`)
  })

  it("is a copy where its texts are not there in a language", async () => {
    const { de: _, ...name } = product.name
    const { pages } = await productPages({ product: { ...product, name }, units: {}, trail }, frame)
    expect(pages.map(({ isListed }) => isListed)).toEqual([true, false])
    expect(pages[1]?.html).toContain(`<link rel="canonical" href="https://shop.example/products/lamp" />`)
    expect(pages[1]?.html).not.toContain("hreflang")
  })

  it("shows its content without a script, pictures with their size and words", async () => {
    const [english] = await pagesOf()
    expect(english?.html).toContain("$12.50")
    expect(english?.html).toContain("In stock")
    expect(english?.html).toMatch(
      /<img class="picture" src="\/catalog\/images\/lamp\.svg" alt="&lt;\/script&gt;[^"]*" width="600" height="600"/,
    )
    expect(english?.html).toContain("<noscript>Prices and stock are those of the time")
  })

  it("stays the same while there is plenty of it", async () => {
    expect(await pagesOf({ "LAMP-1": 4711 })).toEqual(await pagesOf({ "LAMP-1": 42 }))
    expect(await pagesOf({ "LAMP-1": 4711 })).not.toEqual(await pagesOf({ "LAMP-1": 3 }))
  })
})

it("says so when the build's page has not what it puts its content into", async () => {
  await expect(
    productPages({ product, units: {}, trail }, { ...frame, template: "<html></html>" }),
  ).rejects.toThrow("the built page has nothing like")
})

it("cuts a description at a word's end", () => {
  expect(excerpt("Short,\n and  sweet.")).toBe("Short, and sweet.")
  expect(excerpt("word ".repeat(50))).toBe(`${"word ".repeat(32).trimEnd()} …`)
})
