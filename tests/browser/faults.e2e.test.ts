// The switchboard of faults: what an operator switches on happens, and happens again from the file.
import { readFile } from "node:fs/promises"
import { buildStorefront } from "@eshop/storefront/build"
import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type RunningShop, runShop } from "../e2e/running-shop.ts"
import { chromiumPath, launchBrowser, newVisitor, type Visitor, violationsOn } from "./browser.ts"
import { openAsStaff } from "./staff.ts"

let shop: RunningShop
let browser: Browser

if (!chromiumPath && process.env.CI) throw new Error("chromium is missing: apt-get install chromium")

describe.skipIf(!chromiumPath)("the page of faults in a browser (needs chromium)", () => {
  let visitor: Visitor
  let page: Page

  beforeAll(async () => {
    const [running, launched] = await Promise.all([
      runShop({ faults: true }),
      launchBrowser(),
      buildStorefront(),
    ])
    shop = running
    browser = launched
    visitor = await newVisitor(browser, shop.cloud.connections.gateway)
    await shop.cloud.part("faults").whenReady()
  })

  afterAll(async () => {
    await browser?.close()
    await shop?.stop()
  })

  const happened = () => page.getByRole("table").getByRole("row")

  it("declines the next card, and again when the script is replayed", async () => {
    page = await openAsStaff(visitor, "/console/faults", "administrator")
    await page.getByText("Nothing is on.").waitFor()
    expect(await violationsOn(page)).toEqual([])
    await page.getByRole("button", { name: "Switch on" }).click()
    await page.getByText("The card is declined, before “authorise the payment”").waitFor()
    await page.getByRole("button", { name: "Place an order" }).click()
    const row = happened().filter({ hasText: "The card is declined" })
    await row.getByText("Cancelled payment.declined").waitFor()
    await page.getByText("Nothing is on.").waitFor()
    expect(await violationsOn(page)).toEqual([])

    const downloading = page.waitForEvent("download")
    await page.getByRole("button", { name: "Download the script" }).click()
    const file = await (await downloading).path()
    expect(JSON.parse(await readFile(file, "utf8"))).toMatchObject({
      orders: [{ paymentMethod: "pm_card_visa", messages: "as-sent" }],
      faults: [{ order: 1, activity: "authorise-payment", fault: { what: "declined" } }],
    })
    const choosing = page.waitForEvent("filechooser")
    await page.getByRole("button", { name: "Replay a script …" }).click()
    await (await choosing).setFiles(file)
    await page.getByText("Replayed: 1 of 1 faults struck where the script says.").waitFor()
    await row.getByText("Cancelled payment.declined").waitFor()
    expect(await happened().count()).toBe(2)
  })

  it("switches a part and messages on and off, and refuses a file that is no script", async () => {
    await page.getByLabel("What goes wrong").selectOption("It is away")
    await page.getByRole("combobox", { name: "Part" }).selectOption("servicebus")
    await page.getByLabel("For how many seconds").fill("1")
    await page.getByLabel("For whom").selectOption("every order")
    await page.getByRole("button", { name: "Switch on" }).click()
    await page.getByLabel("Messages come").selectOption("twice")
    await page.getByText("Messages come twice").waitFor()
    const off = page.getByRole("button", { name: /^Switch off: servicebus is away for 1 s/ })
    await off.click()
    await off.waitFor({ state: "detached" })
    await page.getByRole("button", { name: "Begin anew" }).click()
    await page.getByText("Nothing is on.").waitFor()
    const choosing = page.waitForEvent("filechooser")
    await page.getByRole("button", { name: "Replay a script …" }).click()
    await (await choosing).setFiles({
      name: "other.json",
      mimeType: "application/json",
      buffer: Buffer.from('{"version":2}'),
    })
    await page.getByRole("alert").getByText("This cannot be read: version").waitFor()
    expect(visitor.complaints).toEqual([])
  })

  it("says so where there is no switchboard", async () => {
    await page.route("**/console/faults/api/state", (route) =>
      route.fulfill({ status: 404, contentType: "application/problem+json", body: "{}" }),
    )
    await page.reload()
    await page.getByText("Nothing can go wrong at a switch here").waitFor()
    expect(await violationsOn(page)).toEqual([])
  })
})
