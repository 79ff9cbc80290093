import type { ShippingMethod } from "@eshop/domain/basket/shipping"
import { usd } from "@eshop/domain/kernel/money"

export const methodOf = (id: string, more: Partial<ShippingMethod> = {}): ShippingMethod => ({
  id,
  name: { en: id },
  price: usd(0),
  taxCategory: "standard",
  includesTax: true,
  version: 1,
  ...more,
})

/** What most tests ship by: it changes no total. */
export const freeShipping = methodOf("free")
