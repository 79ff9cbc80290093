import { useCase } from "@eshop/building-blocks/app/use-case"
import { releaseHold as decide } from "@eshop/domain/catalog/stock-hold"
import { releaseHold as contract, holdUnknown, StockHold } from "@eshop/domain/contracts/stock-holds"
import { changeHold } from "./change-hold.ts"
import type { StockPorts } from "./ports.ts"

/** Gives the units of a hold back. */
export const releaseHold = useCase("catalog.release-hold", {
  input: contract.input,
  result: StockHold,
  refusals: [holdUnknown],
  handle:
    (ports: StockPorts) =>
    ({ holdId }, call) =>
      changeHold(ports, call, holdId, (before) => decide(before, call.now)),
})
