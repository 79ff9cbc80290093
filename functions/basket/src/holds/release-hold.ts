import { customerOf } from "@eshop/building-blocks/app/call"
import { useCase } from "@eshop/building-blocks/app/use-case"
import { type CartHold, dropHold } from "@eshop/domain/basket/cart"
import { isRefusal } from "@eshop/domain/kernel/refusal"
import * as z from "zod"
import { CartView } from "../cart/cart-view.ts"
import { showCart } from "../cart/show-cart.ts"
import { type ChangedCart, changeIn, changeRefusals } from "../cart/store-cart.ts"
import type { HoldPorts } from "./ports.ts"

/** The shopper goes back to shopping: what was set aside for the cart is free again. */
export const releaseHold = useCase("basket.release-hold", {
  input: z.strictObject({}),
  result: CartView,
  refusals: changeRefusals,
  handle: (ports: HoldPorts) => async (_, call) => {
    let hold: CartHold | undefined
    const changed = await call.transact((tx) =>
      changeIn<never>(
        ports,
        tx,
        call,
        { customerId: customerOf(call), variants: new Map(), change: { action: "hold.released" } },
        (cart) => {
          hold = cart.hold
          return dropHold(cart)
        },
      ),
    )
    if (isRefusal(changed)) return changed
    if (hold) await ports.stockHolds.release(hold.holdId)
    return await showCart(ports, call, changed as ChangedCart)
  },
})
