import { expect, it } from "vitest"
import type { Variant } from "./catalog.ts"
import { isThere, optionsOf, variantWith } from "./variants.ts"

const variant = (sku: string, options: Record<string, string>): Variant => ({
  ...{ sku, options, quantity: { min: 1, step: 1 }, backorder: false, prices: [] },
})
const blackSmall = variant("BS", { colour: "Black", size: "S" })
const blackLarge = variant("BL", { colour: "Black", size: "L" })
const redLarge = variant("RL", { colour: "Red", size: "L" })
const all = [blackSmall, blackLarge, redLarge]

it("offers each value once, in the order of the variants", () => {
  expect(optionsOf(all)).toEqual([
    { name: "colour", values: ["Black", "Red"] },
    { name: "size", values: ["S", "L"] },
  ])
  expect(optionsOf([variant("ONE", {})])).toEqual([])
})

it("keeps what was chosen where a variant has it", () => {
  expect(variantWith(all, redLarge, "colour", "Black")).toBe(blackLarge)
  expect(variantWith(all, blackSmall, "colour", "Red")).toBe(redLarge)
  expect(variantWith(all, blackSmall, "colour", "Green")).toBe(blackSmall)
})

it("knows which values go with what was chosen", () => {
  expect(isThere(all, redLarge, "size", "S")).toBe(false)
  expect(isThere(all, blackSmall, "size", "L")).toBe(true)
})
