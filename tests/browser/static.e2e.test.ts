// The prerendered pages in a real browser: what there is without a script, and how the script takes them over.
import { randomUUID } from "node:crypto"
import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pagesIn } from "@eshop/local-cloud/parts/edge"
import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type RunningShop, runShopIn } from "../e2e/running-shop.ts"
import { chromiumPath, launchBrowser, newVisitor, violationsOn } from "./browser.ts"
import { prerenderPages } from "./prerender.ts"

let shop: RunningShop
let browser: Browser
let dataDir: string

if (!chromiumPath && process.env.CI) throw new Error("chromium is missing: apt-get install chromium")

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

describe.skipIf(!chromiumPath)("prerendered pages in a browser (needs chromium)", () => {
  const pages = () => pagesIn(dataDir)
  const prerender = () => prerenderPages(shop.cloud.connections.gateway, pages())
  const staff = async (method: string, path: string, body?: unknown) => {
    const token = await shop.shop.roleToken("catalog.write")
    const answer = await shop.shop.send<{ id: string }>(token, method, `/catalog/${path}`, {
      ...(body !== undefined && { body }),
      headers: { "idempotency-key": randomUUID() },
    })
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`)
    return answer.body
  }
  let id: string

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "static-"))
    const [running, launched] = await Promise.all([runShopIn(dataDir), launchBrowser()])
    shop = running
    browser = launched
    id = (await staff("POST", "products", evil)).id
    const price = { amount: 12_50, currency: "USD" }
    await staff("PUT", "variants/EVIL-LAMP/prices", {
      prices: [{ unitPrice: price, minQuantity: 1, taxCategory: "standard", includesTax: true }],
    })
    await staff("PATCH", `products/${id}`, { status: "published" })
    expect(await prerender()).toMatch(/^456 pages written, 0 unchanged, 0 removed/)
    // A whole shop begins, and then its pages are made.
  }, 300_000)

  afterAll(async () => {
    await browser?.close()
    await shop?.stop()
    await rm(dataDir, { recursive: true, force: true })
  })

  const visit = async (options = {}) => newVisitor(browser, shop.cloud.connections.gateway, options)

  it("shows products and categories to whoever has no script", async () => {
    const visitor = await visit({ javaScriptEnabled: false })
    const page = await visitor.openTab("/products/iphone-x")
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
    expect(visitor.complaints).toEqual([])
    await visitor.context.close()
  })

  it.each([
    ["/products/iphone-x", 1280],
    ["/categories/smartphones", 1280],
    ["/categories/smartphones", 400],
    ["/de/products/nimbus-aero-5-smartphone", 400],
  ])("takes over %s at %d pixels: nothing moves, nothing is complained of", async (path, width) => {
    const visitor = await visit({ viewport: { width, height: 860 } })
    await visitor.context.addInitScript({ content: watchShifts })
    const page = await visitor.openTab(path)
    await page.locator("#shop:not(.prerendered) main h1").waitFor()
    await page.waitForLoadState("networkidle")
    expect(await shiftedOn(page)).toBe(0)
    expect(await violationsOn(page)).toEqual([])
    expect(visitor.complaints).toEqual([])
    await visitor.context.close()
  })

  it("is in the language of its address, whatever the browser's is", async () => {
    const visitor = await visit()
    const page = await visitor.openTab("/de/categories/smartphones")
    await page.locator("#shop:not(.prerendered)").getByText("10 Produkte").waitFor()
    expect(await page.locator("html").getAttribute("lang")).toBe("de")
    await page.getByRole("link", { name: /Nimbus Aero 5 Pro/ }).click()
    await page.waitForURL("**/de/products/nimbus-aero-5-pro-smartphone")
    await page.getByLabel("Sprache").selectOption("en")
    await page.waitForURL(/:\d+\/products\/nimbus-aero-5-pro-smartphone$/)
    await page.getByRole("button", { name: "Add to cart" }).waitFor()
    await visitor.context.close()
  })

  it("runs nothing that a merchant wrote, with and without its own script", async () => {
    const visitor = await visit()
    const page = await visitor.openTab("/products/evil-lamp")
    await page.locator("#shop:not(.prerendered)").getByText("onerror").waitFor()
    expect(await page.title()).toBe(`Lamp ${attack} · eShop`)
    const [data] = await page.locator('script[type="application/ld+json"]').allTextContents()
    expect(JSON.parse(data ?? "").name).toBe(evil.name.en)
    expect(visitor.complaints).toEqual([])
    await visitor.context.close()
  })

  it("follows the catalogue: writes what changed, leads on from an old address, removes what is gone", async () => {
    const { gateway } = shop.cloud.connections
    const navigate = async (path: string) => {
      const answer = await fetch(gateway + path, { headers: { accept: "text/html" } })
      return [answer.status, await answer.text()] as const
    }
    const sitemap = () => readFile(join(pages(), "sitemap-products-1.xml"), "utf8")
    expect(await sitemap()).toContain(`<loc>${gateway}/products/evil-lamp</loc>`)
    await staff("PATCH", `products/${id}`, { slug: "kind-lamp", name: { en: "Kind lamp" } })
    // Both languages of the page, and of its old address.
    expect(await prerender()).toMatch(/^4 pages written, 454 unchanged, 0 removed/)
    expect((await navigate("/products/evil-lamp"))[1]).toContain(
      `content="0; url=${gateway}/products/kind-lamp"`,
    )
    expect((await navigate("/products/kind-lamp"))[1]).toContain("Kind lamp")
    expect(await sitemap()).not.toContain("evil-lamp")
    await staff("DELETE", `products/${id}`)
    expect(await prerender()).toMatch(/^0 pages written, 454 unchanged, 4 removed/)
    for (const path of ["/products/evil-lamp", "/products/kind-lamp", "/products/never-was"])
      expect((await navigate(path))[0]).toBe(404)
    expect(await sitemap()).not.toContain("kind-lamp")
  }, 300_000)
})
