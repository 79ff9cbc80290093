import { customerOf } from "@eshop/building-blocks/app/call"
import { useCase } from "@eshop/building-blocks/app/use-case"
import { cartTotalOutOfRange } from "@eshop/domain/basket/cart"
import * as z from "zod"
import { CartView, viewCart } from "./cart-view.ts"
import type { CartPorts } from "./ports.ts"

/** The customer's own cart; an empty one when there is none. */
export const getCart = useCase("basket.get-cart", {
  input: z.strictObject({}),
  result: CartView,
  refusals: [cartTotalOutOfRange],
  handle: (ports: CartPorts) => async (_, call) => {
    const customerId = customerOf(call)
    const cached = await ports.cache?.find(customerId)
    const cart = cached ?? (await ports.carts.find(customerId))
    if (!cached) await ports.cache?.put(cart)
    return await viewCart(ports, cart)
  },
})
