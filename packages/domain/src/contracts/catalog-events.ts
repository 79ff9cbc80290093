import * as z from "zod"
import { CategoryId, LocationId, OrderId, ProductId, Quantity, ReasonCode, Sku } from "../kernel/ids.ts"
import { Money } from "../kernel/money.ts"
import { defineEvent } from "./event.ts"
import { Price } from "./prices.ts"
import { StockLines } from "./stock-lines.ts"
import { TaxRates } from "./taxes.ts"

const from = { source: "/eshop/catalog", topic: "catalog-events" }
const orderId = "018f0000-0000-7000-8000-000000000001"

/** What tells the variants of a product apart: `{ colour: "Black" }`. */
export const VariantOptions = z.record(z.string(), z.string())
export type VariantOptions = z.infer<typeof VariantOptions>

/** How many of a variant may be in one line: from `min` to `max`, in steps that begin at `min`. */
export const QuantityRule = z.object({
  min: Quantity,
  max: Quantity.optional(),
  step: Quantity,
})
export type QuantityRule = z.infer<typeof QuantityRule>

/** What a variant is to other contexts besides its options and price. */
export const VariantTerms = {
  /** Every price that holds now or will; `price` is the one that one unit costs everybody at this moment. */
  prices: z.array(Price).optional(),
  quantity: QuantityRule.optional().describe("Absent: any quantity"),
  backorder: z.boolean().optional().describe("Sold beyond the stock; absent: it is not"),
  image: z.string().optional().describe("URL of the picture that a cart shows"),
}

/** A product as other contexts know it. `version` grows by one with every change: an older one never overwrites a newer. */
export const ProductSnapshot = z.object({
  productId: ProductId,
  version: z.int().min(1),
  name: z.string(),
  translations: z.record(z.string(), z.string()).optional().describe("The name in other languages"),
  /** All that are sold; one that is missing is no longer sold. */
  variants: z.array(z.object({ sku: Sku, options: VariantOptions, price: Money, ...VariantTerms })),
  slug: z.string().optional(),
  /** Those that it is in, and all that these lie under: a discount on a category is on its subtree. */
  categories: z.array(CategoryId).optional(),
})
export type ProductSnapshot = z.infer<typeof ProductSnapshot>

/**
 * A product was added or changed (its name, categories, variants or their prices), or is not sold any more (without
 * variants): all that a copy of it needs to hear.
 */
export const ProductChanged = defineEvent({
  ...from,
  type: "eshop.catalog.product-changed.v1",
  data: ProductSnapshot,
  example: {
    productId: "5334c996-8457-4cf0-815c-ed2b77c4ff61",
    version: 3,
    name: "IPhone X",
    variants: [
      {
        sku: "IPHONE-X-BLACK",
        options: { colour: "Black" },
        price: { amount: 950_00, currency: "USD" },
        prices: [
          {
            unitPrice: { amount: 950_00, currency: "USD" },
            minQuantity: 1,
            taxCategory: "standard",
            includesTax: true,
          },
        ],
        quantity: { min: 1, max: 10, step: 1 },
        backorder: false,
        image: "/catalog/images/iphone-x-black.svg",
      },
      { sku: "IPHONE-X-RED", options: { colour: "Red" }, price: { amount: 950_00, currency: "USD" } },
    ],
    slug: "iphone-x",
    categories: ["018f0000-0000-7000-8000-0000000000c1", "018f0000-0000-7000-8000-0000000000c2"],
  },
})

const product = { productId: "5334c996-8457-4cf0-815c-ed2b77c4ff61" }

/** For who welcomes new products; a copy is kept by ProductChanged, which comes as well. */
export const ProductCreated = defineEvent({
  ...from,
  type: "eshop.catalog.product-created.v1",
  data: z.object({ productId: ProductId, name: z.string(), slug: z.string(), skus: z.array(Sku) }),
  example: { ...product, name: "IPhone X", slug: "iphone-x", skus: ["IPHONE-X-BLACK", "IPHONE-X-RED"] },
})

/** What one unit costs everybody has changed, by an edit or because its time has come. */
export const PriceChanged = defineEvent({
  ...from,
  type: "eshop.catalog.price-changed.v1",
  data: z.object({ productId: ProductId, sku: Sku, from: Money.optional(), to: Money.optional() }),
  example: {
    ...product,
    sku: "IPHONE-X-BLACK",
    from: { amount: 950_00, currency: "USD" },
    to: { amount: 900_00, currency: "USD" },
  },
})

/** A product is sold no more; orders still show it. ProductChanged without variants comes as well. */
export const ProductDiscontinued = defineEvent({
  ...from,
  type: "eshop.catalog.product-discontinued.v1",
  data: z.object({ productId: ProductId, skus: z.array(Sku) }),
  example: { ...product, skus: ["IPHONE-X-BLACK", "IPHONE-X-RED"] },
})

/** A country's tax rates, all of them: an older version never overwrites a newer. */
export const TaxRatesChanged = defineEvent({
  ...from,
  type: "eshop.catalog.tax-rates-changed.v1",
  data: TaxRates,
  example: {
    country: "DE",
    version: 2,
    rates: [{ country: "DE", taxCategory: "standard", rate: 19_000, validFrom: "2021-01-01T00:00:00.000Z" }],
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

const lines = [{ sku: "IPHONE-X-BLACK", quantity: 2 }]

/** Units of an order are free again: its time ran out, it was cancelled, or goods came back. */
export const StockReleased = defineEvent({
  ...from,
  type: "eshop.catalog.stock-released.v1",
  data: z.object({ orderId: OrderId, lines: StockLines, reason: ReasonCode }),
  example: { orderId, lines, reason: "reservation.expired" },
})

/** The units of a paid order have left the stock. */
export const StockCommitted = defineEvent({
  ...from,
  type: "eshop.catalog.stock-committed.v1",
  data: z.object({ orderId: OrderId, lines: StockLines }),
  example: { orderId, lines },
})

/** What can be ordered of a variant has fallen to its safety stock or below; said once until it has risen above. */
export const StockLow = defineEvent({
  ...from,
  type: "eshop.catalog.stock-low.v1",
  data: z.object({ sku: Sku, location: LocationId, available: z.int(), safetyStock: z.int().min(0) }),
  example: { sku: "IPHONE-X-BLACK", location: "main", available: 2, safetyStock: 5 },
})
