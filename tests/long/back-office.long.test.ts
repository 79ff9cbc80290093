// The back office's other pages of what is sold, and each of them by night on a telephone, in a real browser on the whole shop.
import { buildStorefront } from "@eshop/storefront/build"
import type { Browser, BrowserContextOptions } from "playwright-core"
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest"
import { chromiumPath, launchBrowser, newVisitor, type Visitor, violationsOn } from "../browser/browser.ts"
import { openAsStaff } from "../browser/staff.ts"
import { type RunningShop, runShop } from "../e2e/running-shop.ts"

let shop: RunningShop
let browser: Browser
let visitor: Visitor

describe.skipIf(!chromiumPath)("the whole back office of what is sold (needs chromium)", () => {
  beforeAll(async () => {
    const [running, launched] = await Promise.all([runShop(), launchBrowser(), buildStorefront()])
    shop = running
    browser = launched
  })

  afterAll(async () => {
    await browser?.close()
    await shop?.stop()
  })

  const arrive = async (path: string, options: BrowserContextOptions = {}) => {
    visitor = await newVisitor(browser, shop.cloud.connections.gateway, options)
    return openAsStaff(visitor, path, "administrator")
  }

  afterEach(async () => {
    const { complaints } = visitor
    await visitor.context.close()
    expect(complaints).toEqual([])
  })

  it("keeps the categories a tree, and says why something cannot be", async () => {
    const page = await arrive("/back-office/categories")
    const edit = async (path: string, parent: string) => {
      await page.getByRole("button", { name: `Edit or move ${path}`, exact: true }).click()
      await page.getByLabel("Lies under").selectOption({ label: parent })
    }
    const create = async (button: string, name: string) => {
      await page.getByRole("button", { name: button, exact: true }).click()
      await page.getByLabel("Name (English)").fill(name)
      await page.getByRole("button", { name: "Create" }).click()
      await page.getByText(`Created: ${name}.`).waitFor()
    }
    await create("New category at the top", "Left")
    await create("New category at the top", "Right")
    await edit("Left", "Right")
    expect(await violationsOn(page)).toEqual([])
    // Somebody else is faster: together both moves would make a circle.
    await moveCategory("right", "left")
    await page.getByRole("button", { name: "Save", exact: true }).click()
    await page
      .getByText("A category cannot lie under itself, nor under one that lies under it.")
      .first()
      .waitFor()
    await page.getByRole("button", { name: "Cancel" }).click()
    await page.reload()
    await page.getByRole("button", { name: "Delete Left", exact: true }).click()
    await page.getByRole("button", { name: "Yes, delete it" }).click()
    await page.getByText("It is not empty: 1 categories and 0 products lie in it.").waitFor()
    await page.getByRole("button", { name: "Delete Left › Right", exact: true }).click()
    await page.getByRole("button", { name: "Yes, delete it" }).click()
    await page.getByText("Deleted: Left › Right.").waitFor()
    expect(await violationsOn(page)).toEqual([])
  })

  it("sets a country's tax rates and the ways to ship there", async () => {
    const page = await arrive("/back-office/taxes")
    await page.getByRole("link", { name: "Germany" }).waitFor()
    await page.getByLabel("Rates of another country").fill("it")
    await page.getByRole("button", { name: "Open" }).click()
    await page.getByText("Nothing is known of this country").waitFor()
    await page.getByRole("button", { name: "Add a rate" }).click()
    await page.getByLabel("Rate in %, rate 1").fill("22,125")
    await page.getByRole("button", { name: "Save the rates" }).click()
    await page.getByText("Saved. Carts follow within seconds.").waitFor()
    const italy = await send("GET", "/catalog/tax-rates/IT")
    expect(italy.body).toMatchObject({ version: 1, rates: [{ taxCategory: "standard", rate: 22_125 }] })
    expect(await violationsOn(page)).toEqual([])

    await page.getByRole("link", { name: "Shipping methods" }).click()
    await page.getByRole("button", { name: "New shipping method" }).click()
    const dialog = page.getByRole("dialog")
    await dialog.getByLabel("Id", { exact: true }).fill("standard")
    await dialog.getByLabel("Name (English)").fill("Gondola")
    await dialog.getByLabel("Countries").fill("it")
    await dialog.getByLabel("Price (USD)").fill("7.5")
    await dialog.getByRole("button", { name: "Save" }).click()
    await dialog.getByText("There is a method with this id already.").waitFor()
    expect(await violationsOn(page)).toEqual([])
    await dialog.getByLabel("Id", { exact: true }).fill("gondola")
    await dialog.getByRole("button", { name: "Save" }).click()
    await page.getByText("Saved: Gondola.").waitFor()
    const row = page.getByRole("row", { name: /^Gondola/ })
    expect((await row.innerText()).replace(/\s+/g, " ")).toContain("Gondola gondola IT US$7.50")
    await page.getByRole("button", { name: "Delete Gondola" }).click()
    await page.getByRole("button", { name: "Yes, delete it" }).click()
    await page.getByText("Deleted: Gondola.").waitFor()
    expect(await violationsOn(page)).toEqual([])
  })

  it("is there in German, where money and rates are read as people write them there", async () => {
    const page = await arrive("/back-office")
    await page.getByLabel("Language").selectOption("de")
    await page.getByRole("heading", { level: 1, name: "Verwaltung" }).waitFor()
    const links = await page.getByRole("navigation", { name: "Verwaltung" }).getByRole("link").all()
    const ways = await Promise.all(links.map((link) => link.getAttribute("href")))
    expect(ways).toContain("/console/sagas")
    for (const way of ways) {
      await page.goto(way as string)
      await page.getByRole("heading", { level: 1 }).waitFor()
      await page.getByText("Wird geladen").waitFor({ state: "hidden" })
      expect([way, await violationsOn(page)]).toEqual([way, []])
    }

    await page.goto("/back-office/taxes/FR")
    const rate = page.getByLabel("Satz in %, Satz 1")
    await rate.fill("100,5")
    await page.getByRole("button", { name: "Sätze speichern" }).click()
    await page.getByText("Ein Prozentsatz mit bis zu drei Stellen nach dem Komma, etwa 9,975").waitFor()
    await rate.fill("20,55")
    await page.getByRole("button", { name: "Sätze speichern" }).click()
    await page.getByText("Gespeichert. Warenkörbe folgen in Sekunden.").waitFor()
    expect((await send("GET", "/catalog/tax-rates/FR")).body).toMatchObject({
      rates: expect.arrayContaining([expect.objectContaining({ rate: 20_550 })]),
    })

    await page.goto("/back-office/variants/PANASONIC-LUMIX-BLACK/prices")
    await page.getByLabel("Ein Stück kostet, Preis 1").fill("1.240,50")
    await page.getByRole("button", { name: "Preise speichern" }).click()
    await page.getByText("Gespeichert. Warenkörbe und Suche folgen in Sekunden.").waitFor()
    const { body } = await send("GET", "/catalog/variants/PANASONIC-LUMIX-BLACK/prices")
    expect(body).toMatchObject({ prices: [{ unitPrice: { amount: 1_240_50 } }] })
    await page.getByLabel("Ein Stück kostet, Preis 1").fill("240")
    await page.getByRole("button", { name: "Preise speichern" }).click()
    await page.getByText("240,00").first().waitFor()
  })

  it("has nothing for axe to say of any page by night on a telephone", async () => {
    const page = await arrive("/back-office/products", {
      ...{ colorScheme: "dark", viewport: { width: 400, height: 860 } },
    })
    const follow = async (link: string, title: string | RegExp) => {
      const way = page.getByRole("link", { name: link, exact: true })
      if (!(await way.isVisible())) await page.getByRole("button", { name: "Menu" }).click()
      await way.click()
      await page.getByRole("heading", { level: 1, name: title }).waitFor()
      await page.waitForLoadState("networkidle")
      expect([title, await violationsOn(page)]).toEqual([title, []])
      const width = await page.evaluate("document.documentElement.scrollWidth")
      expect([title, width]).toEqual([title, 400])
    }
    await page.getByRole("row").nth(50).waitFor()
    await follow("Panasonic Lumix", "Panasonic Lumix")
    await follow("US$240.00 PANASONIC-LUMIX-BLACK", "Prices of PANASONIC-LUMIX-BLACK")
    await follow("Categories", "Categories")
    await follow("Stock", "Stock")
    await follow("AUR-AMP-BLACK", "Stock of AUR-AMP-BLACK")
    await follow("Import and export", "Import and export")
    await follow("Tax rates", "Tax rates")
    await follow("Germany", "Tax rates of Germany")
    await follow("Shipping methods", "Shipping methods")
    await follow("Audit trail", "Audit trail")
    await follow("Products", "Products")
    await follow("New product", "New product")
  })
})

const send = async (method: string, path: string, body?: object) =>
  shop.shop.send(await shop.shop.roleToken("catalog.write"), method, path, body ? { body } : {})

async function moveCategory(slug: string, parent: string): Promise<void> {
  const rows = await shop.sql<{ id: string; slug: string }>("catalog", "SELECT id, slug FROM category")
  const idOf = (one: string) => rows.find((row) => row.slug === one)?.id
  const moved = await send("PATCH", `/catalog/categories/${idOf(slug)}`, { parentId: idOf(parent) })
  shop.shop.expect(moved, 200)
}
