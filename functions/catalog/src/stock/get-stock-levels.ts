import { useCase } from "@eshop/building-blocks/app/use-case"
import { variantUnknown } from "@eshop/domain/catalog/product"
import { Sku } from "@eshop/domain/kernel/ids"
import * as z from "zod"
import type { Stock } from "./ports.ts"
import { LevelView, levelView } from "./stock-view.ts"

/** A variant's stock for those who keep it: in all, and per location in the order in which they serve. */
export const getStockLevels = useCase("catalog.get-stock-levels", {
  input: z.strictObject({ sku: Sku }),
  result: z.strictObject({
    sku: Sku,
    backorder: z.boolean(),
    ...LevelView.omit({ location: true, safetyStock: true }).shape,
    locations: z.array(LevelView),
  }),
  refusals: [variantUnknown],
  handle:
    ({ stock }: { stock: Stock }) =>
    async ({ sku }, call) => {
      const levels = await stock.find(sku, call.now)
      const [first] = levels
      if (!first) return variantUnknown()
      const locations = levels.map(levelView)
      const sum = (member: "onHand" | "reserved" | "available") =>
        locations.reduce((total, level) => total + level[member], 0)
      return {
        sku,
        backorder: first.backorder,
        onHand: sum("onHand"),
        reserved: sum("reserved"),
        available: sum("available"),
        locations,
      }
    },
})
