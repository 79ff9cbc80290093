// The switchboard of faults: what an operator switches on happens, and happens again from the file.
import { readFile } from "node:fs/promises"
import type { Page } from "playwright-core"
import { expect } from "vitest"
import { violationsOn } from "./axe.ts"
import { describeInBrowser, it } from "./browser-test.ts"

describeInBrowser("the page of faults in a browser", () => {
  const happened = (page: Page) => page.getByRole("table").getByRole("row")

  it("declines the next card, and again when the script is replayed", async ({ work }) => {
    const page = await work("/console/faults")
    await page.getByRole("button", { name: "Begin anew" }).click()
    await page.getByText("Nothing has gone wrong yet.").waitFor()
    await page.getByRole("button", { name: "Switch on" }).click()
    await page.getByText("The card is declined, before “authorise the payment”").waitFor()
    await page.getByRole("button", { name: "Place an order" }).click()
    const row = happened(page).filter({ hasText: "The card is declined" })
    await row.getByText("Cancelled payment.declined").waitFor()
    await page.getByText("Nothing is on.").waitFor()

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
    expect(await happened(page).count()).toBe(2)
  })

  it("switches a part and messages on and off, and refuses a file that is no script", async ({ work }) => {
    const page = await work("/console/faults")
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
  })

  it("says so where there is no switchboard", async ({ work }) => {
    const page = await work("/console/faults")
    await page.getByText("Nothing is on.").waitFor()
    await page.route("**/console/faults/api/state", (route) =>
      route.fulfill({ status: 404, contentType: "application/problem+json", body: "{}" }),
    )
    await page.reload()
    await page.getByText("Nothing can go wrong at a switch here").waitFor()
    expect(await violationsOn(page)).toEqual([])
  })
})
