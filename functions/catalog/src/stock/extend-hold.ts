import { useCase } from "@eshop/building-blocks/app/use-case"
import { extendHold as decide } from "@eshop/domain/catalog/stock-hold"
import {
  extendHold as contract,
  holdEnded,
  holdUnknown,
  StockHold,
} from "@eshop/domain/contracts/stock-holds"
import { changeHold } from "./change-hold.ts"
import type { StockPorts } from "./ports.ts"

/** Keeps a hold for longer, as far as its bounds allow. */
export const extendHold = useCase("catalog.extend-hold", {
  input: contract.input,
  result: StockHold,
  refusals: [holdUnknown, holdEnded],
  handle:
    (ports: StockPorts) =>
    ({ holdId, expiresAt }, call) =>
      changeHold(ports, call, holdId, (before) => decide(before, new Date(expiresAt), call.now)),
})
