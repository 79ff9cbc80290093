// biome-ignore-all lint/correctness/noEmptyPattern: Vitest reads from the pattern what a fixture needs.
import { test } from "vitest"
import { type RunningShop, runShop } from "./running-shop.ts"

/**
 * A case on the shop that these files share (`isolate: false` of the project "e2e"): each file has customers of its own,
 * counts from what is there when it begins, and leaves every part running and nothing on its way.
 */
export const it = test.extend(
  "shop",
  { scope: "worker" },
  async ({}, { onCleanup }): Promise<RunningShop> => {
    const shop = await runShop()
    onCleanup(() => shop.stop())
    return shop
  },
)
