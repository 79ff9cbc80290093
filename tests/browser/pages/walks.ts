import type { Page } from "playwright-core"
import { walkAfterPurchase } from "./after-purchase.ts"
import { walkConsole } from "./console.ts"
import { walkFaults } from "./faults.ts"
import { walkGoods } from "./goods.ts"
import { walkSales } from "./sales.ts"
import { walkShop } from "./shop.ts"
import type { Walk } from "./show.ts"

/** All walks: together they show every page of the shop and of its staff. */
export const walks: readonly { readonly area: string; readonly start: string; readonly walk: Walk }[] = [
  { area: "shop", start: "/", walk: walkShop },
  { area: "after a purchase", start: "/", walk: walkAfterPurchase },
  { area: "goods", start: "/back-office", walk: walkGoods },
  { area: "sales", start: "/back-office/orders", walk: walkSales },
  { area: "console", start: "/console", walk: walkConsole },
  { area: "faults", start: "/console/faults", walk: walkFaults },
]

/** The pages of an application, by the addresses of its router. */
export type Routes = { readonly here: string | undefined; readonly all: readonly string[] }

/** Where the page is in its own router, and which pages that one has; nothing on a page of others. */
export const routesOn = (page: Page): Promise<Routes | undefined> =>
  page.evaluate(() => {
    type Router = {
      readonly routesByPath: Readonly<Record<string, { readonly options: { readonly component?: unknown } }>>
      readonly state: { readonly matches: readonly { readonly fullPath: string }[] }
    }
    // The router is there for its own tools.
    const router = (globalThis as unknown as { __TSR_ROUTER__?: Router }).__TSR_ROUTER__
    return (
      router && {
        here: router.state.matches.at(-1)?.fullPath,
        // What has no component leads on to another page.
        all: Object.keys(router.routesByPath).filter((path) => router.routesByPath[path]?.options.component),
      }
    )
  })
