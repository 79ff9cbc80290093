import { useCase } from "@eshop/building-blocks/use-case"
import { isRefusal } from "@eshop/domain/refusal"
import { z } from "zod"
import { viewCart } from "./cart-view.ts"
import { cartOwner } from "./customer.ts"
import type { CartPorts } from "./ports.ts"

export const GetCart = z.strictObject({})

/** The customer's own cart; an empty one when there is none. */
export const getCart = (ports: CartPorts) =>
  useCase("basket.get-cart", GetCart, async (_, call) => {
    const customerId = cartOwner(call)
    if (isRefusal(customerId)) return customerId
    const cached = await ports.cache?.find(customerId)
    const cart = cached ?? (await ports.carts.find(customerId))
    if (!cached) await ports.cache?.put(cart)
    return await viewCart(ports, cart, call)
  })
