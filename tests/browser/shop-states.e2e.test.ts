// The shop's pages where something is in the way: no connection, a slow one, a part that is away, a sign-in that ends, a
// keyboard alone, large letters on a small screen.
import type { Page, Route } from "playwright-core"
import { expect } from "vitest"
import type { RunningShop } from "../e2e/running-shop.ts"
import { violationsOn } from "./axe.ts"
import { openTab } from "./browser.ts"
import { describeInBrowser, it } from "./browser-test.ts"
import { walkByKeyboard } from "./keyboard.ts"
import { addToCart, fillCard, fillCheckout, placeOrder, signIn, untilOrderIs } from "./shopper.ts"

describeInBrowser("the shop in a browser, where something is in the way", () => {
  const quantityOf = (page: Page, name: string) =>
    page.getByRole("textbox", { name: `Quantity of ${name}` }).inputValue()

  it("keeps what is done offline until the connection is back, and does it once", async ({
    arrive,
    complaints,
    shop,
  }) => {
    const page = await arrive("/")
    await addToCart(page, "samsung-10")
    await page.goto("/cart")
    await page.getByRole("textbox", { name: "Quantity of Samsung 10" }).waitFor()
    await page.context().setOffline(true)
    await page.getByText("You are offline.").waitFor()
    await page.getByRole("button", { name: "One more" }).click()
    await page.context().setOffline(false)
    await page.locator(".badge").getByText("2").waitFor()
    expect(await quantityOf(page, "Samsung 10")).toBe("2")
    await page.reload()
    await page.getByRole("textbox", { name: "Quantity of Samsung 10" }).waitFor()
    expect(await quantityOf(page, "Samsung 10")).toBe("2")

    await fillCheckout(page)
    const before = await countOrders(shop)
    await page.context().setOffline(true)
    await page.getByText("You are offline.").waitFor()
    await page.getByRole("button", { name: /^Order and pay/ }).click()
    await page.getByRole("button", { name: "Checking the card …" }).waitFor()
    expect(await countOrders(shop)).toBe(before)
    await page.context().setOffline(false)
    await page.waitForURL(/\/orders\/[0-9a-f-]{36}/)
    await untilOrderIs(page, "Paid")
    expect(await countOrders(shop)).toBe(before + 1)
    expectComplaints(complaints, /ERR_INTERNET_DISCONNECTED/)
  })

  it("sends a change again when a part of the shop is away for a moment, or its answer got lost", async ({
    arrive,
    complaints,
  }) => {
    const page = await arrive("/products/panasonic-lumix")
    const answers: (typeof away)[] = [away, lost]
    await page.route("**/basket/cart/items", async (route) => {
      const answer = answers.shift()
      await (answer ? answer(route) : route.continue())
    })
    await page.getByRole("button", { name: "Add to cart" }).click()
    await page.getByText("is in your cart").waitFor()
    expect(answers).toEqual([])
    await page.locator(".badge").getByText("1").waitFor()
    expectComplaints(complaints, /503|ERR_FAILED/)
  })

  it("places one order where the answer to it got lost", async ({ arrive, complaints, shop }) => {
    const page = await arrive("/")
    await addToCart(page, "htc-u11-plus")
    await fillCheckout(page)
    const before = await countOrders(shop)
    await page.route("**/basket/checkout", lost, { times: 1 })
    await placeOrder(page)
    await untilOrderIs(page, "Paid")
    expect(await countOrders(shop)).toBe(before + 1)
    expectComplaints(complaints, /ERR_FAILED/)
  })

  it("says that something takes long, and shows it when it comes", async ({ arrive }) => {
    const page = await arrive("/contact")
    await page.clock.install()
    let release = () => {}
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    await page.route("**/catalog/products/by-slug/xiaomi-mi-9", async (route) => {
      await released
      await route.continue()
    })
    await page.goto("/products/xiaomi-mi-9")
    await page.locator("header").waitFor()
    await page.clock.fastForward(10_000)
    await page.getByText("This takes longer than usual …").waitFor()
    release()
    await page.getByRole("button", { name: "Add to cart" }).waitFor()
  })

  it("tells what is wrong with a card, orders nothing, and takes another one", async ({
    arrive,
    complaints,
    shop,
  }) => {
    const page = await arrive("/")
    await addToCart(page, "lg-g7-thinq")
    // Without the provider's script no card can be typed, and that is said.
    await page.route("**/elements/stripe.ts", (route) => route.abort(), { times: 1 })
    await page.goto("/checkout")
    await page.getByText("The payment provider’s fields could not be loaded.").waitFor()
    await page.getByRole("button", { name: "Try again" }).click()
    await page.locator(".payment-frame iframe").waitFor()
    expectComplaints(complaints, /ERR_FAILED|could not be (shown|loaded)/)

    await fillCheckout(page)
    const before = await countOrders(shop)
    for (const [number, says] of [
      ["4242424242424241", "Your card number is invalid."],
      ["5555555555554444", "This is no test card, and this shop takes no others."],
      ["42424242", "Your card number is incomplete."],
    ] as const) {
      await fillCard(page, number)
      await page.getByRole("button", { name: /^Order and pay/ }).click()
      await page.getByRole("alert").getByText(says).waitFor()
      expect(await page.evaluate("document.activeElement.tagName")).toBe("IFRAME")
    }
    expect(await violationsOn(page)).toEqual([])
    expect(await countOrders(shop)).toBe(before)

    await fillCard(page, "4000000000000002")
    await placeOrder(page)
    await untilOrderIs(page, "Cancelled")
    expect(await violationsOn(page)).toEqual([])
  })

  it("renews a sign-in in time, and says when it has ended elsewhere", async ({ arrive }) => {
    const page = await arrive("/")
    await signIn(page, "tessa")
    await page.clock.install()
    const renewals: number[] = []
    page.on("response", (response) => {
      if (response.url().endsWith("/token")) renewals.push(response.status())
    })
    await page.clock.fastForward("01:00:00")
    await page.getByRole("link", { name: "My orders" }).click()
    await page.getByText("There are no orders yet.").waitFor()
    expect(renewals).toEqual([200])

    await page.route("**/token", (route) => route.fulfill({ status: 400, json: { error: "invalid_grant" } }))
    await page.clock.fastForward("01:00:00")
    await page.goBack()
    await page.getByText("Your sign-in has ended.").waitFor()
    await page.getByRole("banner").getByRole("button", { name: "Sign in" }).waitFor()
    expect(await violationsOn(page)).toEqual([])
  })

  it("signs out in every tab", async ({ arrive }) => {
    const first = await arrive("/")
    await signIn(first, "john")
    const second = await openTab(first.context(), "/orders")
    await second.getByRole("button", { name: "Sign out" }).click()
    await first.waitForURL("**/signed-out")
    await first.getByRole("banner").getByRole("button", { name: "Sign in" }).waitFor()
  })

  it("takes an order by the keyboard alone", async ({ arrive }) => {
    const page = await arrive("/")
    await page.locator(".product-card").nth(11).waitFor()
    await expectUsable(page)
    await addToCart(page, "iphone-x")
    await fillCheckout(page)
    const stops = await expectUsable(page)
    // Number, expiry, code and the list of test cards are four stops within one frame.
    expect(stops.filter((name) => name === "Secure card payment input frame")).toHaveLength(4)
    await page.getByRole("button", { name: /^Order and pay/ }).focus()
    await page.keyboard.press("Enter")
    await untilOrderIs(page, "Paid")
  })
})

/** Nothing is out of a keyboard's reach. @returns what the Tab key led to, in order */
async function expectUsable(page: Page): Promise<string[]> {
  const { stops, mistakes } = await walkByKeyboard(page)
  expect(mistakes).toEqual([])
  expect(stops[0]).toBe("Skip to the content")
  expect(stops.at(-1)).toMatch(/^Language/)
  return stops
}

async function countOrders(shop: RunningShop): Promise<number> {
  const [row] = await shop.sql<{ count: number }>("ordering", "SELECT count(*)::int AS count FROM orders")
  return row?.count ?? 0
}

/** What the browser says of a request that was kept from its answer is no news here. */
function expectComplaints(complaints: string[], about: RegExp): void {
  const others = complaints.filter((text) => !about.test(text))
  complaints.splice(0, complaints.length, ...others)
}

const away = (route: Route) =>
  route.fulfill({
    status: 503,
    headers: { "retry-after": "1" },
    contentType: "application/problem+json",
    json: { type: "urn:eshop:problem:dependency.unavailable", title: "Away", status: 503 },
  })

/** The shop has done it, and its answer does not arrive. */
async function lost(route: Route): Promise<void> {
  await route.fetch()
  await route.abort()
}
