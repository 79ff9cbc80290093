// Accessibility, best practices and what search engines ask for, as Lighthouse sees five pages.
import { describe, expect, it } from "vitest"
import { chromiumPath } from "../browser/browser.ts"
import { measurePages, tooLow } from "../lighthouse/measure.ts"

if (!chromiumPath && process.env.CI) throw new Error("chromium is missing: apt-get install chromium")

describe.skipIf(!chromiumPath)("Lighthouse (needs chromium)", () => {
  it("finds five pages good enough", async () => {
    const pages = await measurePages()
    expect(pages).toHaveLength(5)
    expect(tooLow(pages)).toEqual([])
  })
})
