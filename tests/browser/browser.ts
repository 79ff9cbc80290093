import { existsSync } from "node:fs"
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from "playwright-core"

const installed = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]

/** The system's browser, where there is one. */
export const chromiumPath: string | undefined = installed.find((path) => existsSync(path))

export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: chromiumPath as string,
    // Of a container, whose user is root.
    args: ["--no-sandbox", "--disable-dev-shm-usage"],
  })

/** A refusal of the API is news to the page, and the browser notes each as an error: the pages' tests expect some. */
const isRefusal = (text: string): boolean => /Failed to load resource.*status of 4\d\d/.test(text)

/**
 * Begins with an empty browser profile.
 * @param gateway where the shop is
 * @param complaints takes what the console says as an error or a warning, and what is thrown, in any tab
 */
export async function newVisitor(
  browser: Browser,
  gateway: string,
  complaints: string[],
  options: BrowserContextOptions = {},
): Promise<BrowserContext> {
  const context = await browser.newContext({ locale: "en-GB", ...options, baseURL: gateway })
  context.on("console", (message) => {
    const isComplaint = message.type() === "error" || message.type() === "warning"
    if (isComplaint && !isRefusal(message.text())) complaints.push(message.text())
  })
  context.on("weberror", (error) => complaints.push(String(error.error())))
  return context
}

/** Opens another tab of the same browser profile. */
export async function openTab(context: BrowserContext, path: string): Promise<Page> {
  const page = await context.newPage()
  await page.goto(path)
  return page
}
