import { holdEnded, holdLimit, stockInsufficient } from "@eshop/domain/contracts/stock-holds"
import type { StockLine } from "@eshop/domain/contracts/stock-lines"
import type { RefusalOf } from "@eshop/domain/kernel/refusal"
import type { CartPorts } from "../cart/ports.ts"

/** What Catalog may say to a hold. */
export const holdRefusals = [stockInsufficient, holdLimit, holdEnded] as const

/** Catalog's stock holds. That Catalog cannot be asked is an answer, too: a checkout works without a hold. */
export type StockHolds = {
  /** Holds all lines or none; said again it changes the hold, and it lasts for longer. */
  put(
    holdId: string,
    lines: readonly StockLine[],
    customerId: string,
  ): Promise<{ readonly expiresAt: string } | RefusalOf<typeof holdRefusals> | "unavailable">
  /** Gives the units back, if Catalog can be asked: they are free again at the hold's end anyway. */
  release(holdId: string): Promise<void>
}

export type HoldPorts = CartPorts & { readonly stockHolds: StockHolds }
