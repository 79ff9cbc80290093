import type { Call, Tx } from "@eshop/building-blocks/app/call"
import { useCase } from "@eshop/building-blocks/app/use-case"
import { variantUnknown } from "@eshop/domain/catalog/product"
import { isLow } from "@eshop/domain/catalog/stock"
import { LocationId, Sku } from "@eshop/domain/kernel/ids"
import { isRefusal, type RefusalOf } from "@eshop/domain/kernel/refusal"
import * as z from "zod"
import { type AdjustmentPorts, auditSubject, type LevelPorts, lockLevel } from "./adjust-stock.ts"
import { lowStock } from "./change-stock.ts"
import { locationUnknown } from "./stock-locations.ts"
import { LevelView, levelView } from "./stock-view.ts"

const SafetyStock = z.strictObject({
  sku: Sku,
  location: LocationId.optional().describe("The one that serves first unless it is said"),
  safetyStock: z.int().min(0).max(1_000_000),
})

/** From how few units on somebody should order more; said again it is the same. */
export const setSafetyStock = useCase("catalog.set-safety-stock", {
  input: SafetyStock,
  result: LevelView,
  refusals: [variantUnknown, locationUnknown],
  handle: (ports: AdjustmentPorts) => (input, call) =>
    call.transact((tx) => writeSafetyStock(ports, tx, input, call)),
})

/** Sets a safety stock in a transaction of the caller's. */
export async function writeSafetyStock(
  ports: LevelPorts,
  tx: Tx,
  { sku, location, safetyStock }: z.output<typeof SafetyStock>,
  call: Call,
): Promise<LevelView | RefusalOf<[typeof variantUnknown, typeof locationUnknown]>> {
  const level = await lockLevel(ports, tx, sku, location, call)
  if (isRefusal(level)) return level
  const after = { ...level, safetyStock }
  const change = { location: level.location, from: level.safetyStock, to: safetyStock }
  await ports.stock.setSafetyStock(tx, [{ sku, location: level.location, units: safetyStock }])
  await ports.audit.add(tx, call, [{ subject: auditSubject(sku), action: "stock.safety-stock-set", change }])
  if (!isLow(level) && isLow(after)) await ports.outbox.add(tx, [lowStock(after, call)])
  return levelView(after)
}
