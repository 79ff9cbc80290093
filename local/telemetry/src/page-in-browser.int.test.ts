// The page in a real browser: what senders write stays text, and whoever uses a keyboard or a screen reader gets along.
import { existsSync } from "node:fs"
import { readFile } from "node:fs/promises"
import { createRequire } from "node:module"
import { orderNumberOf } from "@eshop/domain/ordering/order-number"
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core"
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { startTelemetry, type Telemetry } from "./server.ts"
import { ORDER } from "./testing/records.ts"
import { atRoot, SeverityNumber, sender } from "./testing/sender.ts"

const chromiumPath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(
  existsSync,
)
const axeFile = createRequire(import.meta.url).resolve("axe-core/axe.min.js")
const EVIL = `<img src=x onerror="document.title='pwned'"><script>document.title='pwned'</script>`

// Said once more where it must not be missing: chromium is installed there.
if (!chromiumPath && process.env.CI) throw new Error("chromium is missing: apt-get install chromium")

describe.skipIf(!chromiumPath)("the telemetry's page in a browser (needs chromium)", () => {
  let telemetry: Telemetry
  let browser: Browser
  let axe: string
  let traceId: string
  let context: BrowserContext
  let complaints: string[]

  beforeAll(async () => {
    telemetry = await startTelemetry({ port: 0, allowedOrigins: [] })
    traceId = await send(telemetry.url)
    axe = await readFile(axeFile, "utf8")
    browser = await chromium.launch({
      executablePath: chromiumPath as string,
      // Of a container, whose user is root.
      args: ["--no-sandbox", "--disable-dev-shm-usage"],
    })
  })

  afterAll(async () => {
    await browser?.close()
    await telemetry?.close()
  })

  beforeEach(() => {
    complaints = []
  })

  afterEach(async () => {
    await context.close()
    expect(complaints).toEqual([])
  })

  async function open(address: string, options: Parameters<Browser["newContext"]>[0] = {}): Promise<Page> {
    context = await browser.newContext({ locale: "en-GB", ...options })
    context.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) complaints.push(message.text())
    })
    context.on("weberror", (error) => complaints.push(String(error.error())))
    const page = await context.newPage()
    await page.goto(`${telemetry.url}/${address}`)
    return page
  }

  /** What axe finds wrong, by all of its rules or by one. */
  async function violationsOn(page: Page, rule?: string): Promise<string[]> {
    // The page's policy lets in no script of others; the debugger's is not bound by it.
    await page.evaluate(axe)
    return page.evaluate(async (only) => {
      const { axe: checker } = globalThis as unknown as { axe: typeof import("axe-core") }
      const { violations } = await checker.run(only === undefined ? {} : { runOnly: [only] })
      return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(" ")}`))
    }, rule)
  }

  const views = () => [
    ["#/", "Orders"],
    [`#/about/${ORDER}`, `Order ${orderNumberOf(ORDER)}`],
    ["#/about/nothing", "nothing"],
    ["#/traces", "Traces"],
    [`#/traces/${traceId}`, EVIL],
    ["#/logs?text=onerror", "Logs"],
    ["#/metrics", "Metrics"],
    [`#/metrics/${encodeURIComponent("eshop.orders")}`, "eshop.orders"],
    ["#/none", "Not found"],
  ]

  it("shows every view, light and dark, without a fault that axe knows of", async () => {
    const page = await open("")
    for (const [address, heading] of views()) {
      await page.goto(`${telemetry.url}/${address}`)
      await page.getByRole("heading", { level: 1, name: heading ?? "", exact: true }).waitFor()
      const closed = page.locator("main [aria-expanded=false], main details:not([open]) > summary")
      while ((await closed.count()) > 0) await closed.first().click()
      await page.emulateMedia({ colorScheme: "light" })
      expect([address, await violationsOn(page)]).toEqual([address, []])
      await page.emulateMedia({ colorScheme: "dark" })
      expect([address, await violationsOn(page, "color-contrast")]).toEqual([address, []])
      expect(await page.title()).not.toBe("pwned")
      expect(await page.locator("img, main script").count()).toBe(0)
    }
  })

  it("fits a narrow screen", async () => {
    const page = await open("", { viewport: { width: 400, height: 800 } })
    for (const [address, heading] of views()) {
      await page.goto(`${telemetry.url}/${address}`)
      await page.getByRole("heading", { level: 1, name: heading ?? "", exact: true }).waitFor()
      expect([address, await page.evaluate("document.documentElement.scrollWidth")]).toEqual([address, 400])
    }
  })

  it("leads from an order's number to its trace and along its spans by the keyboard", async () => {
    const page = await open("#/")
    await page.getByRole("heading", { name: "Orders" }).waitFor()
    await page.keyboard.press("/")
    await page.keyboard.type(orderNumberOf(ORDER).toLowerCase())
    await page.keyboard.press("Enter")
    await page.getByRole("heading", { name: `Order ${orderNumberOf(ORDER)}` }).waitFor()
    await page.getByRole("link", { name: "Trace of the payment is retried" }).focus()
    await page.keyboard.press("Enter")
    // It opens where the line was logged.
    const spans = page.locator(".waterfall button[data-key]")
    await expect.poll(() => spans.nth(1).getAttribute("aria-expanded")).toBe("true")
    const focused = () => page.evaluate("document.activeElement.dataset.key")
    await expect.poll(focused).toBe(await spans.nth(1).getAttribute("data-key"))
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("Enter")
    expect(await spans.nth(0).getAttribute("aria-expanded")).toBe("true")
  })

  it("shows log lines as they come, while somebody follows", async () => {
    const page = await open("#/logs?text=fresh")
    await page.getByText("No line of the last hour is like that.").waitFor()
    const basket = sender(telemetry.url, { service: "basket", encoding: "json", isCompressed: false })
    basket.logger.emit({ severityNumber: SeverityNumber.INFO, body: "a fresh line" })
    await basket.flush()
    await page.getByText("a fresh line").first().waitFor()
    await basket.stop()
  })
})

/** An order in trouble, told of in the words of somebody who tries to get markup into the page. */
async function send(url: string): Promise<string> {
  const ordering = sender(url, { service: "ordering", encoding: "json", isCompressed: false })
  const traceId = ordering.within(EVIL, atRoot, (request, inRequest) => {
    request.setAttributes({ [EVIL]: EVIL })
    ordering.within("capture", inRequest, (_, inStep) => {
      const attributes = { orderId: ORDER, [EVIL]: EVIL, stack: "Error: a\n    at b" }
      const severityNumber = SeverityNumber.WARN
      ordering.logger.emit({ severityNumber, body: "the payment is retried", attributes, context: inStep })
    })
    ordering.logger.emit({ severityNumber: SeverityNumber.ERROR, body: EVIL, context: inRequest })
    return request.spanContext().traceId
  })
  ordering.meter.createCounter("eshop.orders", { description: EVIL }).add(1, { "eshop.reason": EVIL })
  await ordering.flush()
  await ordering.stop()
  return traceId
}
