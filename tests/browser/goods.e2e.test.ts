// The back office's pages of what is sold, in a real browser, on the whole shop.
import { readFile } from "node:fs/promises"
import type { Page } from "playwright-core"
import { expect } from "vitest"
import type { RunningShop } from "../e2e/running-shop.ts"
import { violationsOn } from "./axe.ts"
import { openTab } from "./browser.ts"
import { describeInBrowser, it } from "./browser-test.ts"

describeInBrowser("what is sold, in the back office", () => {
  it("makes a product by the keyboard alone, and it is sold once it has a price and stock", async ({
    work,
  }) => {
    const page = await work("/back-office/products/new")
    await typeInto(page, "Name (English)", "Quiet Lamp")
    await typeInto(page, "Description (English)", "Lights without a sound.")
    await typeInto(page, "Brand", "Lumo")
    await typeInto(page, "Put it into a category", "Electronics")
    await pressOn(page, "Put it there")
    await typeInto(page, "SKU of variant 1", "QUIET-LAMP-OAK")
    await typeInto(page, "GTIN of QUIET-LAMP-OAK", "12345678")
    await typeInto(page, "Address of a picture", "/catalog/images/iphone-x-black.svg")
    await pressOn(page, "Add the picture")
    await page.getByText("600 × 600 pixels").waitFor()
    await typeInto(page, "What picture 1 shows (English)", "A lamp")
    expect(await violationsOn(page)).toEqual([])
    await page.keyboard.press("Enter")
    await page.getByText("The check digit is wrong").first().waitFor()
    expect(await focused(page)).toBe("GTIN of QUIET-LAMP-OAK")
    await page.keyboard.press("ControlOrMeta+a")
    await page.keyboard.type("96385074")
    await page.keyboard.press("Enter")
    await page.getByRole("heading", { level: 1, name: "Quiet Lamp" }).waitFor()
    await page.getByText("Give its variants prices and stock, then publish it.").waitFor()

    await page.getByRole("link", { name: "Set prices" }).click()
    await page.getByText("One unit has no price for everybody now").waitFor()
    await page.getByRole("button", { name: "Add a price" }).click()
    await page.getByLabel("One unit costs, price 1").fill("49,90")
    await page.getByRole("button", { name: "Save the prices" }).click()
    await page.getByText("One unit costs everybody US$49.90 now.").waitFor()
    await page.getByRole("link", { name: "To the product" }).click()
    await page.getByRole("link", { name: "Stock QUIET-LAMP-OAK" }).click()
    await adjust(page, "QUIET-LAMP-OAK", "12")
    await page.goBack()
    await page.getByLabel("State").selectOption("published")
    await save(page, "Saved.")

    const inShop = await openTab(page.context(), "/products/quiet-lamp")
    await inShop.getByRole("button", { name: "Add to cart" }).click()
    await inShop.getByText("is in your cart").waitFor()
  })

  it("lets two editors of one product keep what both of them did", async ({ shop, work }) => {
    const first = await work("/back-office/products?q=tarn-vault")
    await first.getByRole("link", { name: "Tarn Vault External Hard Drive" }).click()
    await first.getByLabel("Brand").waitFor()
    const second = await openTab(first.context(), new URL(first.url()).pathname)
    await second.getByLabel("Brand").fill("Tarn Two")
    await second.getByLabel("Description (English)").fill("What the second one wrote.")

    await first.getByLabel("Brand").fill("Tarn One")
    await first.getByLabel("Address", { exact: true }).fill("tarn-safe")
    await save(first, "/products/tarn-vault-external-hard-drive leads there from now on")

    await second.getByRole("button", { name: "Save", exact: true }).click()
    const dialog = second.getByRole("dialog", { name: "Somebody else has saved this product meanwhile" })
    await dialog.getByText("Taken over from them, since you had not touched it: Address.").waitFor()
    await dialog.getByText("Tarn Two").waitFor()
    expect(await violationsOn(second)).toEqual([])
    await second.keyboard.press("Escape")
    expect(await second.getByLabel("Brand").inputValue()).toBe("Tarn Two")
    expect(await productBySlug(shop, "tarn-safe")).toMatchObject({ brand: "Tarn One", version: 2 })
    await second.getByRole("button", { name: "Save", exact: true }).click()
    await dialog.getByLabel("Theirs").check()
    await dialog.getByRole("button", { name: "Save this" }).click()
    await second.getByText("Saved.").waitFor()
    expect(await productBySlug(shop, "tarn-vault-external-hard-drive")).toMatchObject({
      ...{ slug: "tarn-safe", brand: "Tarn One", version: 3 },
      description: { en: "What the second one wrote." },
    })

    await first.getByRole("button", { name: "Discontinue …" }).click()
    await first.getByRole("button", { name: "Yes, discontinue it" }).click()
    await first.getByText("This product is discontinued").waitFor()
    await second.getByLabel("Brand").fill("Too late")
    await second.getByRole("button", { name: "Save", exact: true }).click()
    await second.getByText("This product is discontinued").waitFor()
    expect(await second.getByLabel("Brand").inputValue()).toBe("Too late")
    await second.getByRole("link", { name: "Stock", exact: true }).click()
    await second.getByRole("button", { name: "Stay here" }).click()
    await second.getByRole("button", { name: "Bring it back as a draft" }).click()
    await save(second, "Saved.")
  })

  it("reduces a price, and says what the shop will show", async ({ shop, work }) => {
    const page = await work("/back-office/variants/HTC-U11-PLUS-BLACK/prices")
    await page.getByText("One unit costs everybody US$380.00 now.").waitFor()
    await page.getByRole("button", { name: "Add a price" }).click()
    await page.getByLabel("One unit costs, price 2").fill("349.999")
    await page.keyboard.press("Enter")
    await page.getByText("An amount such as 12.50").waitFor()
    expect(await focused(page)).toBe("One unit costs, price 2")
    await page.getByLabel("One unit costs, price 2").fill("350")
    // Another change of the product stands in nobody's way.
    await changeProduct(shop, "htc-u11-plus", { brand: "HTC Corporation" })
    await page.getByRole("button", { name: "Save the prices" }).click()
    // At both rows, and once more for whoever looks at the button.
    await page.getByText("Two prices for the same currency").nth(2).waitFor()
    expect(await focused(page)).toBe("From, price 1")
    await page.getByLabel("Until, price 2").fill("2190-01-01T00:00")
    await page.getByRole("button", { name: "Save the prices" }).click()
    await page.getByText("lowest price of the last 30 days US$380.00").waitFor()
    const history = page.getByRole("region", { name: "History" }).getByRole("row")
    await expect.poll(() => history.count(), { timeout: 20_000 }).toBe(3)
    const { variants } = await productBySlug(shop, "htc-u11-plus")
    const black = variants.find(({ sku }) => sku === "HTC-U11-PLUS-BLACK")
    expect(black).toMatchObject({ price: { amount: 350_00 }, lowestPrice30Days: { amount: 380_00 } })
  })

  it("adjusts the stock with a reason, and shows what is low first", async ({ work }) => {
    const page = await work("/back-office/stock", "inventory-write")
    await page.getByRole("row").nth(50).waitFor()
    expect(await page.getByRole("navigation", { name: "Back office" }).getByRole("link").count()).toBe(1)
    await page.getByLabel("Search").fill("LG-G7")
    await page.getByRole("button", { name: "Find" }).click()
    await page.waitForURL(/q=LG-G7/)
    await adjust(page, "LG-G7-THINQ-BLACK", "-400")
    await page.getByRole("button", { name: /^Adjust LG-G7-THINQ-BLACK/ }).click()
    await page.getByRole("dialog").getByLabel("Safety stock").fill("700")
    await page.getByRole("button", { name: "Set the safety stock" }).click()
    await page.getByRole("button", { name: "Close" }).click()
    await page.getByLabel("Only what is low").check()
    const row = page.getByRole("row").nth(1)
    await row.getByText("Low").waitFor()
    expect(await row.innerText()).toMatch(/LG-G7-THINQ-BLACK[\s\S]*600\s+0\s+600\s+700/)
    expect(await violationsOn(page)).toEqual([])

    await page.getByRole("link", { name: "LG-G7-THINQ-BLACK" }).click()
    await page.getByRole("button", { name: /^Adjust/ }).click()
    await page.getByLabel("What happened").selectOption("set")
    await page.getByLabel("How many are on hand").fill("999999999")
    await page.getByRole("button", { name: "Adjust the stock" }).click()
    await page.getByRole("dialog").getByRole("alert").waitFor()
    await page.getByRole("button", { name: "Close" }).click()
    const trail = page.getByRole("region", { name: "Adjustments" })
    await trail.getByText("On hand 1000 → 600").waitFor()
    expect(await trail.getByRole("row").count()).toBe(3)
  })

  it("imports good and bad lines, goes on after a reload, and gives the bad ones back", async ({
    shop,
    work,
  }) => {
    const page = await work("/back-office/imports")
    // The part does not get through before the page is loaded anew.
    let isOut = true
    await page.route("**/parts/*", (route) => (isOut ? undefined : route.continue()))
    await page.getByLabel("Or paste lines").fill(importLines.join("\n"))
    await page.getByRole("button", { name: "Begin the import" }).click()
    await page.getByText("Sent 0 of 1 parts.").waitFor()
    isOut = false
    await page.reload()
    await page.getByText("4 of 4 lines dealt with. 2 taken, 2 refused.").waitFor()
    const results = page.getByRole("region", { name: "What became of the lines" })
    await results.getByText("The line is not JSON.").waitFor()
    await results.getByText("There are no categories no-such.").waitFor()
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Save the refused lines" }).click(),
    ])
    expect(await readFile(await download.path(), "utf8")).toBe(`${importLines[1]}\n${importLines[2]}\n`)
    expect(await productBySlug(shop, "imported-lamp")).toMatchObject({ status: "draft", version: 1 })

    await page.getByRole("link", { name: "All imports" }).click()
    await page.getByRole("cell", { name: "Done" }).waitFor()
    const [exported] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Save the export" }).click(),
    ])
    expect(await readFile(await exported.path(), "utf8")).toContain('"slug":"imported-lamp"')
  })

  it("says what a role may not do or see", async ({ work }) => {
    const page = await work("/back-office/audit", "catalog-write")
    await page.getByText("Not shown: Basket, Discount, Ordering.").waitFor()
    await page.getByLabel("Action begins with").fill("tax-rates.")
    await page.getByRole("button", { name: "Find" }).click()
    await page.getByRole("link", { name: "tax-rates DE" }).click()
    await page.waitForURL(/subject=tax-rates/)
    await expect.poll(() => page.getByRole("row").count(), { timeout: 20_000 }).toBe(2)
    await page.goto("/back-office/stock")
    await page.getByText("Stock needs the role inventory.write").waitFor()
    expect(await page.getByRole("table").count()).toBe(0)
    expect(await violationsOn(page)).toEqual([])
  })
})

/** A good line, two that are not, and another good one. */
const importLines = [
  JSON.stringify({ product: importedLamp("imported-lamp", []) }),
  "{ not JSON",
  JSON.stringify({ product: importedLamp("lost-lamp", ["no-such"]) }),
  JSON.stringify({ stock: { sku: "LG-G7-THINQ-WHITE", onHand: 777 } }),
]

function importedLamp(slug: string, categories: string[]) {
  const variant = { sku: slug.toUpperCase(), options: {}, quantity: { min: 1, step: 1 }, backorder: false }
  const texts = { name: { en: "Imported lamp" }, description: { en: "A lamp." } }
  return { slug, ...texts, categories, attributes: {}, images: [], variants: [variant] }
}

/** What the control that has the focus is called. */
const focused = (page: Page): Promise<string> =>
  page.evaluate(`{
    const { labels, innerText } = document.activeElement
    labels?.[0]?.innerText ?? innerText ?? ""
  }`)

/** Goes to a control with the tab key. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    if ((await focused(page)) === name) return
    await page.keyboard.press("Tab")
  }
  throw new Error(`the tab key does not lead to ${name}`)
}

async function typeInto(page: Page, name: string, text: string): Promise<void> {
  await tabTo(page, name)
  await page.keyboard.type(text)
}

async function pressOn(page: Page, name: string): Promise<void> {
  await tabTo(page, name)
  await page.keyboard.press("Enter")
}

async function save(page: Page, says: string): Promise<void> {
  await page.getByRole("button", { name: "Save", exact: true }).click()
  await page.getByText(says).waitFor()
}

/** Takes in so many units more, or with a minus less, and goes back to the page. */
async function adjust(page: Page, sku: string, units: string): Promise<void> {
  await page.getByRole("button", { name: `Adjust ${sku} at main` }).click()
  await page.getByLabel("How many more, or with a minus less").fill(units)
  await page.getByRole("button", { name: "Adjust the stock" }).click()
  await page.getByText(/^Now -?\d+ on hand, \d+ available\.$/).waitFor()
  await page.getByRole("button", { name: "Close" }).click()
}

type Product = {
  readonly id: string
  readonly slug: string
  readonly version: number
  readonly variants: { sku: string; price?: { amount: number } }[]
}

const send = async ({ shop }: RunningShop, method: string, path: string, body?: object) =>
  shop.send(await shop.roleToken("catalog.write"), method, path, body ? { body } : {})

async function productBySlug(running: RunningShop, slug: string): Promise<Product> {
  const answer = await send(running, "GET", `/catalog/products/by-slug/${slug}`)
  running.shop.expect(answer, 200)
  return answer.body as Product
}

async function changeProduct(running: RunningShop, slug: string, change: object): Promise<void> {
  const { id } = await productBySlug(running, slug)
  running.shop.expect(await send(running, "PATCH", `/catalog/products/${id}`, change), 200)
}
