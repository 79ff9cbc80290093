import type { Call, Tx } from "@eshop/building-blocks/app/call"
import type { Overdue } from "@eshop/domain/catalog/stock"
import { type HeldStock, type HoldDecision, toStockHold } from "@eshop/domain/catalog/stock-hold"
import type { StockHold } from "@eshop/domain/contracts/stock-holds"
import { isRefusal, type Refusal } from "@eshop/domain/kernel/refusal"
import { changeStock } from "./change-stock.ts"
import { StockOvertakenError, type StockPorts } from "./ports.ts"
import { unlessOvertaken } from "./unless-overtaken.ts"

/**
 * The one way to change a hold: lock it, decide, write it and the stock in one transaction; again when others were
 * faster.
 * @param decide a command of the domain
 */
export const changeHold = <R extends Refusal>(
  ports: StockPorts,
  call: Call,
  holdId: string,
  decide: (
    before: HeldStock | undefined,
    tx: Tx,
  ) => HoldDecision | Overdue | R | Promise<HoldDecision | Overdue | R>,
): Promise<StockHold | R> =>
  unlessOvertaken(ports, call, () =>
    call.transact(async (tx) => {
      const before = await ports.stock.holds.lock(tx, holdId)
      const decision: HoldDecision | Overdue | Refusal = await decide(before, tx)
      if (isRefusal(decision)) return decision as R
      if ("type" in decision) throw new StockOvertakenError(decision.skus)
      const { hold, changes } = decision
      if (!before) await ports.stock.holds.add(tx, hold)
      else if (hold !== before) await ports.stock.holds.save(tx, [hold])
      await changeStock(ports, tx, changes, call)
      return toStockHold(hold, call.now)
    }),
  )
