// The frame of the staff's pages: who comes in, and what they are shown.
import { expect } from "vitest"
import { violationsOn } from "./axe.ts"
import { openTab } from "./browser.ts"
import { describeInBrowser, it } from "./browser-test.ts"

describeInBrowser("the staff's pages in a browser", () => {
  it("knows its people after a reload, and not as the shop's customers", async ({ work }) => {
    const page = await work("/back-office", "administrator")
    await page.getByText("What your roles let you do").waitFor()
    await page.reload()
    await page.getByText("What your roles let you do").waitFor()
    const inShop = await openTab(page.context(), "/")
    await inShop.getByRole("banner").getByRole("button", { name: "Sign in" }).waitFor()
    await page.getByRole("button", { name: "Sign out" }).click()
    await page.waitForURL("**/back-office/signed-out")
    await page.getByText("These pages are for the shop's own people.").waitFor()
  })

  it("keeps what somebody typed when their sign-in ends by itself", async ({ work }) => {
    const page = await work("/back-office/taxes/FR")
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
  })

  it("has nothing to do for an account without a role", async ({ work }) => {
    const page = await work("/console", "mehmet")
    await page.getByText("Your roles do not allow this.").waitFor()
    await page.goto("/console/nowhere")
    await page.getByText("There is no page at this address.").waitFor()
    await page.getByRole("banner").getByRole("link", { name: "eShop back office" }).click()
    await page.getByText("Your account has no role").waitFor()
    expect(await page.getByRole("navigation").getByRole("link").count()).toBe(0)
  })
})
