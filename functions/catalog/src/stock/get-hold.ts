import { useCase } from "@eshop/building-blocks/app/use-case"
import { toStockHold } from "@eshop/domain/catalog/stock-hold"
import { getHold as contract, holdUnknown, StockHold } from "@eshop/domain/contracts/stock-holds"
import type { Stock } from "./ports.ts"

/** A hold as it stands: whether its units are still set aside, and until when. */
export const getHold = useCase("catalog.get-hold", {
  input: contract.input,
  result: StockHold,
  refusals: [holdUnknown],
  handle:
    ({ stock }: { stock: Stock }) =>
    async ({ holdId }, call) => {
      const hold = await stock.holds.find(holdId)
      return hold ? toStockHold(hold, call.now) : holdUnknown()
    },
})
