// biome-ignore-all lint/correctness/noEmptyPattern: Vitest reads from the pattern what a fixture needs.
import { buildStorefront } from "@eshop/storefront/build"
import type { Browser, BrowserContextOptions, Page } from "playwright-core"
import { describe, expect, test } from "vitest"
import { type RunningShop, runShop } from "../e2e/running-shop.ts"
import { chromiumPath, launchBrowser, newVisitor, openTab } from "./browser.ts"
import { signInAsStaff } from "./staff.ts"

/** Opens a page in an empty browser profile of its own. */
export type Arrive = (path: string, options?: BrowserContextOptions) => Promise<Page>

/** The same as somebody of the staff. @param account of the local provider: `administrator`, or a role's such as `orders-manage` */
export type Work = (path: string, account?: string, options?: BrowserContextOptions) => Promise<Page>

if (!chromiumPath && process.env.CI) throw new Error("chromium is missing: apt-get install chromium")

/** A suite of what the pages do in the system's Chromium; skipped where there is none, unless `CI` is set. */
export const describeInBrowser = (name: string, cases: () => void): void =>
  void describe.skipIf(!chromiumPath)(`${name} (needs chromium)`, cases)

/**
 * A case on the whole shop, which is started once for all files (`isolate: false` of the project "browser"): each case uses
 * goods and accounts that no other one counts on, and leaves nothing behind that waits for a person.
 */
export const it = test
  .extend("shop", { scope: "worker" }, async ({}, { onCleanup }): Promise<RunningShop> => {
    await buildStorefront()
    const shop = await runShop({ faults: true })
    onCleanup(() => shop.stop())
    await shop.cloud.part("faults").whenReady()
    return shop
  })
  .extend("browser", { scope: "worker" }, async ({}, { onCleanup }): Promise<Browser> => {
    const browser = await launchBrowser()
    onCleanup(() => browser.close())
    return browser
  })
  // What a browser says as an error or a warning, also what a policy kept from running, fails the case that leaves it here.
  .extend("complaints", ({}, { onCleanup }): string[] => {
    const complaints: string[] = []
    onCleanup(() => expect(complaints).toEqual([]))
    return complaints
  })
  .extend("arrive", ({ shop, browser, complaints }, { onCleanup }): Arrive => {
    const left: (() => Promise<void>)[] = []
    onCleanup(async () => {
      for (const leave of left) await leave()
    })
    return async (path, options) => {
      const context = await newVisitor(browser, shop.cloud.connections.gateway, complaints, options)
      left.push(() => context.close())
      context.setDefaultTimeout(30_000)
      return openTab(context, path)
    }
  })
  .extend(
    "work",
    ({ arrive }): Work =>
      async (path, account = "administrator", options) => {
        const page = await arrive(path, options)
        await signInAsStaff(page, account)
        return page
      },
  )
