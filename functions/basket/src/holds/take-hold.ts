import { type Call, customerOf } from "@eshop/building-blocks/app/call"
import { useCase } from "@eshop/building-blocks/app/use-case"
import { isRefusal } from "@eshop/domain/kernel/refusal"
import * as z from "zod"
import { CartView } from "../cart/cart-view.ts"
import { showCart } from "../cart/show-cart.ts"
import { type ChangedCart, changeIn, changeRefusals } from "../cart/store-cart.ts"
import type { HoldPorts } from "./ports.ts"
import { renewHold } from "./renew-hold.ts"

/**
 * The shopper starts to check out: stock is set aside for the cart, or for longer when it was before. Why it could not
 * be is a message; the checkout works without.
 */
export const takeHold = useCase("basket.take-hold", {
  input: z.strictObject({}),
  result: CartView,
  refusals: changeRefusals,
  handle: (ports: HoldPorts) => async (_, call) => {
    const customerId = customerOf(call)
    /** The cart names its hold before Catalog hears of it, so that no hold is forgotten. */
    const hold = async (on: Call) => {
      const holdId = call.newId()
      const named = await call.transact((tx) =>
        changeIn<never>(
          ports,
          tx,
          on,
          { customerId, variants: new Map(), change: { action: "hold.taken", holdId } },
          (cart) => (cart.hold || cart.items.length === 0 ? cart : { ...cart, hold: { holdId } }),
        ),
      )
      return isRefusal(named) ? named : await renewHold(ports, call, named as ChangedCart)
    }
    const first = await hold(call)
    if (isRefusal(first)) return first
    // One that has ended meanwhile is followed by a new one, on the version that this has made.
    const hasEnded = !first.cart.hold && first.told.some(({ type }) => type === "hold-ended")
    const { ifMatch: _version, ...anyVersion } = call
    const held = hasEnded ? await hold(anyVersion) : first
    return isRefusal(held) ? held : await showCart(ports, call, held)
  },
})
