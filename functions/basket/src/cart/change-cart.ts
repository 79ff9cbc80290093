import { type Call, customerOf, isStale } from "@eshop/building-blocks/app/call"
import { type Cart, cartStale, cartTotalOutOfRange } from "@eshop/domain/basket/cart"
import { isRefusal, type Refusal, type RefusalOf } from "@eshop/domain/kernel/refusal"
import { type CartView, viewCart } from "./cart-view.ts"
import type { CartChange, CartPorts } from "./ports.ts"

/** What every change of a cart may be refused for. */
export const changeRefusals = [cartStale, cartTotalOutOfRange] as const

/**
 * Changes the customer's cart under its lock, so that no concurrent change is lost, and stores the change's audit
 * row with it. A decision that returns the very cart it got changes nothing.
 */
export async function changeCart<R extends Refusal = never>(
  ports: CartPorts,
  call: Call,
  change: CartChange,
  decide: (cart: Cart) => Cart | R,
): Promise<CartView | R | RefusalOf<typeof changeRefusals>> {
  const customerId = customerOf(call)
  const changed = await call.transact(async (tx): Promise<Cart | R | RefusalOf<[typeof cartStale]>> => {
    const cart = await ports.carts.lock(tx, customerId)
    if (isStale(call, cart.version)) return cartStale({ version: cart.version })
    const next = decide(cart)
    if (!isRefusal(next) && next !== cart) await ports.carts.save(tx, next as Cart, change, call.now)
    return next
  })
  if (isRefusal(changed)) {
    // A cached cart that was left behind by a crash may be what misled the customer.
    await ports.cache?.forget(customerId)
    return changed
  }
  await ports.cache?.put(changed as Cart)
  return await viewCart(ports, changed as Cart)
}
