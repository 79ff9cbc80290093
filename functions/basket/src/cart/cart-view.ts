import { type Cart, type cartTotalOutOfRange, priceSoldItems } from "@eshop/domain/basket/cart"
import { VariantOptions } from "@eshop/domain/contracts/catalog-events"
import { CustomerId, ProductId, Quantity, Sku } from "@eshop/domain/kernel/ids"
import { Money, times } from "@eshop/domain/kernel/money"
import { isRefusal, type RefusalOf } from "@eshop/domain/kernel/refusal"
import * as z from "zod"
import { findVariants } from "../products/find-variants.ts"
import type { ProductPorts } from "../products/ports.ts"

/** A cart as its customer sees it, at the prices of this moment. */
export const CartView = z.strictObject({
  customerId: CustomerId,
  version: z.int().min(0),
  lines: z.array(
    z.strictObject({
      sku: Sku,
      productId: ProductId,
      name: z.string(),
      options: VariantOptions,
      quantity: Quantity,
      unitPrice: Money,
      lineTotal: Money,
    }),
  ),
  subtotal: Money,
  notSold: z.array(Sku).describe("In the cart but not sold any more; to be removed before the checkout"),
})
export type CartView = z.infer<typeof CartView>

export async function viewCart(
  ports: ProductPorts,
  cart: Cart,
): Promise<CartView | RefusalOf<[typeof cartTotalOutOfRange]>> {
  const variants = await findVariants(
    ports,
    cart.items.map(({ sku }) => sku),
  )
  const priced = priceSoldItems(cart, variants)
  if (isRefusal(priced)) return priced
  const options = new Map(variants.map((variant) => [variant.sku, variant.options]))
  return {
    customerId: cart.customerId,
    version: cart.version,
    lines: priced.lines.map((line) => ({
      ...line,
      options: options.get(line.sku) ?? {},
      lineTotal: times(line.unitPrice, line.quantity),
    })),
    subtotal: priced.subtotal,
    notSold: [...priced.notSold],
  }
}
