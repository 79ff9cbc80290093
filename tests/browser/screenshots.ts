// `npm run screenshots`: starts a shop, goes through its pages and takes a picture of each for docs/storefront/, as a desktop
// shows them by day and by night, and a telephone.
import { mkdir, mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { type Cloud, startCloud } from "@eshop/local-cloud/cloud"
import { repositoryRoot } from "@eshop/local-cloud/settings"
import { buildStorefront } from "@eshop/storefront/build"
import type { BrowserContextOptions, Page } from "playwright-core"
import { chromiumPath, launchBrowser, newVisitor } from "./browser.ts"
import { walkConsole } from "./pages/console.ts"
import { walkFaults } from "./pages/faults.ts"
import { walkGoods } from "./pages/goods.ts"
import { walkSales } from "./pages/sales.ts"
import { type TakePicture, walkShop } from "./pages/shop.ts"

const looks: Record<string, BrowserContextOptions> = {
  light: { viewport: { width: 1280, height: 860 } },
  dark: { viewport: { width: 1280, height: 860 }, colorScheme: "dark" },
  phone: { viewport: { width: 400, height: 860 }, hasTouch: true, isMobile: true },
}

/** Somebody's way past every page of an area. */
const walks: {
  start: string
  walk: (page: Page, take: TakePicture, cloud: Cloud) => Promise<void>
}[] = [
  { start: "/", walk: walkShop },
  { start: "/back-office/products", walk: walkGoods },
  { start: "/back-office/orders", walk: walkSales },
  { start: "/console", walk: walkConsole },
  { start: "/console/faults", walk: walkFaults },
]

const { values } = parseArgs({
  options: { into: { type: "string", default: join(repositoryRoot, "docs", "storefront") } },
})

if (!chromiumPath) throw new Error("chromium is missing: apt-get install chromium")
await mkdir(values.into, { recursive: true })
const dataDir = await mkdtemp(join(tmpdir(), "screenshots-"))
const [cloud, browser] = await Promise.all([
  startCloud({ dataDir, ports: "free", fsync: false, faults: true }),
  launchBrowser(),
  buildStorefront(),
])
try {
  await cloud.waitUntilReady()
  await cloud.part("faults").whenReady()
  for (const [look, options] of Object.entries(looks)) {
    for (const { start, walk } of walks) {
      const visitor = await newVisitor(browser, cloud.connections.gateway, options)
      const take: TakePicture = async (page, name) => {
        await page.waitForLoadState("networkidle")
        const path = join(values.into, `${name}-${look}.jpg`)
        await page.screenshot({ path, type: "jpeg", quality: 60 })
        console.log(path)
      }
      await walk(await visitor.openTab(start), take, cloud)
      await visitor.context.close()
    }
  }
} finally {
  await browser.close()
  await cloud.stop()
  await rm(dataDir, { recursive: true, force: true })
}
