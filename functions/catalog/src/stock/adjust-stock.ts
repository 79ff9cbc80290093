import type { Call, Tx } from "@eshop/building-blocks/app/call"
import { command } from "@eshop/building-blocks/app/use-case"
import type { Audit } from "@eshop/building-blocks/audit/audit"
import type { Outbox } from "@eshop/building-blocks/messaging/outbox"
import { variantUnknown } from "@eshop/domain/catalog/product"
import { applyChanges, type StockLevel } from "@eshop/domain/catalog/stock"
import {
  adjustStock as decide,
  stockBelowReserved,
  stockBeyondCount,
} from "@eshop/domain/catalog/stock-adjustment"
import { LocationId, ReasonCode, Sku } from "@eshop/domain/kernel/ids"
import { isRefusal, type RefusalOf } from "@eshop/domain/kernel/refusal"
import * as z from "zod"
import type { SearchIndex } from "../search/ports.ts"
import { changeStock } from "./change-stock.ts"
import { StockOvertakenError, type StockPorts, type StockWrites } from "./ports.ts"
import { locationUnknown } from "./stock-locations.ts"
import { LevelView, levelView } from "./stock-view.ts"
import { unlessOvertaken } from "./unless-overtaken.ts"

/** What a change of levels that somebody says needs. */
export type LevelPorts = {
  readonly stock: StockWrites
  readonly searchIndex: SearchIndex
  readonly audit: Pick<Audit, "add">
  readonly outbox: Pick<Outbox, "add">
}

export type AdjustmentPorts = StockPorts & LevelPorts

/** The role that keeps the stock. */
export const INVENTORY_WRITE = "inventory.write"

/** The subject of the audit trail of a variant's stock. */
export const auditSubject = (sku: string): string => `stock ${sku}`

const Adjustment = z.strictObject({
  sku: Sku,
  location: LocationId.optional().describe("The one that serves first unless it is said"),
  type: z.enum(["set", "change"]).describe("set: so many are on hand; change: so many more or less"),
  quantity: z.int().min(-1_000_000).max(100_000_000),
  reason: ReasonCode,
})

const refusals = [variantUnknown, locationUnknown, stockBelowReserved, stockBeyondCount] as const

/** Goods came in, broke, were counted: what is on hand changes, with a reason and who said so. */
export const adjustStock = command("catalog.adjust-stock", {
  input: Adjustment,
  result: LevelView,
  refusals,
  handle: (ports: AdjustmentPorts) => (input, call) =>
    unlessOvertaken(ports, call, () => call.commit((tx) => adjust(ports, tx, input, call))),
})

/**
 * Adjusts a level in a transaction of the caller's.
 * @throws StockOvertakenError when it has to be decided anew: run the transaction {@link unlessOvertaken}
 */
export async function adjust(
  ports: LevelPorts,
  tx: Tx,
  { sku, location, reason, ...adjustment }: z.output<typeof Adjustment>,
  call: Call,
): Promise<LevelView | RefusalOf<typeof refusals>> {
  const level = await lockLevel(ports, tx, sku, location, call)
  if (isRefusal(level)) return level
  const decision = decide(level, adjustment)
  if (isRefusal(decision)) return decision
  if ("type" in decision) throw new StockOvertakenError(decision.skus)
  const [after = level] = applyChanges([level], [decision])
  const change = { location: level.location, reason, from: level.onHand, to: after.onHand }
  await ports.audit.add(tx, call, [{ subject: auditSubject(sku), action: "stock.adjusted", change }])
  await changeStock(ports, tx, [decision], call)
  return levelView(after)
}

/** A variant's level at a location, the first one unless it is said; locked until the transaction ends. */
export async function lockLevel(
  { stock }: Pick<LevelPorts, "stock">,
  tx: Tx,
  sku: string,
  location: string | undefined,
  call: Call,
): Promise<StockLevel | RefusalOf<[typeof variantUnknown, typeof locationUnknown]>> {
  const levels = await stock.lock(tx, [sku], call.now)
  const [first] = levels
  if (!first) return variantUnknown()
  const known = location === undefined ? first : levels.find((level) => level.location === location)
  if (known) return known
  const isLocation = (await stock.locations()).some(({ id }) => id === location)
  if (location === undefined || !isLocation) return locationUnknown()
  return { ...first, location, onHand: 0, reserved: 0, overdue: 0, safetyStock: 0 }
}
