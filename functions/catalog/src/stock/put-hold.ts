import { useCase } from "@eshop/building-blocks/app/use-case"
import { count } from "@eshop/building-blocks/telemetry/metrics"
import { putHold as decide } from "@eshop/domain/catalog/stock-hold"
import {
  putHold as contract,
  holdEnded,
  holdLimit,
  StockHold,
  stockInsufficient,
} from "@eshop/domain/contracts/stock-holds"
import { mergeLines } from "@eshop/domain/contracts/stock-lines"
import { isRefusal } from "@eshop/domain/kernel/refusal"
import { changeHold } from "./change-hold.ts"
import type { StockPorts } from "./ports.ts"

/** Sets units aside for a cart, or changes which: all lines or none. */
export const putHold = useCase("catalog.put-hold", {
  input: contract.input,
  result: StockHold,
  refusals: [stockInsufficient, holdEnded, holdLimit],
  handle: (ports: StockPorts) => async (input, call) => {
    const held = await changeHold(ports, call, input.holdId, async (before, tx) => {
      const { stock } = ports
      const { now } = call
      const owner = input.customerId ?? before?.customerId
      const lines = mergeLines(input.lines)
      const skus = lines.map(({ sku }) => sku)
      const { units, variants } = await stock.holds.heldBesides(tx, input.holdId, owner, skus, now)
      const levels = await stock.levels(tx, lines, now)
      return decide(before, input, { levels, heldElsewhere: units, variants, now })
    })
    if (isRefusal(held) && held.code === stockInsufficient.code)
      count("eshop.stock.refusals", 1, { "eshop.reason": "hold" })
    return held
  },
})
