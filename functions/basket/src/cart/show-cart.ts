import type { Call } from "@eshop/building-blocks/app/call"
import { type Cart, settleCart } from "@eshop/domain/basket/cart"
import type { CartMessage } from "@eshop/domain/basket/messages"
import { shopperOf } from "../pricing/price-cart.ts"
import { findVariants, type Variants } from "../products/find-variants.ts"
import { type CartView, viewCart } from "./cart-view.ts"
import type { CartPorts } from "./ports.ts"
import { type ChangedCart, saveCart } from "./store-cart.ts"

const skusOf = ({ items }: Cart): string[] => items.map(({ sku }) => sku)

/** Settles a cart under its lock: another reader may have been told meanwhile. */
async function settle(ports: CartPorts, call: Call, customerId: string, variants: Variants) {
  return await call.transact(async (tx): Promise<ChangedCart> => {
    const before = await ports.carts.lock(tx, customerId)
    const { cart, messages } = settleCart(before, variants, shopperOf(call))
    const saved = await saveCart(ports, tx, call, [before, cart], { action: "settled" })
    return { cart: saved, told: messages }
  })
}

/**
 * Shows a cart, and remembers that its shopper has seen it: the prices, and what is told only once.
 * @param variants what is known of its lines already, by SKU
 */
export async function showCart(
  ports: CartPorts,
  call: Call,
  { cart, told }: ChangedCart,
  variants: Variants = new Map(),
): Promise<CartView> {
  const known = await findVariants(ports, skusOf(cart), variants)
  const isSettled = settleCart(cart, known, shopperOf(call)).cart === cart
  if (isSettled) return await viewCart(ports, call, cart, { variants: known, told })
  const settled = await settle(ports, call, cart.customerId, known)
  const messages: readonly CartMessage[] = [...told, ...settled.told]
  const all = await findVariants(ports, skusOf(settled.cart), known)
  return await viewCart(ports, call, settled.cart, { variants: all, told: messages })
}
