// A visitor's ways through the shop's pages, in a real browser, on the whole shop.
import { expect } from "vitest"
import { type RunningShop, setStock } from "../e2e/running-shop.ts"
import { violationsOn } from "./axe.ts"
import { openTab } from "./browser.ts"
import { describeInBrowser, it } from "./browser-test.ts"
import { addToCart, fillCheckout, placeOrder, signIn, untilOrderIs } from "./shopper.ts"

describeInBrowser("the shop in a browser", () => {
  it("leads from the first look to a paid order", async ({ arrive, shop }) => {
    const page = await arrive("/")
    await page.getByRole("heading", { name: "New in the shop" }).waitFor()
    await page.locator(".product-card").nth(11).waitFor()

    await page.getByLabel("Search products").click()
    await page.keyboard.type("smartph")
    await page.getByRole("option").first().waitFor()
    await page.keyboard.press("Enter")
    await page.waitForURL("**/products?q=smartph")
    await page.getByLabel("Nimbus").check()
    await page.getByText("2 products").waitFor()
    await page.getByLabel("Sort by").selectOption("price-asc")
    await page.waitForURL("**/products?*sort=price-asc")

    await page.getByRole("link", { name: "Nimbus Aero 5 Smartphone" }).click()
    await page.getByRole("button", { name: "Add to cart" }).waitFor()
    await page.getByRole("button", { name: "Add to cart" }).click()
    await page.getByRole("link", { name: "Go to the cart" }).click()
    await page.getByLabel("Country").selectOption("DE")
    await page.getByLabel("Coupon code").fill("WELCOME10")
    await page.getByRole("button", { name: "Redeem" }).click()
    await page.getByText(/\(coupon WELCOME10\)/).waitFor()

    await page.getByRole("link", { name: "Check out" }).click()
    await fillCheckout(page)
    const orderId = await placeOrder(page)
    await untilOrderIs(page, "Paid")
    await page.getByText("The payment went through.").waitFor()
    const payments = await shop.paymentsOf(orderId)
    expect(payments.map(({ status }) => status)).toEqual(["succeeded"])
    expect(await page.getByRole("link", { name: "Cart", exact: true }).count()).toBe(1)
  })

  it("says why a declined card ends the order, and gives the items back", async ({ arrive }) => {
    const page = await arrive("/")
    await addToCart(page, "samsung-10")
    await fillCheckout(page, "declined")
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

  it("asks before it orders for another total than the shopper saw", async ({ arrive, shop }) => {
    const page = await arrive("/")
    await addToCart(page, "panasonic-lumix")
    await fillCheckout(page)
    const before = await page.locator(".totals-total dd").innerText()
    await changePrice(shop, "PANASONIC-LUMIX-BLACK", 26_000)
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

  it("shows two tabs the same cart", async ({ arrive }) => {
    const first = await arrive("/")
    await addToCart(first, "htc-u11-plus")
    const second = await openTab(first.context(), "/cart")
    await second.getByRole("textbox", { name: "Quantity of HTC U11+ Plus" }).waitFor()
    await second.getByRole("button", { name: "One more" }).click()
    await first.locator(".badge").getByText("2").waitFor()
    await first.goto("/cart")
    await first.getByRole("button", { name: /^Remove/ }).click()
    await second.getByText("Your cart is empty.").waitFor()
  })

  it("takes a guest's cart along to the account, and knows the customer after a reload", async ({
    arrive,
  }) => {
    const page = await arrive("/")
    await addToCart(page, "xiaomi-mi-9")
    await signIn(page, "john")
    await page.goto("/cart")
    await page.getByRole("textbox", { name: "Quantity of Xiaomi Mi 9" }).waitFor()
    await page.getByRole("button", { name: "Sign out" }).waitFor()
    const kept = await page.evaluate("JSON.stringify([localStorage, sessionStorage])")
    expect(kept).not.toMatch(/eyJ/)

    await fillCheckout(page, "asks its holder")
    await placeOrder(page)
    await page.getByRole("button", { name: /authorise|confirm/i }).click()
    await page.waitForURL(/\/orders\/[0-9a-f-]{36}/)
    await untilOrderIs(page, "Paid")

    await page.getByRole("link", { name: "My orders" }).click()
    await page.locator(".order-entry").first().waitFor()
    await page.getByRole("button", { name: "Sign out" }).click()
    await page.waitForURL("**/signed-out")
  })

  it("cancels a paid order, and pays it back", async ({ arrive }) => {
    const page = await arrive("/")
    await addToCart(page, "huawei-plus")
    await fillCheckout(page)
    await placeOrder(page)
    await untilOrderIs(page, "Paid")
    await page.getByRole("button", { name: "Cancel the order" }).click()
    await page.getByRole("alertdialog").waitFor()
    await page.getByRole("button", { name: "Yes, cancel it" }).click()
    await untilOrderIs(page, "Cancelled")
    await page.getByText("You asked for it.").waitFor()
  })

  it("shows what is featured and new, and pages through a list and back", async ({ arrive }) => {
    const page = await arrive("/")
    const shelf = (name: string) =>
      page.locator(".shelf").filter({ has: page.getByRole("heading", { name, exact: true }) })
    await shelf("Featured").getByText("Strada Gravel Bike Carbon").waitFor()
    expect(await shelf("Featured").locator(".product-card").count()).toBe(6)
    expect(await shelf("New in the shop").locator(".product-card").count()).toBe(6)

    await page.getByRole("link", { name: "Browse all products" }).click()
    await page.locator(".product-card").nth(23).waitFor()
    const first = await page.locator(".product-card").first().innerText()
    await page.getByRole("link", { name: "Next page" }).click()
    await page.getByRole("button", { name: "Previous page" }).waitFor()
    await expect.poll(() => page.locator(".product-card").first().innerText()).not.toBe(first)
    await page.getByRole("button", { name: "Previous page" }).click()
    await expect.poll(() => page.locator(".product-card").first().innerText()).toBe(first)
  })

  it("tells a reduction's lowest price, what many cost each, and how few are left", async ({
    arrive,
    shop,
  }) => {
    const { slug, variants } = await productBySlug(shop, "optara-snap-instant-camera")
    const [{ sku }] = variants
    const price = (amount: number) => ({ unitPrice: { amount, currency: "USD" }, ...TERMS })
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString()
    await setPrices(shop, sku, [
      price(79_00),
      { ...price(59_00), validUntil: tomorrow },
      { ...price(49_00), minQuantity: 2 },
    ])
    await setStock(shop, sku, 3)
    const page = await arrive(`/products/${slug}?sku=${sku}`)
    await page.getByText("Lowest price of the last 30 days before the reduction: US$79.00").waitFor()
    await page.getByText("From 2 on: US$49.00 each").waitFor()
    await page.getByText("Only 3 left").waitFor()
    expect(await violationsOn(page)).toEqual([])
    // The quantity box takes what is typed and what is pressed, and the badge follows.
    await page.getByRole("textbox", { name: "Quantity" }).fill("2")
    await page.getByRole("button", { name: "One more" }).click()
    await page.getByRole("button", { name: "Add to cart" }).click()
    await page.locator(".badge").getByText("3").waitFor()
    await page.getByRole("link", { name: "Go to the cart" }).click()
    await page.getByText("US$147.00").first().waitFor()
    await page.getByRole("button", { name: "One less" }).click()
    await page.locator(".badge").getByText("2").waitFor()
  })

  it("says in the visitor's language what a discount is, and why a code is not taken", async ({ arrive }) => {
    const page = await arrive("/", { locale: "de-DE" })
    await page.goto("/products/iphone-x")
    await page.getByRole("button", { name: "In den Warenkorb" }).click()
    await page.locator(".badge").waitFor()
    await page.goto("/cart")
    await page.getByText("150 Nachlass auf jedes IPhone X").first().waitFor()
    const code = page.getByLabel("Gutscheincode")
    await code.fill("NO-SUCH")
    await page.getByRole("button", { name: "Einlösen" }).click()
    await page.getByText("Diesen Gutschein gibt es nicht").first().waitFor()
    await code.fill("IPHONE150")
    await page.getByRole("button", { name: "Einlösen" }).click()
    await page
      .getByText(/Gutschein IPHONE150/)
      .first()
      .waitFor()
    await page.getByText("Nachlässe, die nicht gelten").click()
    await page.getByText("gilt nicht zusammen mit „150 Nachlass auf jedes IPhone X“").waitFor()
    expect(await violationsOn(page)).toEqual([])
    await page.getByRole("button", { name: "Gutschein entfernen" }).click()
    await code.waitFor()
  })

  it("takes a message to the shop, and no card number in it", async ({ arrive }) => {
    const page = await arrive("/contact")
    await page.getByLabel("Your name").fill("Ada Lovelace")
    await page.getByLabel("E-mail address").fill("ada@example.com")
    await page.getByLabel("Your message").fill("My card is 4242 4242 4242 4242.")
    await page.getByRole("button", { name: "Send the message" }).click()
    await page.getByText("Please check this. Card numbers are not taken.").waitFor()
    expect(await violationsOn(page)).toEqual([])
    await page.getByLabel("Your message").fill("Where is my order?")
    await page.getByRole("button", { name: "Send the message" }).click()
    await page.getByText("Your message has arrived").waitFor()
    expect(await page.getByLabel("Your message").inputValue()).toBe("")
  })
})

const TERMS = { taxCategory: "standard", includesTax: true }

async function setPrices({ shop }: RunningShop, sku: string, prices: readonly object[]): Promise<void> {
  const merchant = await shop.roleToken("catalog.write")
  const path = `/catalog/variants/${sku}/prices`
  shop.expect(await shop.send(merchant, "PUT", path, { body: { prices } }), 200)
}

async function productBySlug({ shop }: RunningShop, slug: string) {
  type Found = { slug: string; variants: [{ sku: string }] }
  return shop.expect(await shop.send<Found>(undefined, "GET", `/catalog/products/by-slug/${slug}`), 200)
}

/** Sets what one unit costs everybody, and waits until a cart knows. */
async function changePrice(running: RunningShop, sku: string, amount: number): Promise<void> {
  await setPrices(running, sku, [{ unitPrice: { amount, currency: "USD" }, ...TERMS }])
  const other = await running.shop.signIn("tessa")
  await other.putItem(sku, 1)
  const seen = async () => (await other.cart()).lines[0]?.unitPrice.amount
  await expect.poll(seen, { timeout: 20_000 }).toBe(amount)
}
