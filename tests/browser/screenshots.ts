// `npm run screenshots`: starts a shop, goes through its pages and takes a picture of each for docs/storefront/, as a desktop
// shows them by day and by night, and a telephone.
import { mkdir, mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { startCloud } from "@eshop/local-cloud/cloud"
import { repositoryRoot } from "@eshop/local-cloud/settings"
import { buildStorefront } from "@eshop/storefront/build"
import type { BrowserContextOptions, Page } from "playwright-core"
import { chromiumPath, launchBrowser, newVisitor } from "./browser.ts"
import { addToCart, fillCheckout, placeOrder, signIn, untilOrderIs } from "./shopper.ts"

const looks: Record<string, BrowserContextOptions> = {
  light: { viewport: { width: 1280, height: 860 } },
  dark: { viewport: { width: 1280, height: 860 }, colorScheme: "dark" },
  phone: { viewport: { width: 400, height: 860 }, hasTouch: true, isMobile: true },
}

const { values } = parseArgs({
  options: { into: { type: "string", default: join(repositoryRoot, "docs", "storefront") } },
})

if (!chromiumPath) throw new Error("chromium is missing: apt-get install chromium")
await mkdir(values.into, { recursive: true })
const dataDir = await mkdtemp(join(tmpdir(), "screenshots-"))
const [cloud, browser] = await Promise.all([
  startCloud({ dataDir, ports: "free", fsync: false }),
  launchBrowser(),
  buildStorefront(),
])
try {
  await cloud.waitUntilReady()
  for (const [look, options] of Object.entries(looks)) {
    const visitor = await newVisitor(browser, cloud.connections.gateway, options)
    await walk(await visitor.openTab("/"), async (page, name) => {
      await page.waitForLoadState("networkidle")
      const path = join(values.into, `${name}-${look}.jpg`)
      await page.screenshot({ path, type: "jpeg", quality: 60 })
      console.log(path)
    })
    await visitor.context.close()
  }
} finally {
  await browser.close()
  await cloud.stop()
  await rm(dataDir, { recursive: true, force: true })
}

/** One customer's way past every page. */
async function walk(page: Page, take: (page: Page, name: string) => Promise<void>): Promise<void> {
  await page.locator(".product-card").nth(11).waitFor()
  await take(page, "home")
  await page.goto("/products?category=audio")
  await page.locator(".product-card").first().waitFor()
  await take(page, "products")
  await addToCart(page, "iphone-x")
  await take(page, "product")
  await addToCart(page, "panasonic-lumix")
  await page.goto("/cart")
  await page.getByLabel("Country").selectOption("DE")
  await page.getByLabel("Coupon code").fill("WELCOME10")
  await page.getByRole("button", { name: "Redeem" }).click()
  await page.getByText("Remove the coupon").waitFor()
  await take(page, "cart")
  await signIn(page, "mehmet")
  await fillCheckout(page)
  await take(page, "checkout")
  await placeOrder(page)
  await untilOrderIs(page, "Paid")
  await page.getByText("The payment went through.").waitFor()
  await take(page, "order")
  await page.getByRole("link", { name: "Withdraw from contract here" }).first().click()
  await page.getByText("Which items?").waitFor()
  await take(page, "withdrawal")
  await page.goto("/orders")
  await page.locator(".order-entry").first().waitFor()
  await take(page, "orders")
  await page.goto("/account")
  await page.getByRole("button", { name: "Forget me" }).waitFor()
  await take(page, "account")
  await page.goto("/find-order")
  await page.getByRole("heading", { name: "Find an order" }).waitFor()
  await take(page, "find-order")
}
