// What a visitor does after the payment, in a real browser on the whole shop: withdraw, send back, look up, read and erase.
import { randomUUID } from "node:crypto"
import { readdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import { noticesIn } from "@eshop/local-cloud/cloud"
import type { Page } from "playwright-core"
import { expect } from "vitest"
import { describeInBrowser, it } from "../browser/browser-test.ts"
import { addToCart, fillCheckout, placeOrder, signIn, untilOrderIs } from "../browser/shopper.ts"
import type { RunningShop } from "../e2e/running-shop.ts"

describeInBrowser("after the payment, in a browser", () => {
  it("withdraws in two steps, and hands out the receipt", async ({ arrive }) => {
    const page = await arrive("/")
    await buy(page)
    await page.getByRole("main").getByRole("link", { name: "Withdraw from contract here" }).click()
    await page.getByText("Which items?").waitFor()
    await page.getByRole("button", { name: "Withdraw from contract here" }).click()
    await page.getByText(/Not sent yet and cancelled at once/).waitFor()
    await page.getByRole("button", { name: "Confirm withdrawal" }).click()
    await page.getByText(/Your withdrawal from order .* was received/).waitFor()
    const download = page.waitForEvent("download")
    await page.getByRole("button", { name: "Save the receipt" }).click()
    expect((await download).suggestedFilename()).toMatch(/^withdrawal-[\w-]+\.txt$/)
    await page.getByRole("link", { name: "To the order" }).click()
    await untilOrderIs(page, "Cancelled")
  })

  it("asks for the return of what has arrived", async ({ arrive, shop }) => {
    const page = await arrive("/")
    const id = await buy(page)
    const lines = [{ sku: "PANASONIC-LUMIX-BLACK", quantity: 1 }]
    const { shipmentId } = await operate(shop, `${id}/shipments`, { lines, carrier: "DHL" })
    await operate(shop, `${id}/shipments/${shipmentId}/delivery`, {})
    await page.reload()
    await untilOrderIs(page, "Delivered")
    const invoice = page.waitForEvent("download")
    await page.getByRole("button", { name: "Save the invoice" }).click()
    expect((await invoice).suggestedFilename()).toMatch(/^invoice-[\w-]+\.html$/)
    await page.getByRole("link", { name: "Send something back" }).click()
    await page.getByRole("button", { name: "One more" }).click()
    await page.getByLabel("It is the wrong item").check()
    await page.getByRole("button", { name: "Ask for the return" }).click()
    await page.getByText("We have your request").waitFor()
    await page.getByRole("link", { name: "To the order" }).click()
    await page.getByText(/return asked for 1 × Panasonic Lumix/).waitFor()
  })

  it("sends a guest who has only the number a link that opens the order", async ({ arrive, shop }) => {
    const page = await arrive("/")
    const id = await buy(page)
    const number = (await page.getByRole("heading", { level: 1 }).innerText()).replace("Order ", "")
    await page.context().clearCookies()
    await page.goto(`/orders/${id}`)
    await page.getByText("Please sign in.").waitFor()
    await page.getByRole("main").getByRole("link", { name: "Find an order" }).click()
    await page.getByLabel("Order number").fill(number)
    await page.getByLabel("E-mail address").fill("ada@example.com")
    await page.getByRole("button", { name: "Send the link" }).click()
    await page.getByText("If there is such an order").waitFor()
    const link = await expect
      .poll(() => linkTo(shop, id), { timeout: 30_000 })
      .toMatch(/#token=/)
      .then(() => linkTo(shop, id))
    await page.goto("/")
    await page.goto(link)
    await page.getByRole("heading", { level: 1, name: `Order ${number}` }).waitFor()
    await page.reload()
    await page.getByRole("heading", { level: 1, name: `Order ${number}` }).waitFor()
  })

  it("shows a customer all that is kept, and forgets them", async ({ arrive }) => {
    const page = await arrive("/")
    await signIn(page, "tessa")
    await page.goto("/account")
    await page.getByText("Signed in as").waitFor()
    const download = page.waitForEvent("download")
    await page.getByRole("button", { name: "Save the file" }).click()
    expect((await download).suggestedFilename()).toBe("my-data.json")
    await page.getByRole("button", { name: "Forget me" }).click()
    await page.getByRole("button", { name: "Yes, delete them" }).click()
    await page.getByText(/You (have been forgotten|asked to be forgotten)/).waitFor()
  })
})

/** Buys a camera as a guest. @returns the order's id */
async function buy(page: Page): Promise<string> {
  await addToCart(page, "panasonic-lumix")
  await fillCheckout(page)
  const id = await placeOrder(page)
  await untilOrderIs(page, "Paid")
  return id
}

async function operate({ shop }: RunningShop, path: string, body: object): Promise<{ shipmentId: string }> {
  const fulfiller = await shop.roleToken("orders.fulfil")
  const headers = { "idempotency-key": randomUUID() }
  const url = `/ordering/operations/orders/${path}`
  const answer = await shop.send<{ shipmentId: string }>(fulfiller, "POST", url, { body, headers })
  return answer.body
}

/** The newest link to an order among the notices that were sent, with its token. */
async function linkTo({ cloud }: RunningShop, id: string): Promise<string> {
  const folder = noticesIn(cloud.dataDir)
  const names = await readdir(folder).catch(() => [])
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")))
  const links = texts.flatMap((text) =>
    [...text.matchAll(/http[^\s"<>]*#token=[\w.-]+/g)].map(([link]) => link),
  )
  return links.find((link) => link.includes(id)) ?? ""
}
