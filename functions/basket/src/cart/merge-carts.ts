import { customerOf } from "@eshop/building-blocks/app/call"
import { useCase } from "@eshop/building-blocks/app/use-case"
import { closeCart, mergeCarts as merge } from "@eshop/domain/basket/cart"
import type { CartMessage } from "@eshop/domain/basket/messages"
import { isRefusal } from "@eshop/domain/kernel/refusal"
import * as z from "zod"
import type { HoldPorts } from "../holds/ports.ts"
import { renewHold } from "../holds/renew-hold.ts"
import type { GuestAccounts } from "../privacy/ports.ts"
import { findVariants } from "../products/find-variants.ts"
import { CartView } from "./cart-view.ts"
import { showCart } from "./show-cart.ts"
import { type ChangedCart, changeIn, changeRefusals, saveCart } from "./store-cart.ts"

/**
 * The customer signs in: what they put together as a guest goes into their own cart, once, and the guest's is closed in
 * the same transaction. Without a guest's token, or with an empty cart, there is nothing to merge. Whoever shows both
 * tokens at once has been that guest: that is kept as well, also of an empty cart, since it proves whose the guest's
 * orders are.
 */
export const mergeCarts = useCase("basket.merge-carts", {
  input: z.strictObject({}),
  result: CartView,
  refusals: changeRefusals,
  handle: (ports: HoldPorts & { readonly guestAccounts: GuestAccounts }) => async (_, call) => {
    const customerId = customerOf(call)
    const guestId = call.caller.kind === "customer" ? call.caller.guest : undefined
    if (guestId === undefined)
      return await showCart(ports, call, { cart: await ports.carts.find(customerId), told: [] })
    let guest = await ports.carts.current(guestId)
    const variants = await findVariants(
      ports,
      guest.items.map(({ sku }) => sku),
    )
    let told: readonly CartMessage[] = []
    const merged = await call.transact(async (tx) => {
      // A customer's cart is locked behind the guest's, by everybody who locks both.
      guest = await ports.carts.lock(tx, guestId)
      await ports.guestAccounts.add(tx, guestId, customerId)
      if (guest.items.length > 0)
        await saveCart(ports, tx, call, [guest, closeCart(guest)], { action: "merged-into", customerId })
      const change = { action: "merged-from", customerId: guestId } as const
      return await changeIn<never>(ports, tx, call, { customerId, variants, change }, (own) => {
        if (guest.items.length === 0) return own
        const { cart, messages } = merge(own, guest)
        told = messages
        return cart
      })
    })
    if (isRefusal(merged)) return merged
    if (guest.hold) await ports.stockHolds.release(guest.hold.holdId)
    const { cart, told: settled } = merged as ChangedCart
    const renewed = await renewHold(ports, call, { cart, told: [...told, ...settled] })
    return await showCart(ports, call, renewed, variants)
  },
})
