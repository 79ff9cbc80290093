// The frame of the staff's pages: who comes in, and what they are shown.
import { buildStorefront } from "@eshop/storefront/build"
import type { Browser } from "playwright-core"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type RunningShop, runShop } from "../e2e/running-shop.ts"
import { chromiumPath, launchBrowser, newVisitor, violationsOn } from "./browser.ts"
import { openAsStaff } from "./staff.ts"

let shop: RunningShop
let browser: Browser

if (!chromiumPath && process.env.CI) throw new Error("chromium is missing: apt-get install chromium")

describe.skipIf(!chromiumPath)("the staff's pages in a browser (needs chromium)", () => {
  beforeAll(async () => {
    const [running, launched] = await Promise.all([runShop(), launchBrowser(), buildStorefront()])
    shop = running
    browser = launched
  })

  afterAll(async () => {
    await browser?.close()
    await shop?.stop()
  })

  it("knows its people after a reload, and not as the shop's customers", async () => {
    const visitor = await newVisitor(browser, shop.cloud.connections.gateway)
    const page = await openAsStaff(visitor, "/back-office", "administrator")
    await page.getByText("What your roles let you do").waitFor()
    expect(await violationsOn(page)).toEqual([])
    await page.reload()
    await page.getByText("What your roles let you do").waitFor()
    const inShop = await visitor.openTab("/")
    await inShop.getByRole("banner").getByRole("button", { name: "Sign in" }).waitFor()
    await page.getByRole("button", { name: "Sign out" }).click()
    await page.waitForURL("**/back-office/signed-out")
    await page.getByText("These pages are for the shop's own people.").waitFor()
    expect(await violationsOn(page)).toEqual([])
    expect(visitor.complaints).toEqual([])
    await visitor.context.close()
  })

  it("keeps what somebody typed when their sign-in ends by itself", async () => {
    const visitor = await newVisitor(browser, shop.cloud.connections.gateway)
    const page = await openAsStaff(visitor, "/back-office/taxes/FR", "administrator")
    await page.clock.install()
    await page.route("**/token", (route) => route.fulfill({ status: 400, json: { error: "invalid_grant" } }))
    const rate = page.getByLabel("Rate in %, rate 1")
    await rate.fill("21")
    await page.clock.fastForward("01:00:00")
    await page.getByRole("button", { name: "Save the rates" }).click()
    await page.getByText("Your sign-in has ended, so nothing can be saved.").waitFor()
    await page.getByText("Your sign-in has ended. Sign in again.").waitFor()
    expect(await rate.inputValue()).toBe("21")
    expect(await violationsOn(page)).toEqual([])
    await visitor.context.close()
    expect(visitor.complaints).toEqual([])
  })

  it("has nothing to do for an account without a role", async () => {
    const visitor = await newVisitor(browser, shop.cloud.connections.gateway)
    const page = await openAsStaff(visitor, "/console", "mehmet")
    await page.getByText("Your roles do not allow this.").waitFor()
    await page.goto("/console/nowhere")
    await page.getByText("There is no page at this address.").waitFor()
    await page.getByRole("banner").getByRole("link", { name: "eShop back office" }).click()
    await page.getByText("Your account has no role").waitFor()
    expect(await page.getByRole("navigation").getByRole("link").count()).toBe(0)
    expect(visitor.complaints).toEqual([])
    await visitor.context.close()
  })
})
