// `npm run screenshots`: starts a shop, goes through its pages and takes a picture of each for docs/storefront/, as a desktop
// shows them by day and by night, and a telephone.
import { mkdir, mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { startCloud } from "@eshop/local-cloud/cloud"
import { repositoryRoot } from "@eshop/local-cloud/settings"
import { buildStorefront } from "@eshop/storefront/build"
import type { BrowserContextOptions } from "playwright-core"
import { chromiumPath, launchBrowser, newVisitor, openTab } from "./browser.ts"
import type { Show } from "./pages/show.ts"
import { walks } from "./pages/walks.ts"

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
  startCloud({ dataDir, ports: "free", fsync: false, faults: true }),
  launchBrowser(),
  buildStorefront(),
])
try {
  await cloud.waitUntilReady()
  await cloud.part("faults").whenReady()
  for (const [look, options] of Object.entries(looks)) {
    for (const { start, walk } of walks) {
      const complaints: string[] = []
      const context = await newVisitor(browser, cloud.connections.gateway, complaints, options)
      const take: Show = async (page, name) => {
        await page.waitForLoadState("networkidle")
        const path = join(values.into, `${name}-${look}.jpg`)
        await page.screenshot({ path, type: "jpeg", quality: 60 })
        console.log(path)
      }
      await walk(await openTab(context, start), take, cloud)
      await context.close()
      for (const complaint of complaints) console.error(`✖ ${complaint}`)
    }
  }
} finally {
  await browser.close()
  await cloud.stop()
  await rm(dataDir, { recursive: true, force: true })
}
