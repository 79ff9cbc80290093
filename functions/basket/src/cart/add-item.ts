import { customerOf } from "@eshop/building-blocks/app/call"
import { change } from "@eshop/building-blocks/app/use-case"
import { addItem as addItemTo, cartFull } from "@eshop/domain/basket/cart"
import { variantUnknown } from "@eshop/domain/catalog/product"
import { Quantity, Sku } from "@eshop/domain/kernel/ids"
import { isRefusal } from "@eshop/domain/kernel/refusal"
import * as z from "zod"
import type { HoldPorts } from "../holds/ports.ts"
import { renewHold } from "../holds/renew-hold.ts"
import { findVariants } from "../products/find-variants.ts"
import { CartView } from "./cart-view.ts"
import { showCart } from "./show-cart.ts"
import { type ChangedCart, changeIn, changeRefusals } from "./store-cart.ts"

/** Adds to how many of a variant the shopper wants: once, however often it is said. */
export const addItem = change("basket.add-item", {
  input: z.strictObject({ sku: Sku, quantity: Quantity.default(1) }),
  result: CartView,
  refusals: [variantUnknown, cartFull, ...changeRefusals],
  handle:
    (ports: HoldPorts) =>
    async ({ sku, quantity }, call) => {
      const variants = await findVariants(ports, [sku])
      if (!variants.has(sku)) return variantUnknown()
      const customerId = customerOf(call)
      const about = { customerId, variants, change: { action: "item.added", sku, quantity } } as const
      let changed: ChangedCart | undefined
      const committed = await call.commit(async (tx) => {
        const added = await changeIn(ports, tx, call, about, (cart) => addItemTo(cart, { sku, quantity }))
        if (isRefusal(added)) return added
        changed = added as ChangedCart
      })
      if (isRefusal(committed)) return committed
      // A repetition has changed nothing, and is shown the cart as it is by now.
      const cart = changed ?? { cart: await ports.carts.find(customerId), told: [] }
      return await showCart(ports, call, await renewHold(ports, call, cart), variants)
    },
})
