import { readFile } from "node:fs/promises"
import { createRequire } from "node:module"
import type { Page } from "playwright-core"

const checker = readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8")

/** The rules whose verdict hangs on the colours. */
export const colourRules = ["color-contrast", "link-in-text-block"]

/**
 * What axe finds wrong with the page as it is shown: rule, and where.
 * @param rules the rules to ask; all of axe's own choice when left out
 */
export async function violationsOn(page: Page, rules?: readonly string[]): Promise<string[]> {
  await fadedIn(page)
  // The page's policy lets in no script of others; the debugger's is not bound by it.
  const script = `if (!globalThis.axe) { ${await checker}; axe.configure({ allowedOrigins: ["<unsafe_all_origins>"] }) }`
  // Frames of other origins are looked into as well: the checkers speak to each other.
  for (const frame of page.frames()) await frame.evaluate(script)
  return await page.evaluate(async (only) => {
    const { axe } = globalThis as unknown as { axe: typeof import("axe-core") }
    const { violations } = await axe.run({
      resultTypes: ["violations"],
      ...(only && { runOnly: [...only] }),
    })
    return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(" ")}`))
  }, rules)
}

/** Waits until what appears or changes its colours by and by has done so; what turns for ever is not waited for. */
export async function fadedIn(page: Page): Promise<void> {
  await page.evaluate(
    `Promise.all(document.getAnimations()
       .filter(({ effect }) => effect.getComputedTiming().endTime !== Infinity)
       .map(({ finished }) => finished.catch(() => undefined))).then(() => undefined)`,
  )
}
