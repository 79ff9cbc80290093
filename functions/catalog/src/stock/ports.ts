import type { Tx } from "@eshop/building-blocks/app/call"
import type { Reservation, ReservationStatus, StockChange, StockLevel } from "@eshop/domain/catalog/stock"

/** The units were taken between the decision and the change. */
export class StockOvertakenError extends Error {
  override readonly name = "StockOvertakenError"
}

export type Stock = {
  find(sku: string): Promise<StockLevel | undefined>
  /** Levels of the variants as they are committed; not locked, so a change may find them moved. */
  levels(tx: Tx, skus: readonly string[]): Promise<readonly StockLevel[]>
  /**
   * Changes levels and locks their rows until the transaction ends: make it the transaction's last step, since
   * everybody who buys the variant waits for it.
   * @throws StockOvertakenError when a level would leave its bounds: others were faster, decide anew
   */
  change(tx: Tx, changes: readonly StockChange[]): Promise<void>
  /** The order's reservation, locked until the transaction ends. */
  lockReservation(tx: Tx, orderId: string): Promise<Reservation | undefined>
  /** @throws when the order has a reservation already (a concurrent message: the redelivery finds it) */
  addReservation(tx: Tx, reservation: Reservation): Promise<void>
  setStatus(tx: Tx, orderId: string, status: ReservationStatus): Promise<void>
  /** Orders whose stock is held beyond its time, oldest first. */
  overdue(now: Date, limit: number): Promise<readonly string[]>
}
