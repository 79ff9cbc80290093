import { customerOf } from "@eshop/building-blocks/app/call"
import { change } from "@eshop/building-blocks/app/use-case"
import { fillCart } from "@eshop/domain/basket/cart"
import { checkoutUnknown } from "@eshop/domain/basket/checkout"
import type { CartMessage } from "@eshop/domain/basket/messages"
import { OrderId } from "@eshop/domain/kernel/ids"
import { isRefusal } from "@eshop/domain/kernel/refusal"
import * as z from "zod"
import { CartView } from "../cart/cart-view.ts"
import { showCart } from "../cart/show-cart.ts"
import { type ChangedCart, changeIn, changeRefusals } from "../cart/store-cart.ts"
import { renewHold } from "../holds/renew-hold.ts"
import { findVariants } from "../products/find-variants.ts"
import type { CheckoutPorts } from "./ports.ts"

/**
 * Fills the cart from an order of the shopper's own, also from one that they made as a guest before they signed in.
 * What is not sold any more is named and stays out; quantities are added to what is in the cart.
 */
export const orderAgain = change("basket.order-again", {
  input: z.strictObject({ orderId: OrderId }),
  result: CartView,
  refusals: [checkoutUnknown, ...changeRefusals],
  handle:
    (ports: CheckoutPorts) =>
    async ({ orderId }, call) => {
      const customerId = customerOf(call)
      const guestId = call.caller.kind === "customer" ? call.caller.guest : undefined
      const found = await ports.checkouts.find(orderId)
      if (!found || ![customerId, guestId].includes(found.checkout.customerId)) return checkoutUnknown()
      const { lines } = found.checkout
      const variants = await findVariants(
        ports,
        lines.map(({ sku }) => sku),
      )
      const items = lines
        .filter(({ sku }) => variants.has(sku))
        .map(({ sku, quantity }) => ({ sku, quantity }))
      let told: CartMessage[] = lines.flatMap(({ sku }) =>
        variants.has(sku) ? [] : [{ type: "not-sold" as const, sku }],
      )
      let changed: ChangedCart | undefined
      const about = { customerId, variants, change: { action: "ordered-again", orderId } } as const
      const committed = await call.commit(async (tx) => {
        const filled = await changeIn<never>(ports, tx, call, about, (current) => {
          const { cart, messages } = fillCart(current, items)
          told = [...told, ...messages]
          return cart
        })
        if (isRefusal(filled)) return filled
        const { cart, told: settled } = filled as ChangedCart
        changed = { cart, told: [...told, ...settled] }
      })
      if (isRefusal(committed)) return committed
      const cart = changed ?? { cart: await ports.carts.find(customerId), told: [] }
      return await showCart(ports, call, await renewHold(ports, call, cart), variants)
    },
})
