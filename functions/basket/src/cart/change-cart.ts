import type { CallContext } from "@eshop/building-blocks/use-case"
import type { Cart } from "@eshop/domain/basket/cart"
import { isRefusal, type Refusal, refuse } from "@eshop/domain/refusal"
import { type CartView, viewCart } from "./cart-view.ts"
import type { CartChange, CartPorts } from "./ports.ts"

/** A cart whose version is not the one that the caller had read. */
export const checkVersion = (cart: Cart, expected: number | undefined): Refusal | undefined =>
  expected === undefined || expected === cart.version
    ? undefined
    : refuse("stale", "cart.changed", "The cart has changed since you read it.", { version: cart.version })

/**
 * Changes the customer's cart under its lock, so that no concurrent change is lost, and stores the change's audit
 * row with it. A decision that returns the very cart it got changes nothing.
 */
export async function changeCart(
  ports: CartPorts,
  call: CallContext,
  customerId: string,
  change: CartChange,
  decide: (cart: Cart) => Cart | Refusal,
): Promise<CartView | Refusal> {
  const changed = await call.transact(async (tx) => {
    const cart = await ports.carts.lock(tx, customerId)
    const next = checkVersion(cart, call.ifMatch) ?? decide(cart)
    if (!isRefusal(next) && next !== cart) await ports.carts.save(tx, next, change, call.now)
    return next
  })
  if (isRefusal(changed)) {
    // A cached cart that was left behind by a crash may be what misled the customer.
    await ports.cache?.forget(customerId)
    return changed
  }
  await ports.cache?.put(changed)
  return await viewCart(ports, changed, call)
}
