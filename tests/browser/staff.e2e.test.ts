// The frame of the staff's pages: who comes in, and what they are shown.
import { expect } from "vitest"
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
