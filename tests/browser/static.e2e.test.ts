// biome-ignore-all lint/correctness/noEmptyPattern: Vitest reads from the pattern what a fixture needs.
// The prerendered pages in a real browser: what there is without a script, and how the script takes them over.
import { randomUUID } from "node:crypto"
import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { pagesIn } from "@eshop/local-cloud/parts/edge"
import type { BrowserContext, BrowserContextOptions, Page } from "playwright-core"
import { expect } from "vitest"
import { type RunningShop, runShop } from "../e2e/running-shop.ts"
import { violationsOn } from "./axe.ts"
import { newVisitor, openTab } from "./browser.ts"
import { describeInBrowser, it as onShop } from "./browser-test.ts"
import { prerenderPages } from "./prerender.ts"

/** A product whose merchant means no good. */
const attack = "</script><script>document.title = 'broken in'</script>"
const evil = {
  slug: "evil-lamp",
  name: { en: `Lamp ${attack}` },
  description: { en: `<img src=x onerror="document.title = 'broken in'">` },
  categories: [],
  attributes: {},
  images: [],
  variants: [{ sku: "EVIL-LAMP", options: {}, quantity: { min: 1, step: 1 }, backorder: false }],
}

/** Notes in the page how much has moved without anybody's doing (Cumulative Layout Shift). */
const watchShifts = `
  globalThis.shifted = 0
  new PerformanceObserver((list) => {
    for (const { value } of list.getEntries()) globalThis.shifted += value
  }).observe({ type: "layout-shift", buffered: true })`
const shiftedOn = (page: Page) => page.evaluate(() => (globalThis as unknown as { shifted: number }).shifted)

/** A merchant's call of the catalogue. */
async function merchant({ shop }: RunningShop, method: string, path: string, body?: unknown) {
  const token = await shop.roleToken("catalog.write")
  const answer = await shop.send<{ id: string }>(token, method, `/catalog/${path}`, {
    ...(body !== undefined && { body }),
    headers: { "idempotency-key": randomUUID() },
  })
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`)
  return answer.body
}

const prerender = ({ cloud }: RunningShop) =>
  prerenderPages(cloud.connections.gateway, pagesIn(cloud.dataDir))

/** A shop of their own, whose pages are written: the others serve none. */
const it = onShop
  .extend("written", { scope: "file" }, async ({}, { onCleanup }) => {
    const shop = await runShop()
    onCleanup(() => shop.stop())
    const { id } = await merchant(shop, "POST", "products", evil)
    const price = { amount: 12_50, currency: "USD" }
    await merchant(shop, "PUT", "variants/EVIL-LAMP/prices", {
      prices: [{ unitPrice: price, minQuantity: 1, taxCategory: "standard", includesTax: true }],
    })
    await merchant(shop, "PATCH", `products/${id}`, { status: "published" })
    expect(await prerender(shop)).toMatch(/^456 pages written, 0 unchanged, 0 removed/)
    return { shop, id }
  })
  .extend("visit", ({ written, browser, complaints }, { onCleanup }) => {
    const contexts: BrowserContext[] = []
    onCleanup(async () => {
      for (const context of contexts) await context.close()
    })
    return async (path: string, options: BrowserContextOptions = {}, script = "") => {
      const { gateway } = written.shop.cloud.connections
      const context = await newVisitor(browser, gateway, complaints, options)
      contexts.push(context)
      await context.addInitScript({ content: script })
      return openTab(context, path)
    }
  })

describeInBrowser("prerendered pages in a browser", () => {
  it("shows products and categories to whoever has no script", async ({ visit }) => {
    const page = await visit("/products/iphone-x", { javaScriptEnabled: false })
    expect(await page.title()).toBe("IPhone X · eShop")
    for (const text of ["$950.00", "Taxes included, shipping is added", "In stock"])
      await page.getByText(text).first().waitFor()
    const note = page.locator("noscript")
    expect([await note.isVisible(), await note.textContent()]).toEqual([
      ...[
        true,
        expect.stringContaining("Prices and stock are those of the time when this page was written."),
      ],
    ])
    expect(await page.getByRole("img", { name: "IPhone X, black" }).getAttribute("width")).toBe("600")
    await page.getByRole("link", { name: "Smartphones" }).click()
    expect(await page.title()).toBe("Smartphones · eShop")
    // Room is kept for every picture, and only those that are seen first are loaded at once.
    expect(await page.locator("main img").count()).toBe(10)
    expect(await page.locator("main img:not([width][height][alt])").count()).toBe(0)
    expect(await page.locator("main img[loading=lazy]").count()).toBe(6)
    await page.getByRole("link", { name: /Nimbus Aero 5 Pro/ }).click()
    await page.getByRole("heading", { name: "Nimbus Aero 5 Pro Smartphone" }).waitFor()
  })

  it.for([
    ["/products/iphone-x", 1280],
    ["/categories/smartphones", 1280],
    ["/categories/smartphones", 400],
    ["/de/products/nimbus-aero-5-smartphone", 400],
  ] as const)(
    "takes over %s at %d pixels: nothing moves, nothing is complained of",
    async ([path, width], { visit }) => {
      const page = await visit(path, { viewport: { width, height: 860 } }, watchShifts)
      await page.locator("#shop:not(.prerendered) main h1").waitFor()
      await page.waitForLoadState("networkidle")
      expect(await shiftedOn(page)).toBe(0)
      expect(await violationsOn(page)).toEqual([])
    },
  )

  it("is in the language of its address, whatever the browser's is", async ({ visit }) => {
    const page = await visit("/de/categories/smartphones")
    await page.locator("#shop:not(.prerendered)").getByText("10 Produkte").waitFor()
    expect(await page.locator("html").getAttribute("lang")).toBe("de")
    await page.getByRole("link", { name: /Nimbus Aero 5 Pro/ }).click()
    await page.waitForURL("**/de/products/nimbus-aero-5-pro-smartphone")
    await page.getByLabel("Sprache").selectOption("en")
    await page.waitForURL(/:\d+\/products\/nimbus-aero-5-pro-smartphone$/)
    await page.getByRole("button", { name: "Add to cart" }).waitFor()
  })

  it("runs nothing that a merchant wrote, with and without its own script", async ({ visit }) => {
    const page = await visit("/products/evil-lamp")
    await page.locator("#shop:not(.prerendered)").getByText("onerror").waitFor()
    expect(await page.title()).toBe(`Lamp ${attack} · eShop`)
    const [data] = await page.locator('script[type="application/ld+json"]').allTextContents()
    expect(JSON.parse(data ?? "").name).toBe(evil.name.en)
  })

  it("follows the catalogue: writes what changed, leads on from an old address, removes what is gone", async ({
    written: { shop, id },
  }) => {
    const { gateway } = shop.cloud.connections
    const navigate = async (path: string) => {
      const answer = await fetch(gateway + path, { headers: { accept: "text/html" } })
      return [answer.status, await answer.text()] as const
    }
    const sitemap = () => readFile(join(pagesIn(shop.cloud.dataDir), "sitemap-products-1.xml"), "utf8")
    expect(await sitemap()).toContain(`<loc>${gateway}/products/evil-lamp</loc>`)
    await merchant(shop, "PATCH", `products/${id}`, { slug: "kind-lamp", name: { en: "Kind lamp" } })
    // Both languages of the page, and of its old address.
    expect(await prerender(shop)).toMatch(/^4 pages written, 454 unchanged, 0 removed/)
    expect((await navigate("/products/evil-lamp"))[1]).toContain(
      `content="0; url=${gateway}/products/kind-lamp"`,
    )
    expect((await navigate("/products/kind-lamp"))[1]).toContain("Kind lamp")
    expect(await sitemap()).not.toContain("evil-lamp")
    await merchant(shop, "DELETE", `products/${id}`)
    expect(await prerender(shop)).toMatch(/^0 pages written, 454 unchanged, 4 removed/)
    for (const path of ["/products/evil-lamp", "/products/kind-lamp", "/products/never-was"])
      expect((await navigate(path))[0]).toBe(404)
    expect(await sitemap()).not.toContain("kind-lamp")
  })
})
