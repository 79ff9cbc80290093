import { type Call, customerOf } from "@eshop/building-blocks/app/call"
import type { Cart } from "@eshop/domain/basket/cart"
import { isRefusal, type Refusal, type RefusalOf } from "@eshop/domain/kernel/refusal"
import type { HoldPorts } from "../holds/ports.ts"
import { renewHold } from "../holds/renew-hold.ts"
import type { Variants } from "../products/find-variants.ts"
import type { CartView } from "./cart-view.ts"
import type { CartChange } from "./ports.ts"
import { showCart } from "./show-cart.ts"
import { type ChangedCart, changeIn, type changeRefusals } from "./store-cart.ts"

/** Changes the caller's cart in a transaction of its own, and shows it. Stock that is held for it follows. */
export async function changeCart<R extends Refusal = never>(
  ports: HoldPorts,
  call: Call,
  about: { readonly variants?: Variants; readonly change: CartChange },
  decide: (cart: Cart) => Cart | R,
): Promise<CartView | R | RefusalOf<typeof changeRefusals>> {
  const { variants = new Map(), change } = about
  const customerId = customerOf(call)
  const changed = await call.transact((tx) =>
    changeIn(ports, tx, call, { customerId, variants, change }, decide),
  )
  if (isRefusal(changed)) return changed as R
  return await showCart(ports, call, await renewHold(ports, call, changed as ChangedCart), variants)
}
