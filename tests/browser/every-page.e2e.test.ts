// Every page of the shop and of its staff, in the states that the walks show: what somebody would complain of who sees it.
import { expect } from "vitest"
import { describeInBrowser, it } from "./browser-test.ts"
import { glanceAt } from "./look.ts"
import { routesOn, walks } from "./pages/walks.ts"

describeInBrowser("every page", () => {
  const all = new Set<string>()
  const seen = new Set<string | undefined>()

  it.for(walks)("has no faults: $area", async ({ start, walk }, { arrive, shop }) => {
    const faults: Record<string, string[]> = {}
    await walk(
      await arrive(start, { reducedMotion: "reduce" }),
      async (page, name) => {
        const found = await glanceAt(page)
        if (found.length > 0) faults[name] = found
        const routes = await routesOn(page)
        for (const path of routes?.all ?? []) all.add(path)
        seen.add(routes?.here)
      },
      shop.cloud,
    )
    expect(faults).toEqual({})
  })

  it("is one of a walk", () => {
    expect([...all].filter((path) => !seen.has(path))).toEqual([])
  })
})
