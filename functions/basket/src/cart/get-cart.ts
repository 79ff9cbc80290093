import { useCase } from "@eshop/building-blocks/app/use-case"
import { emptyCart } from "@eshop/domain/basket/cart"
import { findVariants } from "../products/find-variants.ts"
import { CartView, DeliveryInput, viewCart } from "./cart-view.ts"
import type { CartPorts } from "./ports.ts"
import { showCart } from "./show-cart.ts"

/** The shopper's own cart; an empty one when there is none. A query looks at another delivery than the cart's own. */
export const getCart = useCase("basket.get-cart", {
  input: DeliveryInput,
  result: CartView,
  handle: (ports: CartPorts) => async (delivery, call) => {
    const { caller } = call
    const isKnown = caller.kind === "customer" || caller.kind === "guest"
    const cart = isKnown ? await ports.carts.find(caller.id) : emptyCart("")
    if (Object.keys(delivery).length === 0) return await showCart(ports, call, { cart, told: [] })
    const variants = await findVariants(
      ports,
      cart.items.map(({ sku }) => sku),
    )
    return await viewCart(ports, call, cart, {
      variants,
      told: [],
      delivery: { ...cart.delivery, ...delivery },
    })
  },
})
