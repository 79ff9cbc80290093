// Every page of the shop and of its staff by day and by night, on a desktop and a telephone, with large letters, by keyboard.
import { expect } from "vitest"
import { describeInBrowser, it } from "../browser/browser-test.ts"
import { examine } from "../browser/look.ts"
import { walks } from "../browser/pages/walks.ts"

describeInBrowser("every page, looked at closely", () => {
  it.for(walks)("has no faults: $area", async ({ start, walk }, { arrive, shop }) => {
    const faults: Record<string, string[]> = {}
    await walk(
      await arrive(start, { reducedMotion: "reduce" }),
      async (page, name) => {
        const found = await examine(page)
        if (found.length > 0) faults[name] = found
      },
      shop.cloud,
    )
    expect(faults).toEqual({})
  })
})
