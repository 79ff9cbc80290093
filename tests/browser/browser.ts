import { existsSync } from "node:fs"
import { createRequire } from "node:module"
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

/** A visitor with a browser profile of their own: their pages, and what their browser complained of. */
export type Visitor = {
  readonly context: BrowserContext
  /** Opens another tab. */
  readonly openTab: (path: string) => Promise<Page>
  /** What the console said as an error or a warning, and what was thrown, in any tab. */
  readonly complaints: string[]
}

/** A refusal of the API is news to the page, and the browser notes each as an error: the pages' tests expect some. */
const isRefusal = (text: string): boolean => /Failed to load resource.*status of 4\d\d/.test(text)

/** Begins with an empty browser profile. @param gateway where the shop is */
export async function newVisitor(
  browser: Browser,
  gateway: string,
  options: BrowserContextOptions = {},
): Promise<Visitor> {
  const context = await browser.newContext({ locale: "en-GB", ...options, baseURL: gateway })
  const complaints: string[] = []
  context.on("console", (message) => {
    const isComplaint = message.type() === "error" || message.type() === "warning"
    if (isComplaint && !isRefusal(message.text())) complaints.push(message.text())
  })
  context.on("weberror", (error) => complaints.push(String(error.error())))
  return {
    context,
    complaints,
    async openTab(path) {
      const page = await context.newPage()
      await page.goto(path)
      return page
    },
  }
}

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js")

/** What axe finds wrong with the page as it is shown: rule, and where. */
export async function violationsOn(page: Page): Promise<string[]> {
  // The page's policy lets in no script of others; the debugger's is not bound by it.
  const script = await readText(axe)
  // Frames of other origins are looked into as well: the checkers speak to each other.
  const anyOrigin = 'axe.configure({ allowedOrigins: ["<unsafe_all_origins>"] })'
  for (const frame of page.frames()) await frame.evaluate(`${script};${anyOrigin}`)
  return await page.evaluate(async () => {
    const { axe: checker } = globalThis as unknown as { axe: typeof import("axe-core") }
    const { violations } = await checker.run()
    return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(" ")}`))
  })
}

const texts = new Map<string, Promise<string>>()

function readText(path: string): Promise<string> {
  const text = texts.get(path) ?? import("node:fs/promises").then(({ readFile }) => readFile(path, "utf8"))
  texts.set(path, text)
  return text
}
