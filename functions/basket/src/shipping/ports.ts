import type { Tx } from "@eshop/building-blocks/app/call"
import type { ShippingMethod } from "@eshop/domain/basket/shipping"

/** The shop's own table of shipping methods. */
export type ShippingMethods = {
  /** By id; as it was moments ago, where another process has changed it since. */
  all(): Promise<readonly ShippingMethod[]>
  /** The table inside a transaction: nobody else changes it until that ends. */
  lock(tx: Tx): Promise<readonly ShippingMethod[]>
  put(tx: Tx, method: ShippingMethod): Promise<void>
  remove(tx: Tx, id: string): Promise<void>
}
