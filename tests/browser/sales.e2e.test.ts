// What the staff do about what is bought, in a real browser on the whole shop.
import { randomUUID } from "node:crypto"
import { type Customer, someAddress } from "@eshop/local-cloud/shop/shop-client"
import type { Page } from "playwright-core"
import { expect, onTestFinished } from "vitest"
import { isSignedWith, startReceiver } from "../../functions/ordering/src/webhooks/testing/receiver.ts"
import { products, type RunningShop } from "../e2e/running-shop.ts"
import { violationsOn } from "./axe.ts"
import { describeInBrowser, it } from "./browser-test.ts"
import { addToCart } from "./shopper.ts"

/** An order of two phones and a camera, paid. */
async function paidOrder({ shop }: RunningShop, name: string): Promise<{ customer: Customer; id: string }> {
  const customer = await shop.signIn(name)
  await customer.putItem(products.xiaomi, 2)
  const { total } = await customer.putItem(products.lumix, 1)
  const checkout = { shippingAddress: someAddress, paymentMethod: "pm_card_visa", expectedTotal: total }
  const { body } = await customer.checkout(checkout)
  expect(await customer.ended(body.orderId)).toMatchObject({ status: "Paid" })
  return { customer, id: body.orderId }
}

const untilOrderIs = (page: Page, status: string) =>
  page.locator(`.order-standing .status-${status}`).waitFor()
/** What the page says was done. */
const said = (page: Page, text: string | RegExp) => page.getByRole("status").getByText(text).waitFor()
/** A hit of the search for products. */
const found = (page: Page, sku: string) => page.locator(".search-hit", { hasText: sku })
const dialog = (page: Page) => page.getByRole("dialog")

describeInBrowser("the back office for what is bought", () => {
  it("makes a coupon that was tried on a basket first, and the shop takes it", async ({
    arrive,
    shop,
    work,
  }) => {
    const page = await work("/back-office/coupons", "discount-write")
    await page.getByRole("link", { name: "WELCOME10" }).waitFor()
    await page.getByRole("link", { name: "New coupon" }).click()
    // The list has a field of that name as well.
    await page.getByRole("heading", { level: 1, name: "New coupon" }).waitFor()
    await page.getByLabel("Code", { exact: true }).fill("lumix25")
    await page.getByLabel("Name").fill("A quarter off cameras")
    await page.getByLabel("Percent").fill("25")
    await page.getByLabel("Turn").fill("4711")
    await page.getByLabel("Orders in all").fill("2")
    await page.getByLabel("Add products").fill("lumix")
    await found(page, products.lumix).click()
    await page.getByLabel("Put into the basket").fill("lumix")
    await found(page, products.lumix).click()
    await page.getByLabel("Put into the basket").fill("xiaomi")
    await found(page, products.xiaomi).click()
    const amounts = page.getByRole("region", { name: "What goes off" })
    await amounts.getByText("A quarter off cameras").waitFor()
    const line = amounts.getByRole("row", { name: "Lumix" }).getByRole("cell")
    expect(await line.nth(2).innerText()).toBe("–")
    const rules = page.getByRole("region", { name: "What became of each rule" })
    expect(await rules.getByRole("row").nth(1).innerText()).toContain("applied")
    // Nothing is saved by that.
    expect(await couponStatus(shop, "LUMIX25")).toBe(404)
    await page.getByRole("button", { name: "Create" }).click()
    await page.getByRole("heading", { level: 1, name: "Coupon LUMIX25" }).waitFor()
    await page.getByText("0 of 2").waitFor()

    const cart = await arrive("/")
    await addToCart(cart, "panasonic-lumix")
    await cart.goto("/cart")
    await cart.getByLabel("Coupon code").fill("LUMIX25")
    await cart.getByRole("button", { name: "Redeem" }).click()
    await cart.getByText(/\(coupon LUMIX25\)/).waitFor()
  })

  it("loses nothing of two wordings of a promotion that were edited at once", async ({ shop, work }) => {
    const page = await work("/back-office/promotions", "discount-write")
    await page.getByRole("link", { name: "150 off every IPhone X" }).waitFor()
    await page.getByRole("link", { name: "150 off every IPhone X" }).click()
    await page.getByLabel("Amount (USD)").fill("140")
    const id = page.url().split("/").at(-1) as string
    const merchant = await shop.shop.roleToken("discount.write")
    const path = `/discount/promotions/${id}`
    const {
      id: _,
      version: __,
      ...terms
    } = shop.shop.expect(
      await shop.shop.send<{ id: string; version: number; name: string }>(merchant, "GET", path),
      200,
    )
    const theirs = { ...terms, name: "150 off phones" }
    shop.shop.expect(await shop.shop.send(merchant, "PUT", path, { body: theirs }), 200)
    await page.getByRole("button", { name: "Save" }).click()
    const notice = page.getByRole("alert", { name: "Somebody else has changed this" })
    await notice.getByText("150 off phones").waitFor()
    expect(await notice.getByRole("row").count()).toBe(3)
    expect(await page.getByLabel("Amount (USD)").inputValue()).toBe("140")
    expect(await violationsOn(page)).toEqual([])
    await notice.getByRole("button", { name: "Save mine all the same" }).click()
    await said(page, "Saved.")
    const kept = await shop.shop.send<object>(merchant, "GET", path)
    expect(kept.body).toMatchObject({
      name: "150 off every IPhone X",
      effect: { amount: { amount: 140_00 } },
    })
  })

  it("has unique codes made, shows how far they are, and hands them over as a file", async ({ work }) => {
    const page = await work("/back-office/coupons/new", "discount-write")
    await page.getByLabel("Code", { exact: true }).fill("ONCE")
    await page.getByLabel("Name").fill("Once each")
    await page.getByLabel("Turn").fill("4712")
    await page.getByLabel("Unique codes").check()
    await page.getByRole("button", { name: "Create" }).click()
    await page.getByLabel("How many new codes").fill("3")
    await page.getByRole("button", { name: "Make them" }).click()
    await page.getByText("3 of 3").waitFor()
    const downloading = page.waitForEvent("download")
    await page.getByRole("button", { name: "Download CSV" }).click()
    let text = ""
    for await (const chunk of await (await downloading).createReadStream()) text += chunk
    expect(text.split("\r\n").map((line) => line.replace(/-[2-9A-Z]{10},[0-9a-f-]{36},/, "-…"))).toEqual([
      "code,batch,order",
      ...Array(3).fill("ONCE-…"),
      "",
    ])
  })

  it("leads an order in two parcels, by keyboard, to its delivery and an accepted return", async ({
    shop,
    work,
  }) => {
    const { customer, id } = await paidOrder(shop, "keyboard")
    const page = await work("/back-office/orders?status=Paid")
    await page.getByLabel("Order number, order id or e-mail address").fill(id)
    await page.keyboard.press("Enter")
    await untilOrderIs(page, "Paid")
    await page.getByText(/waits for shipment until/).waitFor()

    await page.getByRole("button", { name: "Ship" }).focus()
    await page.keyboard.press("Enter")
    await dialog(page).waitFor()
    // The camera stays: it is the first line, and its field the first one.
    await page.keyboard.press("Tab")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    await page.keyboard.type("DHL")
    await page.keyboard.press("Tab")
    await page.keyboard.type("JD0002")
    await dialog(page)
      .getByText(/Left to ship: 1 × Panasonic Lumix/)
      .waitFor()
    await page.keyboard.press("Enter")
    await said(page, "A parcel has left: 2 × Xiaomi Mi 9.")
    await untilOrderIs(page, "PartiallyShipped")
    await page.getByText("DHL · JD0002").waitFor()

    await page.getByRole("button", { name: "Ship" }).click()
    await dialog(page)
      .getByText(/Everything that is left goes out/)
      .waitFor()
    await page.getByRole("button", { name: "Ship the parcel" }).click()
    await untilOrderIs(page, "Shipped")
    const arrived = page.getByRole("button", { name: "Has arrived" })
    for (const parcels of [2, 1]) {
      await arrived.first().click()
      await page.getByRole("button", { name: "Yes, it has arrived" }).click()
      // The page has heard of it before the next one is told.
      await arrived.nth(parcels - 1).waitFor({ state: "detached" })
    }
    await untilOrderIs(page, "Delivered")

    const wanted = { lines: [{ sku: products.lumix, quantity: 1 }], reason: "goods.damaged" }
    const headers = { "idempotency-key": randomUUID() }
    await customer.send("POST", `/ordering/orders/${id}/returns`, { headers, body: wanted })
    await page.getByText("A return waits for a decision").waitFor()
    await page.getByRole("button", { name: "Accept" }).click()
    await page.getByRole("button", { name: "Accept it" }).click()
    await said(page, "The return was accepted")
    await page.getByText("settled").waitFor()

    await page.getByRole("button", { name: "Refund" }).click()
    await page.getByLabel("Amount (USD)").fill("5")
    await dialog(page)
      .getByText(/^US\$5\.00 goes back to the payment it came from/)
      .waitFor()
    await page.getByRole("button", { name: "Give it back" }).click()
    await expect.poll(() => page.getByText("settled").count(), { timeout: 20_000 }).toBe(2)
    await page.getByRole("button", { name: "Close", exact: true }).click()
    await page.getByRole("button", { name: "Close it" }).click()
    await untilOrderIs(page, "Closed")
  })

  it("tells one of two operators what the order has become meanwhile", async ({ shop, work }) => {
    const { id } = await paidOrder(shop, "contested")
    const first = await work(`/back-office/orders/${id}`)
    await first.getByRole("button", { name: "Cancel" }).click()
    // The first one's page hears nothing of what the second one does before it is sent.
    const heard = Promise.withResolvers<void>()
    await first.route(`**/ordering/orders/${id}`, async (route) => {
      await heard.promise
      await route.continue()
    })
    const second = await work(`/back-office/orders/${id}`, "orders-fulfil")
    await second.getByText("Cancelling, refunds, returns and closing need the role orders.manage.").waitFor()
    expect(await second.getByRole("button", { name: "Refund" }).count()).toBe(0)
    await second.getByRole("button", { name: "Ship" }).click()
    await second.getByRole("button", { name: "Ship the parcel" }).click()
    await untilOrderIs(second, "Shipped")
    await first.getByRole("button", { name: "Cancel it" }).click()
    await dialog(first).getByText("Somebody else has changed it meanwhile.").waitFor()
    heard.resolve()
    const notice = dialog(first).getByRole("status")
    await notice.getByText("It is now: Shipped.").waitFor()
    await notice.getByText(/^A parcel left: /).waitFor()
    expect(await first.getByRole("button", { name: "Cancel it" }).isDisabled()).toBe(true)
    expect(await violationsOn(first)).toEqual([])
    const [order] = await shop.sql<{ status: string }>(
      "ordering",
      "SELECT status FROM orders WHERE id = $1",
      [id],
    )
    expect(order?.status).toBe("Shipped")
  })

  it("cancels a unit, then the order, and finds it again by its customer's address", async ({
    shop,
    work,
  }) => {
    const { id } = await paidOrder(shop, "canceller")
    const page = await work(`/back-office/orders/${id}`)
    await page.getByRole("button", { name: "Cancel" }).click()
    await page.getByLabel("Some units").check()
    await dialog(page)
      .getByRole("textbox", { name: /Xiaomi Mi 9/ })
      .fill("1")
    await page.getByLabel("Why?").selectOption({ label: "The goods are damaged" })
    await page.getByRole("button", { name: "Cancel it" }).click()
    await page.getByRole("heading", { name: "Cancelled lines" }).waitFor()
    await page.getByText("settled").waitFor()
    await untilOrderIs(page, "Paid")
    await page.getByRole("button", { name: "Cancel" }).click()
    await dialog(page)
      .getByText(/The order ends\. US\$\d/)
      .waitFor()
    await page.getByRole("button", { name: "Cancel it" }).click()
    await untilOrderIs(page, "Cancelled")
    await expect.poll(() => page.getByText("settled").count(), { timeout: 20_000 }).toBe(2)

    await page.getByRole("link", { name: "Orders", exact: true }).click()
    await page.getByLabel("Order number, order id or e-mail address").fill(someAddress.emailAddress)
    await page.getByRole("button", { name: "Find" }).click()
    await page.getByRole("heading", { name: "Orders of the address that you typed" }).waitFor()
    expect(page.url()).not.toMatch(/@|%40/)
    expect(await page.locator(`a[href="/back-office/orders/${id}"]`).count()).toBe(1)
    await page.getByRole("button", { name: "Back to the list" }).click()
    await page.getByLabel("Status").selectOption("Cancelled")
    await page.getByRole("button", { name: "Filter" }).click()
    await page.waitForURL("**/back-office/orders?status=Cancelled")
    await page.locator(`a[href="/back-office/orders/${id}"]`).waitFor()
  })

  it("subscribes a receiver, says why it was disabled, and replays what failed", async ({ shop, work }) => {
    const receiver = await startReceiver()
    onTestFinished(() => receiver.stop())
    const page = await work("/back-office/webhooks", "orders-manage")
    await page.getByRole("button", { name: "New subscription" }).click()
    await page.getByLabel("Address").fill("receiver")
    await page.getByRole("button", { name: "Subscribe" }).click()
    await page.getByText("An address such as https://example.com/hooks").waitFor()
    await page.getByLabel("Address").fill(receiver.url)
    await page.getByLabel("Whose it is").fill("Warehouse")
    await page.getByRole("button", { name: "Subscribe" }).click()
    const secret = await page.locator(".secret code").innerText()
    await page.getByRole("link", { name: "Warehouse" }).click()
    await page.getByRole("button", { name: "Send a ping" }).click()
    const rows = page.getByRole("region", { name: "Deliveries of the last 30 days" }).getByRole("row")
    await rows.filter({ hasText: "webhook.ping" }).getByText("delivered").waitFor()
    expect(receiver.received.map((one) => isSignedWith(secret, one))).toEqual([true])
    // It is shown that once.
    await page.reload()
    await rows.filter({ hasText: "webhook.ping" }).waitFor()
    expect(await page.getByText(secret).count()).toBe(0)

    receiver.answerWith((response) => void response.writeHead(410).end("moved away"))
    await paidOrder(shop, "webhooks")
    await page.getByText("The receiver answered 410").waitFor()
    await page.getByLabel("State").selectOption("failed")
    await rows.filter({ hasText: "order.paid" }).getByText("moved away").waitFor()
    receiver.answerWith((response) => void response.writeHead(200).end())
    await page.getByLabel("Enabled").check()
    await page.getByRole("button", { name: "Save", exact: true }).click()
    await said(page, "Saved.")
    await page.getByRole("button", { name: "Replay all that failed" }).click()
    await page.getByRole("button", { name: "Yes, replay them" }).click()
    await said(page, "Sent once more: 1.")
    await page.getByLabel("State").selectOption("delivered")
    await rows.filter({ hasText: "order.paid" }).waitFor()
    await rows.filter({ hasText: "order.paid" }).getByRole("button", { name: "Replay" }).click()
    await expect.poll(() => receiver.received.length, { timeout: 20_000 }).toBe(4)
    const ids = receiver.received.slice(1).map(({ headers }) => headers["webhook-id"])
    expect(new Set(ids).size).toBe(1)
    await page.getByRole("button", { name: "Delete" }).click()
    await page.getByRole("button", { name: "Yes, delete it" }).click()
    await page.waitForURL("**/back-office/webhooks")
  })

  it("shows what is kept of a customer and what an erasure waits for", async ({ shop, work }) => {
    const { id } = await paidOrder(shop, "forgotten")
    const [order] = await shop.sql<{ customer_id: string }>(
      "ordering",
      "SELECT customer_id FROM orders WHERE id = $1",
      [id],
    )
    const page = await work("/back-office/privacy", "privacy-manage")
    await page.getByLabel("E-mail address").fill(someAddress.emailAddress)
    await page.getByRole("button", { name: "Find the customers" }).click()
    await page.getByRole("button", { name: order?.customer_id as string }).click()
    await page.getByText("Nobody has asked for it.").waitFor()
    const downloading = page.waitForEvent("download")
    await page.getByRole("button", { name: "Export" }).click()
    expect((await downloading).suggestedFilename()).toBe(`customer-${order?.customer_id}.json`)
    await page.getByRole("button", { name: "Forget this customer" }).click()
    await page.getByRole("button", { name: "Yes, forget them" }).click()
    await page.getByText("It was asked for and waits.").waitFor()
    await page.getByText(/The order is on its way/).waitFor()
  })

  it("says to whoever lacks the role that they do", async ({ work }) => {
    const page = await work("/back-office/webhooks", "orders-fulfil")
    await page.getByText("Your roles do not allow this.").waitFor()
    expect(await page.getByRole("navigation").getByRole("link").allInnerTexts()).toEqual(["Orders"])
    await page.getByRole("link", { name: "Orders", exact: true }).click()
    await page.getByText("What is to leave the house").waitFor()
    await page.getByRole("link", { name: "Shipped", exact: true }).click()
    await page.locator(".status-Shipped").first().waitFor()
  })
})

async function couponStatus({ shop }: RunningShop, code: string): Promise<number> {
  const merchant = await shop.roleToken("discount.write")
  return (await shop.send(merchant, "GET", `/discount/coupons/${code}`)).status
}
