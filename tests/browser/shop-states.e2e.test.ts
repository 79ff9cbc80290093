// The shop's pages where something is in the way: no connection, a slow one, a part that is away, a sign-in that ends, a
// keyboard alone, large letters on a small screen.
import { buildStorefront } from "@eshop/storefront/build"
import type { Browser, Page, Route } from "playwright-core"
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest"
import { type RunningShop, runShop } from "../e2e/running-shop.ts"
import { chromiumPath, launchBrowser, newVisitor, type Visitor, violationsOn } from "./browser.ts"
import { walkByKeyboard } from "./keyboard.ts"
import { addToCart, fillCard, fillCheckout, placeOrder, signIn, untilOrderIs } from "./shopper.ts"

let shop: RunningShop
let browser: Browser
let visitor: Visitor

// Said once more where it must not be missing: chromium is installed there.
if (!chromiumPath && process.env.CI) throw new Error("chromium is missing: apt-get install chromium")

describe.skipIf(!chromiumPath)(
  "the shop in a browser, where something is in the way (needs chromium)",
  () => {
    beforeAll(async () => {
      const [running, launched] = await Promise.all([runShop(), launchBrowser(), buildStorefront()])
      shop = running
      browser = launched
    })

    afterAll(async () => {
      await browser?.close()
      await shop?.stop()
    })

    const arrive = async (path: string, options: Parameters<typeof newVisitor>[2] = {}) => {
      visitor = await newVisitor(browser, shop.cloud.connections.gateway, options)
      visitor.context.setDefaultTimeout(20_000)
      return visitor.openTab(path)
    }

    afterEach(async () => {
      const { complaints } = visitor
      await visitor.context.close()
      expect(complaints).toEqual([])
    })

    /** What the browser says of a request that was kept from its answer is no news here. */
    const expectComplaints = (about: RegExp) => {
      const others = visitor.complaints.filter((text) => !about.test(text))
      visitor.complaints.splice(0, visitor.complaints.length, ...others)
    }

    const quantityOf = (page: Page, name: string) =>
      page.getByRole("textbox", { name: `Quantity of ${name}` }).inputValue()
    const countOrders = async () => {
      const [row] = await shop.sql<{ count: number }>("ordering", "SELECT count(*)::int AS count FROM orders")
      return row?.count ?? 0
    }

    it("keeps what is done offline until the connection is back, and does it once", async () => {
      const page = await arrive("/")
      await addToCart(page, "samsung-10")
      await page.goto("/cart")
      await page.getByRole("textbox", { name: "Quantity of Samsung 10" }).waitFor()
      await visitor.context.setOffline(true)
      await page.getByText("You are offline.").waitFor()
      await page.getByRole("button", { name: "One more" }).click()
      await visitor.context.setOffline(false)
      await page.locator(".badge").getByText("2").waitFor()
      expect(await quantityOf(page, "Samsung 10")).toBe("2")
      await page.reload()
      await page.getByRole("textbox", { name: "Quantity of Samsung 10" }).waitFor()
      expect(await quantityOf(page, "Samsung 10")).toBe("2")

      await fillCheckout(page)
      const before = await countOrders()
      await visitor.context.setOffline(true)
      await page.getByText("You are offline.").waitFor()
      await page.getByRole("button", { name: /^Order and pay/ }).click()
      await page.getByRole("button", { name: "Checking the card …" }).waitFor()
      expect(await countOrders()).toBe(before)
      await visitor.context.setOffline(false)
      await page.waitForURL(/\/orders\/[0-9a-f-]{36}/)
      await untilOrderIs(page, "Paid")
      expect(await countOrders()).toBe(before + 1)
    })

    it("sends a change again when a part of the shop is away for a moment, or its answer got lost", async () => {
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
      expectComplaints(/503|ERR_FAILED/)
    })

    it("places one order where the answer to it got lost", async () => {
      const page = await arrive("/")
      await addToCart(page, "htc-u11-plus")
      await fillCheckout(page)
      const before = await countOrders()
      await page.route("**/basket/checkout", lost, { times: 1 })
      await placeOrder(page)
      await untilOrderIs(page, "Paid")
      expect(await countOrders()).toBe(before + 1)
      expectComplaints(/ERR_FAILED/)
    })

    it("says that something takes long, and shows it when it comes", async () => {
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

    it("tells what is wrong with a card, orders nothing, and takes another one", async () => {
      const page = await arrive("/")
      await addToCart(page, "lg-g7-thinq")
      // Without the provider's script no card can be typed, and that is said.
      await page.route("**/elements/stripe.ts", (route) => route.abort(), { times: 1 })
      await page.goto("/checkout")
      await page.getByText("The payment provider’s fields could not be loaded.").waitFor()
      await page.getByRole("button", { name: "Try again" }).click()
      await page.locator(".payment-frame iframe").waitFor()
      expectComplaints(/ERR_FAILED|could not be (shown|loaded)/)

      await fillCheckout(page)
      const before = await countOrders()
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
      expect(await countOrders()).toBe(before)

      await fillCard(page, "4000000000000002")
      await placeOrder(page)
      await untilOrderIs(page, "Cancelled")
      expect(await violationsOn(page)).toEqual([])
    })

    it("renews a sign-in in time, and says when it has ended elsewhere", async () => {
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

      await page.route("**/token", (route) =>
        route.fulfill({ status: 400, json: { error: "invalid_grant" } }),
      )
      await page.clock.fastForward("01:00:00")
      await page.goBack()
      await page.getByText("Your sign-in has ended.").waitFor()
      await page.getByRole("banner").getByRole("button", { name: "Sign in" }).waitFor()
      expect(await violationsOn(page)).toEqual([])
    })

    it("signs out in every tab", async () => {
      const first = await arrive("/")
      await signIn(first, "john")
      const second = await visitor.openTab("/orders")
      await second.getByRole("button", { name: "Sign out" }).click()
      await first.waitForURL("**/signed-out")
      await first.getByRole("banner").getByRole("button", { name: "Sign in" }).waitFor()
    })

    it("can be used by a keyboard alone, on a small screen with letters twice as large", async () => {
      const page = await arrive("/", { viewport: { width: 400, height: 800 }, reducedMotion: "reduce" })
      await page.locator(".product-card").nth(11).waitFor()
      await expectUsable(page)
      await page.goto("/products?q=phone")
      await page.locator(".product-card").first().waitFor()
      await expectUsable(page)
      await addToCart(page, "iphone-x")
      await expectUsable(page)
      await page.goto("/cart")
      await page.getByRole("link", { name: "Check out" }).waitFor()
      await expectUsable(page)
      await fillCheckout(page)
      const { stops } = await expectUsable(page)
      // Number, expiry, code and the list of test cards are four stops within one frame.
      expect(stops.filter((name) => name === "Secure card payment input frame")).toHaveLength(4)
      await page.getByRole("button", { name: /^Order and pay/ }).focus()
      await page.keyboard.press("Enter")
      await untilOrderIs(page, "Paid")
      await expectUsable(page)
      await page.goto("/contact")
      await page.getByLabel("Your message").waitFor()
      await expectUsable(page)
    })

    /** Nothing is out of a keyboard's reach, nor wider than the screen when letters are large. */
    async function expectUsable(page: Page) {
      const walk = await walkByKeyboard(page)
      expect([page.url(), walk.mistakes]).toEqual([page.url(), []])
      expect(walk.stops[0]).toBe("Skip to the content")
      expect(walk.stops.at(-1)).toMatch(/^Language/)
      const overflow = await page.evaluate(beyondTheScreen)
      expect([page.url(), overflow]).toEqual([page.url(), 0])
      return walk
    }
  },
)

/** How much wider the page is than the screen with letters of twice the size, in pixels. */
const beyondTheScreen = `(() => {
  const root = document.documentElement
  root.style.fontSize = "200%"
  const width = root.scrollWidth - root.clientWidth
  root.style.fontSize = ""
  return width
})()`

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
