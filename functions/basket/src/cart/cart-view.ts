import type { CallContext } from "@eshop/building-blocks/use-case"
import { type Cart, priceCart } from "@eshop/domain/basket/cart"
import { type Money, times } from "@eshop/domain/money"
import { isRefusal, type Refusal } from "@eshop/domain/refusal"
import { findProducts } from "../products/find-products.ts"
import type { ProductPorts } from "../products/ports.ts"

/** A cart as its customer sees it, at the prices of this moment. */
export type CartView = {
  readonly customerId: string
  readonly version: number
  readonly lines: readonly {
    readonly productId: string
    readonly name: string
    readonly quantity: number
    readonly unitPrice: Money
    readonly lineTotal: Money
  }[]
  readonly subtotal: Money
}

export async function viewCart(
  ports: ProductPorts,
  cart: Cart,
  call: Pick<CallContext, "traceparent">,
): Promise<CartView | Refusal> {
  const products = await findProducts(
    ports,
    cart.items.map(({ productId }) => productId),
    call,
  )
  const priced = priceCart(cart, products)
  if (isRefusal(priced)) return priced
  return {
    customerId: cart.customerId,
    version: cart.version,
    lines: priced.lines.map((line) => ({ ...line, lineTotal: times(line.unitPrice, line.quantity) })),
    subtotal: priced.subtotal,
  }
}
