import { execFileSync } from "node:child_process"
import { existsSync } from "node:fs"
import { mkdtemp, rm } from "node:fs/promises"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { startCloud } from "@eshop/local-cloud/cloud"
import { pagesIn } from "@eshop/local-cloud/parts/edge"
import { type BrowserContext, chromium, type Page } from "playwright-core"
import { chromiumPath } from "../browser/browser.ts"
import { prerenderPages } from "../browser/prerender.ts"
import { addToCart, fillCheckout, placeOrder } from "../browser/shopper.ts"

/** Least score of a page, of 100. How fast it is depends on the machine: that is told and no more. */
export const LEAST = 95
export const asserted = ["accessibility", "best-practices", "seo"] as const
const categories = [...asserted, "performance"] as const

/** A page's scores, and what cost it points. */
export type Measured = {
  readonly page: string
  readonly scores: Readonly<Record<(typeof categories)[number], number>>
  readonly faults: readonly string[]
}

type Audit = { readonly id: string; readonly title: string; readonly score: number | null }
type Report = {
  readonly audits: Readonly<Record<string, Audit>>
  readonly categories: Readonly<
    Record<string, { readonly score: number; readonly auditRefs: readonly { id: string; weight: number }[] }>
  >
}
type Lighthouse = (url: string, flags: object) => Promise<{ lhr: Report } | undefined>

/** Lighthouse has packages of its own, apart from the project's: nobody installs them who does not run it. */
async function loadLighthouse(): Promise<Lighthouse> {
  const folder = import.meta.dirname
  if (!existsSync(join(folder, "node_modules", "lighthouse", "package.json"))) {
    console.log("Installing Lighthouse …")
    execFileSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], {
      cwd: folder,
      stdio: "inherit",
    })
  }
  // Its types are only there once it is installed.
  const name: string = "lighthouse"
  return ((await import(name)) as { default: Lighthouse }).default
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject)
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0))
    })
  })
}

/** The address of a guest's order, as the link in the e-mail has it. */
async function orderGuest(page: Page): Promise<string> {
  await fillCheckout(page)
  const answered = page.waitForResponse(
    (response) => response.url().endsWith("/basket/checkout") && response.request().method() === "POST",
  )
  const id = await placeOrder(page)
  const token = (await answered).headers()["x-order-token"] ?? ""
  return `/orders/${id}#token=${encodeURIComponent(token)}`
}

const cookiesOf = async (context: BrowserContext): Promise<string> =>
  (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join("; ")

/**
 * Measures five pages of a shop of its own: home, a list, a product, a cart with something in it, an order.
 * @throws Error where chromium is missing
 */
export async function measurePages(): Promise<Measured[]> {
  if (!chromiumPath) throw new Error("chromium is missing: apt-get install chromium")
  const lighthouse = await loadLighthouse()
  const dataDir = await mkdtemp(join(tmpdir(), "lighthouse-"))
  const port = await freePort()
  const [cloud, browser] = await Promise.all([
    startCloud({ dataDir, ports: "free", fsync: false, rateLimits: false }),
    chromium.launch({
      executablePath: chromiumPath,
      args: ["--no-sandbox", "--disable-dev-shm-usage", `--remote-debugging-port=${port}`],
    }),
  ])
  try {
    await cloud.waitUntilReady()
    const { gateway } = cloud.connections
    await prerenderPages(gateway, pagesIn(dataDir))
    const context = await browser.newContext({ baseURL: gateway, locale: "en-GB" })
    const page = await context.newPage()
    await addToCart(page, "iphone-x")
    const order = await orderGuest(page)
    await addToCart(page, "panasonic-lumix")
    const extraHeaders = { Cookie: await cookiesOf(context) }
    const results: Measured[] = []
    for (const path of ["/", "/products?category=audio", "/products/iphone-x", "/cart", order]) {
      const result = await lighthouse(gateway + path, {
        ...{ port, extraHeaders, output: "json", logLevel: "error", onlyCategories: categories },
      })
      if (result) results.push(measuredOf(path.replace(/#.*/, ""), result.lhr))
    }
    return results
  } finally {
    await browser.close()
    await cloud.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}

function measuredOf(page: string, report: Report): Measured {
  const scored = categories.map((name) => [name, Math.round((report.categories[name]?.score ?? 0) * 100)])
  const weighed = asserted.flatMap((name) => report.categories[name]?.auditRefs ?? [])
  const faults = weighed
    .filter(({ weight }) => weight > 0)
    .map(({ id }) => report.audits[id])
    .filter((audit) => audit !== undefined && audit.score !== null && audit.score < 1)
    .map((audit) => `${audit?.id}: ${audit?.title}`)
  return { page, scores: Object.fromEntries(scored), faults }
}

/** What is too little, in words; nothing where all pages do. */
export const tooLow = (pages: readonly Measured[]): string[] =>
  pages.flatMap(({ page, scores, faults }) =>
    asserted
      .filter((name) => scores[name] < LEAST)
      .map(
        (name) => `${page}: ${name} is ${scores[name]}, at least ${LEAST} is wanted (${faults.join("; ")})`,
      ),
  )
