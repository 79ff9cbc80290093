import { z } from "zod"
import { OrderId, ProductId, Quantity } from "../ids.ts"
import { Money } from "../money.ts"
import { defineEvent } from "./define-event.ts"

const from = { source: "/eshop/catalog", topic: "catalog-events" }

/** A product as other contexts know it. `version` grows by one with every change: an older one never overwrites a newer. */
export const ProductSnapshot = z.object({
  productId: ProductId,
  name: z.string(),
  price: Money,
  version: z.int().min(1),
})
export type ProductSnapshot = z.infer<typeof ProductSnapshot>

/** A product was added or changed (name or price). */
export const ProductChanged = defineEvent({
  ...from,
  type: "eshop.catalog.product-changed.v1",
  data: ProductSnapshot,
})

/** Every line of the order is set aside until `expiresAt`. */
export const StockReserved = defineEvent({
  ...from,
  type: "eshop.catalog.stock-reserved.v1",
  data: z.object({ orderId: OrderId, expiresAt: z.iso.datetime() }),
})

export const Shortage = z.object({ productId: ProductId, requested: Quantity, available: z.int().min(0) })
export type Shortage = z.infer<typeof Shortage>

/** Not one line of the order is set aside. */
export const StockRejected = defineEvent({
  ...from,
  type: "eshop.catalog.stock-rejected.v1",
  data: z.object({ orderId: OrderId, shortages: z.array(Shortage).min(1) }),
})
