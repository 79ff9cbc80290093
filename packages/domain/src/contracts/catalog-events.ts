import * as z from "zod"
import { OrderId, ProductId, Quantity, Sku } from "../kernel/ids.ts"
import { Money } from "../kernel/money.ts"
import { defineEvent } from "./event.ts"

const from = { source: "/eshop/catalog", topic: "catalog-events" }
const orderId = "018f0000-0000-7000-8000-000000000001"

/** What tells the variants of a product apart: `{ colour: "Black" }`. */
export const VariantOptions = z.record(z.string(), z.string())
export type VariantOptions = z.infer<typeof VariantOptions>

/** A product as other contexts know it. `version` grows by one with every change: an older one never overwrites a newer. */
export const ProductSnapshot = z.object({
  productId: ProductId,
  version: z.int().min(1),
  name: z.string(),
  /** All that are sold; one that is missing is no longer sold. */
  variants: z.array(z.object({ sku: Sku, options: VariantOptions, price: Money })),
})
export type ProductSnapshot = z.infer<typeof ProductSnapshot>

/** A product was added or changed (its name, its variants or their prices). */
export const ProductChanged = defineEvent({
  ...from,
  type: "eshop.catalog.product-changed.v1",
  data: ProductSnapshot,
  example: {
    productId: "5334c996-8457-4cf0-815c-ed2b77c4ff61",
    version: 3,
    name: "IPhone X",
    variants: [
      { sku: "IPHONE-X-BLACK", options: { colour: "Black" }, price: { amount: 950_00, currency: "USD" } },
      { sku: "IPHONE-X-RED", options: { colour: "Red" }, price: { amount: 950_00, currency: "USD" } },
    ],
  },
})

/** Every line of the order is set aside until `expiresAt`. */
export const StockReserved = defineEvent({
  ...from,
  type: "eshop.catalog.stock-reserved.v1",
  data: z.object({ orderId: OrderId, expiresAt: z.iso.datetime() }),
  example: { orderId, expiresAt: "2026-11-01T10:30:00.000Z" },
})

export const Shortage = z.object({ sku: Sku, requested: Quantity, available: z.int().min(0) })
export type Shortage = z.infer<typeof Shortage>

/** Not one line of the order is set aside. */
export const StockRejected = defineEvent({
  ...from,
  type: "eshop.catalog.stock-rejected.v1",
  data: z.object({ orderId: OrderId, shortages: z.array(Shortage).min(1) }),
  example: { orderId, shortages: [{ sku: "IPHONE-X-BLACK", requested: 3, available: 1 }] },
})
