// The back office's other pages of what is sold, in a real browser on the whole shop.
import { expect } from "vitest"
import { violationsOn } from "../browser/axe.ts"
import { describeInBrowser, it } from "../browser/browser-test.ts"
import type { RunningShop } from "../e2e/running-shop.ts"

describeInBrowser("the whole back office of what is sold", () => {
  it("keeps the categories a tree, and says why something cannot be", async ({ shop, work }) => {
    const page = await work("/back-office/categories")
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
    await moveCategory(shop, "right", "left")
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

  it("sets a country's tax rates and the ways to ship there", async ({ shop, work }) => {
    const page = await work("/back-office/taxes")
    await page.getByRole("link", { name: "Germany" }).waitFor()
    await page.getByLabel("Rates of another country").fill("it")
    await page.getByRole("button", { name: "Open" }).click()
    await page.getByText("Nothing is known of this country").waitFor()
    await page.getByRole("button", { name: "Add a rate" }).click()
    await page.getByLabel("Rate in %, rate 1").fill("22,125")
    await page.getByRole("button", { name: "Save the rates" }).click()
    await page.getByText("Saved. Carts follow within seconds.").waitFor()
    const italy = await send(shop, "GET", "/catalog/tax-rates/IT")
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

  it("is there in German, where money and rates are read as people write them there", async ({
    shop,
    work,
  }) => {
    const page = await work("/back-office")
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
    expect((await send(shop, "GET", "/catalog/tax-rates/FR")).body).toMatchObject({
      rates: expect.arrayContaining([expect.objectContaining({ rate: 20_550 })]),
    })

    await page.goto("/back-office/variants/PANASONIC-LUMIX-BLACK/prices")
    await page.getByLabel("Ein Stück kostet, Preis 1").fill("1.240,50")
    await page.getByRole("button", { name: "Preise speichern" }).click()
    await page.getByText("Gespeichert. Warenkörbe und Suche folgen in Sekunden.").waitFor()
    const { body } = await send(shop, "GET", "/catalog/variants/PANASONIC-LUMIX-BLACK/prices")
    expect(body).toMatchObject({ prices: [{ unitPrice: { amount: 1_240_50 } }] })
    await page.getByLabel("Ein Stück kostet, Preis 1").fill("240")
    await page.getByRole("button", { name: "Preise speichern" }).click()
    await page.getByText("240,00").first().waitFor()
  })
})

const send = async ({ shop }: RunningShop, method: string, path: string, body?: object) =>
  shop.send(await shop.roleToken("catalog.write"), method, path, body ? { body } : {})

async function moveCategory(shop: RunningShop, slug: string, parent: string): Promise<void> {
  const rows = await shop.sql<{ id: string; slug: string }>("catalog", "SELECT id, slug FROM category")
  const idOf = (one: string) => rows.find((row) => row.slug === one)?.id
  const moved = await send(shop, "PATCH", `/catalog/categories/${idOf(slug)}`, { parentId: idOf(parent) })
  shop.shop.expect(moved, 200)
}
