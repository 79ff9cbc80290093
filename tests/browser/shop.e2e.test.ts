// A visitor's ways through the shop's pages, in a real browser, on the whole shop.
import { buildStorefront } from "@eshop/storefront/build"
import type { Browser } from "playwright-core"
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest"
import { type RunningShop, runShop } from "../e2e/running-shop.ts"
import { chromiumPath, launchBrowser, newVisitor, type Visitor, violationsOn } from "./browser.ts"
import { addToCart, fillCheckout, placeOrder, signIn, untilOrderIs } from "./shopper.ts"

let shop: RunningShop
let browser: Browser
let visitor: Visitor

// Said once more where it must not be missing: chromium is installed there.
if (!chromiumPath && process.env.CI) throw new Error("chromium is missing: apt-get install chromium")

describe.skipIf(!chromiumPath)("the shop in a browser (needs chromium)", () => {
  beforeAll(async () => {
    const [running, launched] = await Promise.all([runShop(), launchBrowser(), buildStorefront()])
    shop = running
    browser = launched
  })

  afterAll(async () => {
    await browser?.close()
    await shop?.stop()
  })

  const arrive = async (path: string) => {
    visitor = await newVisitor(browser, shop.cloud.connections.gateway)
    visitor.context.setDefaultTimeout(20_000)
    return visitor.openTab(path)
  }

  afterEach(async () => {
    const { complaints } = visitor
    await visitor.context.close()
    // Also what a policy kept from running is said there.
    expect(complaints).toEqual([])
  })

  it("leads from the first look to a paid order", async () => {
    const page = await arrive("/")
    await page.getByRole("heading", { name: "New in the shop" }).waitFor()
    await page.locator(".product-card").nth(11).waitFor()
    expect(await violationsOn(page)).toEqual([])

    await page.getByLabel("Search products").click()
    await page.keyboard.type("smartph", { delay: 40 })
    await page.getByRole("option").first().waitFor()
    expect(await violationsOn(page)).toEqual([])
    await page.keyboard.press("Enter")
    await page.waitForURL("**/products?q=smartph")
    await page.getByLabel("Nimbus").check()
    await page.getByText("2 products").waitFor()
    await page.getByLabel("Sort by").selectOption("price-asc")
    await page.waitForURL("**/products?*sort=price-asc")
    expect(await violationsOn(page)).toEqual([])

    await page.getByRole("link", { name: "Nimbus Aero 5 Smartphone" }).click()
    await page.getByRole("button", { name: "Add to cart" }).waitFor()
    expect(await violationsOn(page)).toEqual([])
    await page.getByRole("button", { name: "Add to cart" }).click()
    await page.getByRole("link", { name: "Go to the cart" }).click()
    await page.getByLabel("Country").selectOption("DE")
    await page.getByLabel("Coupon code").fill("WELCOME10")
    await page.getByRole("button", { name: "Redeem" }).click()
    await page.getByText(/\(coupon WELCOME10\)/).waitFor()
    expect(await violationsOn(page)).toEqual([])

    await page.getByRole("link", { name: "Check out" }).click()
    await fillCheckout(page)
    expect(await violationsOn(page)).toEqual([])
    const orderId = await placeOrder(page)
    await untilOrderIs(page, "Paid")
    await page.getByText("The payment went through.").waitFor()
    expect(await violationsOn(page)).toEqual([])
    const payments = await shop.paymentsOf(orderId)
    expect(payments.map(({ status }) => status)).toEqual(["succeeded"])
    expect(await page.getByRole("link", { name: "Cart", exact: true }).count()).toBe(1)
  })

  it("says why a declined card ends the order, and gives the items back", async () => {
    const page = await arrive("/")
    await addToCart(page, "samsung-10")
    await fillCheckout(page, "Card that is declined")
    await placeOrder(page)
    await untilOrderIs(page, "Cancelled")
    await page
      .getByText("The card was declined. Nothing was charged; please try another one.")
      .first()
      .waitFor()
    const linesInCart = async () => {
      await page.goto("/cart")
      await page.getByRole("heading", { level: 1 }).waitFor()
      return page.locator(".cart-line").count()
    }
    await expect.poll(linesInCart, { timeout: 20_000 }).toBe(1)
  })

  it("asks before it orders for another total than the shopper saw", async () => {
    const page = await arrive("/")
    await addToCart(page, "panasonic-lumix")
    await fillCheckout(page)
    const before = await page.locator(".totals-total dd").innerText()
    await changePrice("PANASONIC-LUMIX-BLACK", 26_000)
    await page.getByRole("button", { name: /^Order and pay/ }).click()
    const notice = page.locator(".total-changed")
    await notice.waitFor()
    expect(await notice.innerText()).toContain(`changed from ${before} to`)
    expect(await violationsOn(page)).toEqual([])
    const orders = "SELECT count(*)::int AS count FROM orders"
    const [counted] = await shop.sql<{ count: number }>("ordering", orders)
    await notice.getByRole("button", { name: /^Order for/ }).click()
    await page.waitForURL(/\/orders\/[0-9a-f-]{36}/)
    await untilOrderIs(page, "Paid")
    const [after] = await shop.sql<{ count: number }>("ordering", orders)
    expect((after?.count ?? 0) - (counted?.count ?? 0)).toBe(1)
  })

  it("shows two tabs the same cart", async () => {
    const first = await arrive("/")
    await addToCart(first, "htc-u11-plus")
    const second = await visitor.openTab("/cart")
    await second.getByRole("textbox", { name: "Quantity of HTC U11+ Plus" }).waitFor()
    await second.getByRole("button", { name: "One more" }).click()
    await first.locator(".badge").getByText("2").waitFor()
    await first.goto("/cart")
    await first.getByRole("button", { name: /^Remove/ }).click()
    await second.getByText("Your cart is empty.").waitFor()
    expect(await violationsOn(second)).toEqual([])
  })

  it("takes a guest's cart along to the account, and knows the customer after a reload", async () => {
    const page = await arrive("/")
    await addToCart(page, "xiaomi-mi-9")
    await signIn(page, "john")
    await page.goto("/cart")
    await page.getByRole("textbox", { name: "Quantity of Xiaomi Mi 9" }).waitFor()
    await page.getByRole("button", { name: "Sign out" }).waitFor()
    const kept = await page.evaluate("JSON.stringify([localStorage, sessionStorage])")
    expect(kept).not.toMatch(/eyJ/)

    await fillCheckout(page, "Card that asks its holder to confirm (3-D Secure)")
    await placeOrder(page)
    await page.getByRole("button", { name: /authorise|confirm/i }).click()
    await page.waitForURL(/\/orders\/[0-9a-f-]{36}/)
    await untilOrderIs(page, "Paid")

    await page.getByRole("link", { name: "My orders" }).click()
    await page.locator(".order-entry").waitFor()
    expect(await violationsOn(page)).toEqual([])
    await page.getByRole("button", { name: "Sign out" }).click()
    await page.waitForURL("**/signed-out")
    expect(await violationsOn(page)).toEqual([])
  })

  it("cancels a paid order, and pays it back", async () => {
    const page = await arrive("/")
    await addToCart(page, "huawei-plus")
    await fillCheckout(page)
    await placeOrder(page)
    await untilOrderIs(page, "Paid")
    await page.getByRole("button", { name: "Cancel the order" }).click()
    await page.getByRole("alertdialog").waitFor()
    expect(await violationsOn(page)).toEqual([])
    await page.getByRole("button", { name: "Yes, cancel it" }).click()
    await untilOrderIs(page, "Cancelled")
    await page.getByText("You asked for it.").waitFor()
  })

  it.each([
    ["/find-order", "Find an order"],
    ["/withdraw", "Withdraw from contract"],
    ["/account", "Your data"],
    ["/orders", "My orders"],
    ["/contact", "Contact"],
    ["/legal", "Legal"],
    ["/nowhere", "Not found"],
    ["/products?q=zzzzqqqq", "Results for “zzzzqqqq”"],
  ])("has nothing for axe to say of %s", async (path, title) => {
    const page = await arrive(path)
    await page.getByRole("heading", { level: 1, name: title }).waitFor()
    await page.waitForLoadState("networkidle")
    expect(await violationsOn(page)).toEqual([])
  })
})

/** Sets what one unit costs everybody, and waits until a cart knows. */
async function changePrice(sku: string, amount: number): Promise<void> {
  const merchant = await shop.shop.roleToken("catalog.write")
  const path = `/catalog/variants/${sku}/prices`
  const price = { unitPrice: { amount, currency: "USD" }, taxCategory: "standard", includesTax: true }
  const changed = await shop.shop.send(merchant, "PUT", path, { body: { prices: [price] } })
  shop.shop.expect(changed, 200)
  const other = await shop.shop.signIn("tessa")
  await other.putItem(sku, 1)
  const seen = async () => (await other.cart()).lines[0]?.unitPrice.amount
  await expect.poll(seen, { timeout: 20_000 }).toBe(amount)
}
