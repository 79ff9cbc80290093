import type { Tx } from "@eshop/building-blocks/use-case"
import type { Reservation, ReservationStatus, StockChange, StockLevel } from "@eshop/domain/catalog/stock"

export type Stock = {
  find(productId: string): Promise<StockLevel | undefined>
  /** Levels of the products, locked until the transaction ends, in one order for all callers. */
  lock(tx: Tx, productIds: readonly string[]): Promise<readonly StockLevel[]>
  change(tx: Tx, changes: readonly StockChange[]): Promise<void>
  /** The order's reservation, locked until the transaction ends. */
  lockReservation(tx: Tx, orderId: string): Promise<Reservation | undefined>
  /** @throws when the order has a reservation already (a concurrent message: the redelivery finds it) */
  addReservation(tx: Tx, reservation: Reservation): Promise<void>
  setStatus(tx: Tx, orderId: string, status: ReservationStatus): Promise<void>
  /** Orders whose stock is held beyond its time, oldest first. */
  overdue(now: Date, limit: number): Promise<readonly string[]>
}
