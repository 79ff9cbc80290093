import type { Call, Tx } from "@eshop/building-blocks/app/call"
import { message, type Outbox, type OutboxMessage } from "@eshop/building-blocks/messaging/outbox"
import {
  type ChangedLevel,
  fallenLow,
  mergeChanges,
  type StockChange,
  turnedAvailable,
} from "@eshop/domain/catalog/stock"
import { StockLow } from "@eshop/domain/contracts/catalog-events"
import type { SearchIndex } from "../search/ports.ts"
import type { Stock } from "./ports.ts"

type Ports = {
  readonly stock: Pick<Stock, "change" | "productsOf">
  readonly searchIndex: SearchIndex
  readonly outbox: Pick<Outbox, "add">
}

/**
 * Changes levels, says which have fallen low, and lets the search know what can be ordered again or no longer. Make it
 * the transaction's last step: everybody who wants the same variants waits from here on.
 * @throws StockOvertakenError when the decision is out of date
 */
export async function changeStock(
  { stock, searchIndex, outbox }: Ports,
  tx: Tx,
  changes: readonly StockChange[],
  call: Call,
): Promise<void> {
  const merged = mergeChanges(changes)
  if (merged.length === 0) return
  const levels = await stock.change(tx, merged)
  const low = fallenLow(levels, merged)
  await outbox.add(
    tx,
    low.map((level) => lowStock(level, call)),
  )
  const turned = turnedAvailable(levels, merged)
  if (turned.length > 0) await searchIndex.refresh(tx, await stock.productsOf(tx, turned))
}

/** What can be ordered has fallen to the safety stock or below. */
export function lowStock(level: ChangedLevel, call: Call): OutboxMessage {
  const { sku, location, onHand, reserved, safetyStock } = level
  return message(StockLow, sku, { sku, location, available: onHand - reserved, safetyStock }, call)
}
