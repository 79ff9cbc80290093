// `npm run screenshots`: starts a shop, goes through its pages and takes the pictures that docs/*.md show; with `--into` those
// of every page, as a desktop shows it by day and by night, and a telephone.
import { globSync } from "node:fs"
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { startCloud } from "@eshop/local-cloud/cloud"
import { repositoryRoot } from "@eshop/local-cloud/settings"
import { buildStorefront } from "@eshop/storefront/build"
import { chromiumPath, launchBrowser, newVisitor, openTab } from "./browser.ts"
import type { Show } from "./pages/show.ts"
import { walks } from "./pages/walks.ts"

const desktop = { width: 1280, height: 860 }
const looks = {
  light: { viewport: desktop, colorScheme: "light" },
  dark: { viewport: desktop, colorScheme: "dark" },
  phone: { viewport: { width: 400, height: 860 }, colorScheme: "light" },
} as const

const docs = join(repositoryRoot, "docs")

/** The names of the pictures that the documents show. */
async function picturesInDocs(): Promise<Set<string>> {
  const texts = await Promise.all(
    globSync("*.md", { cwd: docs }).map((name) => readFile(join(docs, name), "utf8")),
  )
  return new Set(
    texts.flatMap((text) =>
      [...text.matchAll(/\(storefront\/([\w-]+)\.jpg\)/g)].map(([, name]) => name ?? ""),
    ),
  )
}

const { values } = parseArgs({ options: { into: { type: "string" } } })
const wanted = values.into === undefined ? await picturesInDocs() : undefined
const into = values.into ?? join(docs, "storefront")

const take: Show = async (page, name) => {
  for (const [look, { viewport, colorScheme }] of Object.entries(looks)) {
    if (wanted && !wanted.has(`${name}-${look}`)) continue
    await page.setViewportSize(viewport)
    await page.emulateMedia({ colorScheme })
    await page.evaluate("scrollTo(0, 0)")
    await page.waitForLoadState("networkidle")
    const path = join(into, `${name}-${look}.jpg`)
    await page.screenshot({ path, type: "jpeg", quality: 60 })
    console.log(path)
  }
  await page.setViewportSize(desktop)
  await page.emulateMedia({ colorScheme: "light" })
}

if (!chromiumPath) throw new Error("chromium is missing: apt-get install chromium")
await mkdir(into, { recursive: true })
const dataDir = await mkdtemp(join(tmpdir(), "screenshots-"))
const [cloud, browser] = await Promise.all([
  startCloud({ dataDir, ports: "free", fsync: false, faults: true }),
  launchBrowser(),
  buildStorefront(),
])
try {
  await cloud.waitUntilReady()
  await cloud.part("faults").whenReady()
  for (const { start, walk } of walks) {
    const complaints: string[] = []
    // Four fifths of the size are well legible, and half as many bytes.
    const options = { viewport: desktop, deviceScaleFactor: 0.8, reducedMotion: "reduce" } as const
    const context = await newVisitor(browser, cloud.connections.gateway, complaints, options)
    await walk(await openTab(context, start), take, cloud)
    await context.close()
    for (const complaint of complaints) console.error(`✖ ${complaint}`)
  }
} finally {
  await browser.close()
  await cloud.stop()
  await rm(dataDir, { recursive: true, force: true })
}
