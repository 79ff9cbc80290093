import type { DiscountAnswer } from "@eshop/domain/basket/checkout"
import type { QuoteRequest } from "@eshop/domain/contracts/quotes"
import type { ProductPorts } from "../products/ports.ts"
import type { ShippingMethods } from "../shipping/ports.ts"
import type { TaxPorts } from "../taxes/ports.ts"

/** What Discount takes off. That it cannot be asked is an answer, too: it costs the discount, never the order. */
export type Discounts = {
  /** As it is now, and patiently: for what is decided on it. */
  quote(request: QuoteRequest): Promise<DiscountAnswer>
  /** For a cart that is shown: may be half a minute old, and does not wait for long. */
  recentQuote(request: QuoteRequest): Promise<DiscountAnswer>
}

export type PricingPorts = ProductPorts &
  TaxPorts & { readonly shippingMethods: ShippingMethods; readonly discounts: Discounts }
